import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { Entry, MailboxReader, Page } from "@mailferry/core/MailboxReader.ts"
import { MailError, MessageRejected, type Operation } from "@mailferry/core/MailError.ts"
import type { Flags, MessageLocator, MessageSummary } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { type DescribedMessage, describeUids } from "./DescribeUids.ts"
import { fetchOctets } from "./FetchOctets.ts"
import { glimpseMessage } from "./GlimpseMessage.ts"
import { decodeWords, readHeader } from "./HeaderFields.ts"
import { type ImapMailboxes, type MailboxHooks, makeImapMailboxes } from "./ImapMailboxes.ts"
import type { ImapPool } from "./ImapPool.ts"
import { type ImapSession, type OpenMailbox, uidValidityChanged } from "./ImapSession.ts"
import { listUids } from "./ListUids.ts"
import { cursorAt, locatorOf, type UidPlace, uidPlaceOf } from "./UidPlace.ts"

/** What an adapter may know better than IMAP does. Everything absent is as in plain IMAP. */
export interface ReaderHooks extends MailboxHooks {
  /** Header fields to read of every described message. `X-Pm-Internal-Id` and `Message-ID` when absent. */
  readonly headerFields?: ReadonlyArray<string>
  /** Identity and dates from what was read. */
  readonly summaryOf?: (
    message: DescribedMessage
  ) => Pick<MessageSummary, "stableId" | "messageId" | "internalDate">
  /** Flags as the rest of mailferry knows them. */
  readonly flagsOf?: (flags: Flags) => Flags
  /** The octets to carry over, from those the server gave. */
  readonly octetsOf?: (octets: Uint8Array) => Uint8Array
}

/** A reader that also tells those who build on it how it says things on the wire. */
export interface ImapReader extends MailboxReader, Pick<ImapMailboxes, "wire" | "wireName"> {
  /** Summaries by UID on a session the caller holds, its mailbox open. */
  readonly describeOn: (
    session: ImapSession,
    opened: OpenMailbox,
    mailbox: MailboxPath,
    uids: ReadonlyArray<number>
  ) => Effect.Effect<ReadonlyArray<MessageSummary>, MailError>
}

const plainFields = ["X-Pm-Internal-Id", "Message-ID"]

const nonEmpty = (value: Option.Option<string>) => Option.filter(value, (text) => text !== "")

/** Identity where copies that mailferry or Bridge wrote may be met: by `X-Pm-Internal-Id`. */
export const identifiedSummary: NonNullable<ReaderHooks["summaryOf"]> = ({ header, internalDate }) => ({
  stableId: nonEmpty(header("X-Pm-Internal-Id")),
  messageId: nonEmpty(header("Message-ID")),
  internalDate
})

