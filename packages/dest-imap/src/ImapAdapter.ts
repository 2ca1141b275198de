import type { DestinationAdapter } from "@mailferry/core/Adapter.ts"
import { Destination } from "@mailferry/core/Destination.ts"
import { accessOf } from "@mailferry/imap/ImapAccess.ts"
import { accountIdOf, ImapConfig } from "@mailferry/imap/ImapConfig.ts"
import { makeImapDestination } from "@mailferry/imap/ImapDestination.ts"
import { makeImapPool } from "@mailferry/imap/ImapPool.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const connect = Effect.fnUntraced(function* (config: ImapConfig) {
  const { connections } = config
  const pool = yield* makeImapPool(yield* accessOf("imap", config), { connections, readOnly: false })
  return yield* makeImapDestination(pool, { connections })
})

/** Any IMAP server as a destination. */
export const ImapDestinationAdapter: DestinationAdapter<ImapConfig, typeof ImapConfig.Encoded> = {
  kind: "imap",
  title: "Any IMAP server",
  Config: ImapConfig,
  secrets: ["password", "token"],
  accountId: accountIdOf,
  layer: (config) => Layer.effect(Destination, connect(config))
}
