import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"

import type { MessageRow } from "./LedgerMessages.ts"
import type { Mailbox, MailboxPath } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import { MailError, MessageRejected } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"

const isVoid = ({ reason }: MailError) =>
  (reason._tag === "MessageRejected" && reason.why === "gone") ||
  (reason._tag === "MailboxRejected" && (reason.why === "uidvalidity-changed" || reason.why === "missing"))

const isTransient = ({ reason }: MailError) => reason._tag === "Transient"

const isUnreadable = ({ reason }: MailError) =>
  reason._tag === "MessageRejected" && reason.why === "unreadable"

/** Bridge may yet load a message it just could not: thrice more, bridge.md section 10 point 17. */
const untilUnreadable = Schedule.max([Schedule.exponential("500 millis"), Schedule.recurs(3)])

/** Gets messages out of the source, from whichever of its mailboxes still has them. */
export const makeMessageFetch = (source: MailboxReader, sourceMailboxes: ReadonlyMap<number, Mailbox>) => {
  /** A message on which the connection ends each time, though the service answers in between, is told from an outage. */
  const fetchCopy = (path: MailboxPath, locator: MessageLocator) => {
    const once = source
      .fetch(path, locator)
      .pipe(Effect.retry({ schedule: untilUnreadable, while: isUnreadable }))
    return once.pipe(
      Effect.catchIf(isTransient, () => Effect.andThen(source.end(path), once)),
      Effect.catchIf(isTransient, ({ reason }) =>
        Effect.andThen(
          source.end(path),
          Effect.fail(
            new MailError({
              adapter: source.kind,
              operation: "fetch",
              side: "source",
              reason: new MessageRejected({
                why: "unreadable",
                detail: `whenever this message is asked for, and only then: ${reason.detail}`
              })
            })
          )
        )
      )
    )
  }

  /** Its octets, from whichever mailbox still has it; none when no mailbox does. */
  const fetch = Effect.fnUntraced(function* (message: Pick<MessageRow, "memberships">) {
    for (const { locator, mailbox } of message.memberships) {
      const path = sourceMailboxes.get(mailbox)?.path
      if (path === undefined) continue
      const bytes = yield* fetchCopy(path, locator).pipe(
        Effect.map(Option.some),
        Effect.catchIf(isVoid, () => Effect.succeed(Option.none<Uint8Array>()))
      )
      if (Option.isSome(bytes)) return bytes
    }
    return Option.none<Uint8Array>()
  })

  /** Whatever can be had of a message that cannot be fetched. */
  const salvage = Effect.fnUntraced(function* (message: MessageRow) {
    for (const { locator, mailbox } of message.memberships) {
      const path = sourceMailboxes.get(mailbox)?.path
      const glimpse = path === undefined ? Option.none() : yield* Effect.option(source.glimpse(path, locator))
      if (Option.isSome(glimpse)) return glimpse.value
    }
    return undefined
  })

  return { fetch, salvage }
}