/** The reading half of an IMAP account, over a pool. Never writes, and opens mailboxes by EXAMINE only. */
export const makeImapReader = (pool: ImapPool, hooks: ReaderHooks = {}): ImapReader => {
  const { access } = pool
  const flagsOf = hooks.flagsOf ?? ((flags) => flags)
  const summaryOf = hooks.summaryOf ?? identifiedSummary
  const { inMailbox, listMailboxes, wire, wireName } = makeImapMailboxes(pool, hooks)

  const fail = (operation: Operation, reason: MailError["reason"]) =>
    Effect.fail(new MailError({ adapter: access.kind, operation, reason }))

  /** Opens the mailbox and holds it to the UIDVALIDITY the caller's UIDs belong to. */
  const openAt = Effect.fnUntraced(function* (
    session: ImapSession,
    operation: Operation,
    name: string,
    { epoch }: { readonly epoch: string },
    fresh = false
  ) {
    const opened = yield* session.open(operation, name, { fresh })
    return opened.epoch === epoch ? opened : yield* uidValidityChanged(access.kind, operation, name)
  })

  const list: MailboxReader["list"] = Effect.fn("ImapReader.list")((mailbox, from) =>
    inMailbox("list", mailbox, (session, name) =>
      Effect.gen(function* () {
        const opened = session.opened()
        const place = Option.getOrUndefined(Option.flatMap(from, uidPlaceOf))
        if (place === undefined && Option.isSome(from))
          return yield* uidValidityChanged(access.kind, "list", name)
        // Without a place to go on from, and at the end this session knows of, the mailbox is looked at anew.
        const stale = place === undefined || opened?.uidNext === undefined || place.uid >= opened.uidNext
        const now =
          place === undefined
            ? yield* session.open("list", name, { fresh: stale })
            : yield* openAt(session, "list", name, place, stale)
        const { listed, next } = yield* listUids(session, now, place?.uid ?? 1)
        return {
          epoch: now.epoch,
          entries: listed.map(({ flags, uid }): Entry => ({
            locator: locatorOf({ epoch: now.epoch, uid }),
            flags: Option.map(flags, flagsOf)
          })),
          next: Option.map(next, (uid) => cursorAt({ epoch: now.epoch, uid }))
        } satisfies Page
      })
    )
  )

  const end: MailboxReader["end"] = (mailbox) =>
    inMailbox("end", mailbox, (session, name) =>
      Effect.gen(function* () {
        const { epoch, exists, uidNext } = yield* session.open("end", name, { fresh: true })
        if (uidNext !== undefined) return Option.some(cursorAt({ epoch, uid: uidNext }))
        if (exists === 0) return Option.some(cursorAt({ epoch, uid: 1 }))
        const last = yield* session.run("end", (client) => client.fetchAll("*", { uid: true }))
        return Option.some(cursorAt({ epoch, uid: Math.max(0, ...last.map(({ uid }) => uid)) + 1 }))
      })
    )

  const placesOf = (locators: ReadonlyArray<MessageLocator>): ReadonlyArray<UidPlace> =>
    locators.flatMap((locator) => Option.toArray(uidPlaceOf(locator)))

  const describeOn: ImapReader["describeOn"] = (session, opened, mailbox, uids) =>
    Effect.map(describeUids(session, opened, uids, hooks.headerFields ?? plainFields), (messages) =>
      messages.map((message): MessageSummary => ({
        locator: locatorOf({ epoch: opened.epoch, uid: message.uid }),
        mailbox,
        size: message.size,
        ...flagsOf(message.flags),
        ...summaryOf(message)
      }))
    )

  const describe: MailboxReader["describe"] = Effect.fn("ImapReader.describe")((mailbox, locators) => {
    const places = placesOf(locators)
    const [first] = places
    if (first === undefined) return Effect.succeed([])
    return inMailbox("describe", mailbox, (session, name) =>
      Effect.gen(function* () {
        if (places.some(({ epoch }) => epoch !== first.epoch))
          return yield* uidValidityChanged(access.kind, "describe", name)
        const wasOpen = session.opened()?.wireName === name
        // A session hears of mail that came or went meanwhile by NOOP; one that has not is taken for gone, or for there.
        if (wasOpen) yield* session.refresh("describe")
        const opened = yield* openAt(session, "describe", name, first)
        const found = yield* describeOn(
          session,
          opened,
          mailbox,
          places.map(({ uid }) => uid)
        )
        const missing = locators.filter((locator) => !found.some((summary) => summary.locator === locator))
        if (missing.length === 0 || !wasOpen) return found
        // Some servers tell news by SELECT and EXAMINE only.
        const now = yield* openAt(session, "describe", name, first, true)
        return [
          ...found,
          ...(yield* describeOn(
            session,
            now,
            mailbox,
            placesOf(missing).map(({ uid }) => uid)
          ))
        ]
      })
    )
  })

  const withPlace = <A>(
    operation: Operation,
    locator: MessageLocator,
    body: (place: UidPlace) => Effect.Effect<A, MailError>
  ): Effect.Effect<A, MailError> =>
    Option.match(uidPlaceOf(locator), {
      onNone: () =>
        fail(operation, new MessageRejected({ why: "gone", detail: `"${locator}" is no IMAP locator` })),
      onSome: body
    })

  const fetch: MailboxReader["fetch"] = Effect.fn("ImapReader.fetch")((mailbox, locator) =>
    withPlace("fetch", locator, (place) =>
      inMailbox("fetch", mailbox, (session, name) =>
        Effect.gen(function* () {
          const wasOpen = session.opened()?.wireName === name
          yield* openAt(session, "fetch", name, place)
          let fetched = yield* fetchOctets(session, place.uid)
          if (typeof fetched === "string" && wasOpen) {
            // A session may not have heard yet that the message came, or that it went.
            yield* openAt(session, "fetch", name, place, true)
            fetched = yield* fetchOctets(session, place.uid)
          }
          if (typeof fetched === "string") {
            const detail = `the server gave no octets for UID ${place.uid} in "${name}"`
            return yield* fail("fetch", new MessageRejected({ why: fetched, detail }))
          }
          const { octets } = fetched
          return hooks.octetsOf?.(octets) ?? octets
        })
      )
    )
  )

  const glimpse: MailboxReader["glimpse"] = Effect.fn("ImapReader.glimpse")((mailbox, locator) =>
    withPlace("glimpse", locator, (place) =>
      Effect.map(
        glimpseMessage((body) =>
          inMailbox("glimpse", mailbox, (session, name) =>
            Effect.andThen(openAt(session, "glimpse", name, place), body(session, place.uid))
          )
        ),
        (seen) => ({
          ...seen,
          flags: Option.map(seen.flags, flagsOf),
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
  )

  return {
    kind: access.kind,
    account: access.account,
    listMailboxes,
    list,
    end,
    describe,
    glimpse,
    fetch,
    wire,
    wireName,
    describeOn
  }
}
