import type { AppendRequest, Loss } from "@mailferry/core/Destination.ts"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

import { propertyIds } from "../message/GraphProperties.ts"
import type { GraphRequest } from "../message/GraphRequest.ts"
import { receivedAt, sentAt, type StoredMessage } from "../StoredMessage.ts"

/** What was asked for and is not so: each a row of the report. */
export interface Defects {
  /** A message that was sent or received came out as a draft, or a draft as none: that can never be put right. */
  readonly isWrongKind: boolean
  /** To be put right by a PATCH. */
  readonly isReadWrong: boolean
  readonly losses: ReadonlyArray<Loss>
}

const apart = (one: DateTime.Utc, other: DateTime.Utc): number =>
  Math.abs(DateTime.toEpochMillis(one) - DateTime.toEpochMillis(other))

const propertyIn = ({ singleValueExtendedProperties: all }: GraphRequest, wanted: string) =>
  all.find(({ id }) => id === wanted)?.value

const dateDefect = (
  name: string,
  asked: string | undefined,
  got: DateTime.Utc | undefined
): ReadonlyArray<Loss> => {
  const wanted = Option.getOrUndefined(DateTime.make(asked ?? ""))
  if (wanted === undefined || (got !== undefined && apart(wanted, got) <= 1000)) return []
  const is = got === undefined ? "none" : DateTime.formatIso(got)
  return [{ kind: "date-not-kept", detail: `${name} ${is} instead of ${DateTime.formatIso(wanted)}` }]
}

/**
 * Compares the answer to a creating request with what it asked for: Exchange answers 201 to properties that it ignores.
 * graph.md section 8, behaviour 2.
 */
export const defectsOf = (
  asked: GraphRequest,
  created: StoredMessage,
  { folder, isDraft }: { readonly folder: string; readonly isDraft: boolean }
): Defects => {
  const { internetMessageId, isDraft: isMadeDraft, isRead, parentFolderId } = created
  const wantedId = asked.internetMessageId
  return {
    isWrongKind: isMadeDraft !== null && isMadeDraft !== undefined && isMadeDraft !== isDraft,
    isReadWrong: isRead !== null && isRead !== undefined && isRead !== asked.isRead,
    losses: [
      ...dateDefect("received", propertyIn(asked, propertyIds.deliveryTime), receivedAt(created)),
      ...(isDraft ? [] : dateDefect("sent", propertyIn(asked, propertyIds.submitTime), sentAt(created))),
      ...(wantedId === undefined || internetMessageId === wantedId
        ? []
        : [{ kind: "message-id", detail: "Exchange shows another Message-ID than the one it was given" }]),
      ...(parentFolderId === null || parentFolderId === undefined || parentFolderId === folder
        ? []
        : [{ kind: "place-not-kept", detail: "Exchange put it into another folder than it was sent to" }])
    ]
  }
}

/** The date to enter in the ledger where the message is shown with another than it was given. */
export const shownDate = (
  { internalDate }: Pick<AppendRequest, "internalDate">,
  message: StoredMessage
): { readonly internalDate?: DateTime.Utc } => {
  const shown = receivedAt(message)
  return shown === undefined || apart(internalDate, shown) < 1000 ? {} : { internalDate: shown }
}
