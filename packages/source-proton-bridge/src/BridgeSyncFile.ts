import * as Schema from "effect/Schema"

/** How far Bridge's own download from Proton is, as its file says. */
export interface BridgeSync {
  /** Every message Bridge could build is in its database. Growth after that is new mail. */
  readonly finished: boolean
  readonly synced: number
  /** Messages in the Proton account, hence the expected size of All Mail plus `failed`; 0 while not yet counted. */
  readonly total: number
  /** Proton ids of messages Bridge could not build and shows in no mailbox at all. */
  readonly failed: ReadonlyArray<string>
}

const Status = Schema.Struct({
  HasLabels: Schema.Boolean,
  HasMessages: Schema.Boolean,
  FailedMessages: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
  NumSyncedMessages: Schema.Int,
  TotalMessageCount: Schema.Int
})

/**
 * Bridge's `imap-sync/sync-<user id>` file (sync_state_provider.go): version 1, with the state as JSON in a string.
 * It is the only thing outside Bridge's windows and logs that says whether a sync has finished: IMAP does not.
 */
export const BridgeSyncFile = Schema.fromJsonString(
  Schema.Struct({
    Version: Schema.Literal(1),
    Data: Schema.fromJsonString(Schema.Struct({ Status }))
  })
)

export const syncOf = (file: typeof BridgeSyncFile.Type): BridgeSync => {
  const status = file.Data.Status
  return {
    finished: status.HasLabels && status.HasMessages,
    synced: status.NumSyncedMessages,
    total: status.TotalMessageCount,
    failed: Object.keys(status.FailedMessages ?? {})
  }
}
