import type { MailError } from "@mailferry/core/MailError.ts"
import type { Identity, MessageSummary } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { ImapSession, OpenMailbox } from "./ImapSession.ts"

/**
 * UIDs before UIDNEXT that are looked at whatever SEARCH says: a server's search index may lag, or know only some
 * header fields (Exchange), and what is looked for was stored moments ago.
 */
const recent = 250

/** What names a copy. */
type Named = Pick<MessageSummary, "stableId" | "messageId">

/** Whether a candidate is what is looked for, to the letter: SEARCH ignores case and finds parts of values. */
const isSame = (wanted: Named, found: Named): boolean =>
  Option.isSome(wanted.stableId)
    ? Option.contains(found.stableId, wanted.stableId.value)
    : Option.isSome(wanted.messageId) && Option.contains(found.messageId, wanted.messageId.value)

/** SEARCH keys by what identifies a message; none when nothing does. */
const searchFor = ({ messageId, stableId }: Named): Readonly<Record<string, string>> | undefined => {
  if (Option.isSome(stableId)) return { "X-Pm-Internal-Id": stableId.value }
  return Option.isSome(messageId) ? { "Message-ID": messageId.value } : undefined
}

/** Non-ASCII would need a charset, control characters a literal: then recent mail alone is looked at. */
const isSearchable = (values: Readonly<Record<string, string>>): boolean =>
  Object.values(values).every((value) => /^[ -~]+$/u.test(value))

const search = Effect.fnUntraced(
  function* (session: ImapSession, header: Readonly<Record<string, string>>) {
    const found = yield* session.run("find", (client) => client.search({ header }, { uid: true }))
    return Array.isArray(found) ? found : []
  },
  // A server that will not search for this still lists what came last.
  Effect.catchIf(
    ({ reason }) =>
      reason._tag === "MessageRejected" || reason._tag === "MailboxRejected" || reason._tag === "Fatal",
    () => Effect.succeed<ReadonlyArray<number>>([])
  )
)

/** Every copy in the open mailbox that has this stable id or, where there is none, this Message-ID. */
export const findCopies = Effect.fnUntraced(function* <Summary extends Named>(
  session: ImapSession,
  opened: OpenMailbox,
  identity: Pick<Identity, "stableId" | "messageId">,
  describe: (uids: ReadonlyArray<number>) => Effect.Effect<ReadonlyArray<Summary>, MailError>
): Effect.fn.Return<ReadonlyArray<Summary>, MailError> {
  const header = searchFor(identity)
  if (header === undefined || opened.exists === 0) return []
  const searched = isSearchable(header) ? yield* search(session, header) : []
  const end = opened.uidNext ?? Math.max(0, ...searched) + 1
  const from = Math.max(1, end - recent)
  const uids = [...searched, ...Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i)]
  const summaries = yield* describe(uids).pipe(
    // Recent mail that cannot be read must not hide what SEARCH has found.
    Effect.catchIf(
      ({ reason }) => reason._tag === "MessageRejected",
      () => describe(searched)
    )
  )
  return summaries.filter((summary) => isSame(identity, summary))
})
