import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { Entry, MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailError, MessageRejected, type Operation, Transient } from "@mailferry/core/MailError.ts"
import type { MessageLocator, MessageSummary } from "@mailferry/core/Message.ts"
import { type DescribedMessage, describeUids } from "@mailferry/imap/DescribeUids.ts"
import { fetchOctets } from "@mailferry/imap/FetchOctets.ts"
import { glimpseMessage } from "@mailferry/imap/GlimpseMessage.ts"
import { decodeWords, readHeader } from "@mailferry/imap/HeaderFields.ts"
import { type ImapMailboxes, makeImapMailboxes } from "@mailferry/imap/ImapMailboxes.ts"
import type { ImapPool } from "@mailferry/imap/ImapPool.ts"
import { identifiedSummary } from "@mailferry/imap/ImapReader.ts"
import { type ImapSession, type OpenMailbox, uidValidityChanged } from "@mailferry/imap/ImapSession.ts"
import { listUids } from "@mailferry/imap/ListUids.ts"
import { cursorAt, uidPlaceOf } from "@mailferry/imap/UidPlace.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { ListedIds, locatorOfId, uidsOf } from "./GmailIds.ts"
import type { GmailImapWire } from "./GmailImapWire.ts"

/** A message id stays the message's own as long as it lives, in every mailbox; UIDVALIDITY matters to cursors alone. */
const epoch = "gmail"

const headerFields = ["X-Pm-Internal-Id", "Message-ID"]

/** A reader that also gives those who build on it its way from locators to UIDs. */
export interface GmailImapReader extends MailboxReader, Pick<ImapMailboxes, "wireName"> {
  /** Summaries by UID on a session the caller holds, its mailbox open. */
  readonly describeOn: (
    session: ImapSession,
    opened: OpenMailbox,
    mailbox: MailboxPath,
    uids: ReadonlyArray<number>
  ) => Effect.Effect<ReadonlyArray<MessageSummary>, MailError>
  /** Runs on a session that has the message's mailbox open and knows its UID there. */
  readonly atMessage: <A>(
    operation: Operation,
    message: { readonly mailbox: MailboxPath; readonly locator: MessageLocator },
    options: { readonly write: boolean },
    body: (session: ImapSession, uid: number) => Effect.Effect<A, MailError>
  ) => Effect.Effect<A, MailError>
}

const summaryOf = (mailbox: MailboxPath, message: DescribedMessage): ReadonlyArray<MessageSummary> =>
  message.emailId === undefined
    ? []
    : [
        {
          locator: locatorOfId(message.emailId),
          mailbox,
          size: message.size,
          ...message.flags,
          ...identifiedSummary(message)
        }
      ]

