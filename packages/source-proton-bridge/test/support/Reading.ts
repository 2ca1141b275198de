import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { MessageSummary } from "@mailferry/core/Message.ts"
import { Effect, Option } from "effect"

export const inbox: MailboxPath = ["INBOX"]
export const everything: MailboxPath = ["All Mail"]

export const reasonOf = <A, R>(call: Effect.Effect<A, MailError, R>) =>
  Effect.map(Effect.flip(call), ({ reason }) => reason)

/** What core does with a Transient failure, without the waiting. */
export const persistently = <A>(call: Effect.Effect<A, MailError>) =>
  Effect.retry(call, { times: 3, while: ({ reason }) => reason._tag === "Transient" })

export const locatorsIn = (source: MailboxReader, mailbox: MailboxPath) =>
  Effect.map(source.list(mailbox, Option.none()), ({ entries }) => entries.map(({ locator }) => locator))

/** The first message a mailbox lists. */
export const firstIn = (source: MailboxReader, mailbox: MailboxPath) =>
  Effect.flatMap(locatorsIn(source, mailbox), ([first]) =>
    first === undefined ? Effect.die(`${mailbox.join("/")} is empty`) : Effect.succeed(first)
  )

/** Everything in a mailbox, described. */
export const allIn = (
  source: MailboxReader,
  mailbox: MailboxPath
): Effect.Effect<ReadonlyArray<MessageSummary>, MailError> =>
  Effect.flatMap(locatorsIn(source, mailbox), (locators) => source.describe(mailbox, locators))

/** The one message of a mailbox with this subject: the small account makes Message-IDs of subjects. */
export const theOne = (source: MailboxReader, mailbox: MailboxPath, subject: string) =>
  Effect.flatMap(allIn(source, mailbox), (found) => {
    const one = found.find(({ messageId }) => Option.contains(messageId, `<${subject}@example.net>`))
    return one === undefined ? Effect.die(`no ${subject} in ${mailbox.join("/")}`) : Effect.succeed(one)
  })

/** Proton's ids in a mailbox. */
export const idsIn = (source: MailboxReader, mailbox: MailboxPath) =>
  Effect.map(allIn(source, mailbox), (found) =>
    found.map(({ stableId }) => Option.getOrElse(stableId, () => "-"))
  )

/** Reads the account as a migration does: every mailbox listed and described, every message fetched. */
export const readAll = Effect.fnUntraced(function* (source: MailboxReader) {
  const octets = new Map<string, Uint8Array>()
  for (const { path } of yield* source.listMailboxes) {
    for (const { locator, stableId } of yield* allIn(source, path)) {
      octets.set(
        Option.getOrElse(stableId, () => ""),
        yield* source.fetch(path, locator)
      )
    }
    yield* source.end(path)
  }
  return octets
})