/** The reading half of Gmail by IMAP: mailboxes are labels, and a message has one locator in all of them. */
export const makeGmailImapReader = (pool: ImapPool, wire: GmailImapWire): GmailImapReader => {
  const { kind } = pool.access
  const listed = new ListedIds()
  const { inMailbox, listMailboxes, wireName } = makeImapMailboxes(pool, {
    wire,
    mailboxesOf: (lines) => Effect.succeed(wire.mailboxesOf(lines))
  })

  const fail = (operation: Operation, reason: MailError["reason"]) =>
    Effect.fail(new MailError({ adapter: kind, operation, reason }))

  /** Without the line that names it a message cannot be listed; leaving it out would hide it. */
  const entriesOf = Effect.fnUntraced(function* (
    name: string,
    uids: Effect.Success<ReturnType<typeof listUids>>["listed"]
  ) {
    const entries: Array<Entry> = []
    const byLocator = new Map<string, number>()
    for (const { emailId, flags, uid } of uids) {
      if (emailId === undefined) {
        const detail = `the server did not tell the X-GM-MSGID of UID ${uid} in "${name}"`
        return yield* fail("list", new Transient({ detail, applied: "no" }))
      }
      const locator = locatorOfId(emailId)
      byLocator.set(locator, uid)
      entries.push({ locator, flags })
    }
    listed.keep(name, byLocator)
    return entries
  })

  const list: MailboxReader["list"] = Effect.fn("GmailImap.list")((mailbox, from) =>
    inMailbox("list", mailbox, (session, name) =>
      Effect.gen(function* () {
        const place = Option.getOrUndefined(Option.flatMap(from, uidPlaceOf))
        const opened = yield* session.open("list", name, { fresh: true })
        if (Option.isSome(from) && place?.epoch !== opened.epoch) {
          return yield* uidValidityChanged(kind, "list", name)
        }
        const page = yield* listUids(session, opened, place?.uid ?? 1)
        return {
          epoch,
          entries: yield* entriesOf(name, page.listed),
          next: Option.map(page.next, (uid) => cursorAt({ epoch: opened.epoch, uid }))
        }
      })
    )
  )

  const end: MailboxReader["end"] = (mailbox) =>
    inMailbox("end", mailbox, (session, name) =>
      Effect.map(session.open("end", name, { fresh: true }), (opened) =>
        Option.map(Option.fromUndefinedOr(opened.uidNext), (uid) => cursorAt({ epoch: opened.epoch, uid }))
      )
    )

  const describeOn: GmailImapReader["describeOn"] = (session, opened, mailbox, uids) =>
    Effect.map(describeUids(session, opened, uids, headerFields), (messages) =>
      messages.flatMap((message) => summaryOf(mailbox, message))
    )

  const describe: MailboxReader["describe"] = Effect.fn("GmailImap.describe")((mailbox, locators) => {
    const wanted = new Set<string>(locators)
    const sought = (summaries: ReadonlyArray<MessageSummary>) =>
      summaries.filter(({ locator }) => wanted.has(locator))
    if (wanted.size === 0) return Effect.succeed([])
    return inMailbox("describe", mailbox, (session, name) =>
      Effect.gen(function* () {
        const opened = yield* session.open("describe", name, { fresh: true })
        // A UID from the listing may be another message's by now: each summary is of the message that it names.
        const uids = listed.uids(name, locators)
        const found = sought(yield* describeOn(session, opened, mailbox, uids))
        const seen = new Set<string>(found.map(({ locator }) => locator))
        const missing = locators.filter((locator) => !seen.has(locator))
        if (missing.length === 0) return found
        const searched = yield* uidsOf(session, "describe", missing)
        return [...found, ...sought(yield* describeOn(session, opened, mailbox, searched))]
      })
    )
  })

  const atMessage: GmailImapReader["atMessage"] = (operation, { locator, mailbox }, { write }, body) =>
    inMailbox(operation, mailbox, (session, name) =>
      Effect.gen(function* () {
        const wasOpen = session.opened()?.wireName === name
        yield* session.open(operation, name, { write })
        let [uid] = yield* uidsOf(session, operation, [locator])
        if (uid === undefined && wasOpen) {
          // A session may not have heard yet that the message came.
          yield* session.open(operation, name, { write, fresh: true })
          ;[uid] = yield* uidsOf(session, operation, [locator])
        }
        if (uid !== undefined) return yield* body(session, uid)
        const detail = `there is no message ${locator} in "${name}" any more`
        return yield* fail(operation, new MessageRejected({ why: "gone", detail }))
      })
    )

  const fetch: MailboxReader["fetch"] = Effect.fn("GmailImap.fetch")((mailbox, locator) =>
    atMessage("fetch", { mailbox, locator }, { write: false }, (session, uid) =>
      Effect.flatMap(fetchOctets(session, uid), (fetched) => {
        if (typeof fetched !== "string") return Effect.succeed(fetched.octets)
        const detail = `the server gave no octets for message ${locator}`
        return fail("fetch", new MessageRejected({ why: fetched, detail }))
      })
    )
  )

  const glimpse: MailboxReader["glimpse"] = Effect.fn("GmailImap.glimpse")((mailbox, locator) =>
    Effect.map(
      glimpseMessage((body) => atMessage("glimpse", { mailbox, locator }, { write: false }, body)),
      (seen) => ({
        ...seen,
        subject: Option.map(
          Option.orElse(
            Option.flatMap(seen.bytes, (bytes) => readHeader(bytes)("Subject")),
            () => seen.subject
          ),
          decodeWords
        )
      })
    )
  )

  return {
    kind,
    account: pool.access.account,
    listMailboxes,
    list,
    end,
    describe,
    glimpse,
    fetch,
    wireName,
    describeOn,
    atMessage
  }
}
