import { assert, describe, it } from "@effect/vitest"
import type { AppendRequest, DestinationService } from "@mailferry/core/Destination.ts"
import { type MailboxPath, showPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { MessageLocator } from "@mailferry/core/Message.ts"
import type { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { gmail } from "@mailferry/rehearsal/server/gmail/GmailProfile.ts"
import { rich, type ServerProfile } from "@mailferry/rehearsal/server/ServerProfile.ts"
import { DateTime, Duration, Effect, Option } from "effect"

import { connect, imapAccount } from "./imapJob.ts"

const date = DateTime.makeUnsafe("2014-05-06T07:08:09Z")

const octetsOf = (name: string, more = "") => Buffer.from(`Message-ID: <${name}@x>\r\n\r\n${name}${more}\r\n`)

const letter = (name: string, mailbox: MailboxPath, changes: Partial<AppendRequest> = {}): AppendRequest => ({
  mailbox,
  labels: [],
  flags: new Set(),
  keywords: new Set(),
  internalDate: date,
  messageId: Option.some(`<${name}@x>`),
  bytes: octetsOf(name),
  ticket: Effect.succeedNone,
  migrationKey: "0".repeat(64),
  lose: () => Effect.void,
  spend: () => Effect.void,
  note: () => Effect.void,
  ...changes
})

const started = Effect.fnUntraced(function* (profile: ServerProfile = gmail) {
  const { job, server } = yield* imapAccount(profile)
  return { destination: yield* connect(job), job, server }
})

const reasonOf = <R>(effect: Effect.Effect<unknown, MailError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

const make = (destination: DestinationService, ...paths: ReadonlyArray<MailboxPath>) =>
  Effect.forEach(paths, (path) => destination.ensureMailbox(path, Option.none()), { discard: true })

/** Stores a message and shows it under labels, as core does. */
const carry = Effect.fnUntraced(function* (
  destination: DestinationService,
  request: AppendRequest,
  ...labels: ReadonlyArray<MailboxPath>
) {
  const receipt = yield* destination.append(request)
  const locator = Option.getOrThrow(receipt.locator)
  for (const into of labels) {
    assert.deepStrictEqual(yield* destination.copy({ mailbox: request.mailbox, locator }, into), receipt)
  }
  return receipt
})

/** How many messages each of these mailboxes shows, and that all of them are one. */
const shown = (server: RehearsalImapServer, ...names: ReadonlyArray<string>) => {
  const ids = names.map((name) => server.mailboxes.get(name)?.messages.map(({ gmailId }) => gmailId) ?? [])
  return { counts: ids.map(({ length }) => length), different: new Set(ids.flat()).size }
}

const everything = "[Gmail]/All Mail"

describe("Gmail's mailboxes by IMAP", () => {
  it.live("have the paths that they have by the API, whatever the account's language calls them", () =>
    Effect.gen(function* () {
      const { destination } = yield* started({
        ...gmail,
        atStart: {
          "[Gmail]/Alle Nachrichten": "\\All",
          "[Gmail]/Chats": undefined,
          "[Gmail]/Entwürfe": "\\Drafts",
          "[Gmail]/Gesendet": "\\Sent",
          "[Gmail]/Markiert": "\\Flagged",
          "[Gmail]/Papierkorb": "\\Trash",
          "[Gmail]/Spam": "\\Junk",
          "[Gmail]/Wichtig": "\\Important",
          Reisen: undefined,
          "Reisen/2019": undefined
        }
      })
      const listed = yield* destination.listMailboxes
      assert.deepStrictEqual(
        listed.map(({ path, specialUse }) => [showPath(path), Option.getOrUndefined(specialUse)]),
        [
          ["INBOX", "inbox"],
          ["Sent", "sent"],
          ["Spam", "junk"],
          ["Trash", "trash"],
          ["All Mail", "all"],
          ["Reisen", undefined],
          ["Reisen/2019", undefined]
        ]
      )
      yield* destination.append(letter("a", ["Sent"]))
      assert.lengthOf((yield* destination.list(["Sent"], Option.none())).entries, 1)
    })
  )

  it.live(
    "of Gmail's own none is made, and a label that is there in another spelling is not made again",
    () =>
      Effect.gen(function* () {
        const { destination, server } = yield* started()
        yield* make(destination, ["Work"])
        const before = server.mailboxes.size
        yield* make(destination, ["INBOX"], ["Sent"], ["All Mail"], ["WORK"])
        assert.strictEqual(server.mailboxes.size, before)
        yield* make(destination, ["Work", "2019", "Q1"])
        assert.isTrue(server.mailboxes.has("Work/2019"))
      })
  )

  it.live("that are too long as a whole, or called like Gmail's own, are refused by name", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      const before = server.mailboxes.size
      const level = "x".repeat(100)
      const tooLong = yield* reasonOf(destination.ensureMailbox([level, level, level], Option.none()))
      assert.deepInclude(tooLong, { _tag: "MailboxRejected", why: "name" })
      const reserved = yield* reasonOf(destination.ensureMailbox(["Starred", "2019"], Option.none()))
      assert.deepInclude(reserved, { _tag: "MailboxRejected", why: "name" })
      assert.strictEqual(server.mailboxes.size, before)
    })
  )

  it.live("need All Mail among them, and Gmail's extension", () =>
    Effect.gen(function* () {
      const { "[Gmail]/All Mail": _, ...atStart } = gmail.atStart
      const hidden = yield* reasonOf(started({ ...gmail, atStart }))
      assert.deepInclude(hidden, { _tag: "Fatal", detail: "the server does not list All Mail" })
      const other = yield* reasonOf(started(rich))
      assert.deepInclude(other, { _tag: "Fatal" })
      assert.include(other.detail, "X-GM-EXT-1")
    })
  )
})

describe("a message that goes to Gmail by IMAP", () => {
  it.live("is stored once and shows in its home and under each label", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      const labels: ReadonlyArray<MailboxPath> = [["Büro 2019"], ["Work", "(a) {b}"], ["Sent"]]
      yield* make(destination, ["Home"], ...labels)
      const { locator } = yield* carry(destination, letter("a", ["Home"]), ...labels)
      assert.deepStrictEqual(
        shown(server, everything, "Home", "Büro 2019", "Work/(a) {b}", "[Gmail]/Sent Mail", "INBOX"),
        { counts: [1, 1, 1, 1, 1, 0], different: 1 }
      )
      const id = server.mailboxes.get("Home")?.messages[0]?.gmailId ?? ""
      assert.deepStrictEqual(Option.getOrUndefined(locator), BigInt(id).toString(16) as never)
      assert.strictEqual(server.stats.appended, 1)
    })
  )

  it.live("is archived when its home is All Mail, with its labels or without any", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      yield* make(destination, ["Work"])
      yield* destination.append(letter("a", ["All Mail"]))
      yield* carry(destination, letter("b", ["All Mail"]), ["Work"])
      yield* carry(destination, letter("c", ["Work"]), ["All Mail"])
      assert.deepStrictEqual(shown(server, everything, "Work", "INBOX").counts, [3, 2, 0])
    })
  )

  it.live("keeps its INTERNALDATE, flags and keywords, and is no draft", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      const flags = new Set(["\\Seen", "\\Answered", "\\Draft"] as const)
      yield* destination.append(letter("a", ["INBOX"], { flags, keywords: new Set(["$Forwarded"]) }))
      const [message] = server.mailboxes.get("INBOX")?.messages ?? []
      assert.strictEqual(message?.internalDate.getTime(), DateTime.toEpochMillis(date))
      assert.sameMembers([...(message?.flags ?? [])], ["\\Seen", "\\Answered", "$Forwarded"])
      const { entries } = yield* destination.list(["INBOX"], Option.none())
      const [{ locator }] = entries as [(typeof entries)[0]]
      const draft = { flags: new Set(["\\Draft", "\\Flagged"] as const), keywords: new Set<string>() }
      yield* destination.addFlags({ mailbox: ["INBOX"], locator }, draft)
      const [now] = server.mailboxes.get(everything)?.messages ?? []
      assert.sameMembers([...(now?.flags ?? [])], ["\\Seen", "\\Answered", "$Forwarded", "\\Flagged"])
      assert.isFalse(destination.capabilities.flags.has("\\Draft"))
    })
  )

  it.live("gets the marker besides its own labels, which is made with the first message", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount()
      const destination = yield* connect({ ...job, marker: "Proton import/2026" })
      assert.isFalse(server.mailboxes.has("Proton import"))
      yield* destination.append(letter("a", ["INBOX"]))
      yield* destination.append(letter("b", ["All Mail"]))
      assert.deepStrictEqual(shown(server, "Proton import/2026", everything, "INBOX").counts, [2, 2, 1])
    })
  )

  it.live("has the marker wherever core may find it after a lost answer", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount()
      const destination = yield* connect({ ...job, marker: "Marker" })
      for (const [name, lose] of [
        ["a", () => server.cutAfterLiteral()],
        ["b", () => server.cutBeforeCopyOk()]
      ] as const) {
        lose()
        const reason = yield* reasonOf(destination.append(letter(name, ["INBOX"])))
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      }
      // The first is not in its home, and so is sent again; the second is, with all that belongs to it.
      assert.deepStrictEqual(shown(server, "Marker", "INBOX").counts, [2, 1])
      yield* destination.append(letter("a", ["INBOX"]))
      assert.deepStrictEqual(shown(server, "Marker", "INBOX", everything).counts, [2, 2, 2])
    })
  )

  it.live("comes without a marker that Gmail will not have", () =>
    Effect.gen(function* () {
      const { job, server } = yield* imapAccount()
      const destination = yield* connect({ ...job, marker: "Starred/2026" })
      yield* destination.append(letter("a", ["INBOX"]))
      assert.deepStrictEqual(shown(server, "INBOX", everything).counts, [1, 1])
    })
  )

  it.live("is refused above 34 MiB before an octet of it is sent", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      assert.strictEqual(destination.capabilities.maxMessageSize, 35_651_584)
      const bytes = Buffer.alloc(35_651_585)
      const reason = yield* reasonOf(destination.append(letter("a", ["INBOX"], { bytes })))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "too-large" })
      assert.notInclude(server.commands, "APPEND")
    })
  )
})

describe("what Gmail joins by Message-ID", () => {
  for (const tellsOfJoined of ["older", "discarded"] as const) {
    it.live(
      `is told by the locator of the older message, when APPENDUID names the ${tellsOfJoined} one`,
      () =>
        Effect.gen(function* () {
          const { destination, server } = yield* started({ ...gmail, gmail: { tellsOfJoined } })
          yield* make(destination, ["Work"], ["Label"])
          const older = server.deliver("[Gmail]/Trash", octetsOf("a", "older"), ["\\Seen"], new Date(0))
          const { locator } = yield* carry(destination, letter("a", ["Work"]), ["Label"])
          assert.strictEqual(
            Option.getOrUndefined(locator),
            BigInt(older.gmailId ?? "").toString(16) as never
          )
          // It comes back from Trash with all that was its own.
          const counts = shown(server, "[Gmail]/Trash", "Work", "Label", everything)
          assert.deepStrictEqual(counts, { counts: [0, 1, 1, 1], different: 1 })
          const identity = { stableId: Option.none(), messageId: Option.some("<a@x>") }
          const sought = { ...identity, size: octetsOf("a").length, internalDate: date }
          const [found] = yield* destination.find(["Work"], sought)
          assert.deepStrictEqual(Option.fromUndefinedOr(found?.locator), locator)
          assert.strictEqual(found?.size, older.bytes.length)
          assert.strictEqual(found === undefined ? 1 : DateTime.toEpochMillis(found.internalDate), 0)
        })
    )

    it.live(
      `does not become two when an append is sent again after its answer was lost (${tellsOfJoined})`,
      () =>
        Effect.gen(function* () {
          const { destination, server } = yield* started({ ...gmail, gmail: { tellsOfJoined } })
          yield* make(destination, ["Work"], ["Label"])
          const request = letter("a", ["Work"])
          const unknown = { _tag: "Transient", applied: "unknown" } as const
          server.cutAfterLiteral()
          assert.deepInclude(yield* reasonOf(destination.append(request)), unknown)
          const { locator } = yield* destination.append(request)
          const stored = { mailbox: request.mailbox, locator: Option.getOrThrow(locator) }
          server.cutBeforeCopyOk()
          assert.deepInclude(yield* reasonOf(destination.copy(stored, ["Label"])), unknown)
          yield* destination.copy(stored, ["Label"])
          const counts = shown(server, "Work", "Label", everything)
          assert.deepStrictEqual(counts, { counts: [1, 1, 1], different: 1 })
          const { entries } = yield* destination.list(["Label"], Option.none())
          assert.deepStrictEqual(
            entries.map((entry) => Option.some(entry.locator)),
            [locator]
          )
        })
    )
  }
})

describe("an append by IMAP whose message Gmail has taken", () => {
  it.live("is unknown when Gmail does not say which message it is, and settled by sending it again", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      server.throttle("NO [INUSE] Try again later", 1, ["UID FETCH"])
      const reason = yield* reasonOf(destination.append(letter("a", ["INBOX"])))
      assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      yield* destination.append(letter("a", ["INBOX"]))
      assert.deepStrictEqual(shown(server, "INBOX", everything), { counts: [1, 1], different: 1 })
    })
  )
})

describe("a locator of Gmail's by IMAP", () => {
  it.live("names the same message when UIDs have changed since it was listed", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      const [first] = ["a", "b", "c"].map((name) => server.deliver("INBOX", octetsOf(name)))
      const { entries } = yield* destination.list(["INBOX"], Option.none())
      const locators = entries.map(({ locator }) => locator)
      server.destroy(first?.gmailId ?? "")
      server.renumber("INBOX")
      const [gone, second, third] = locators as [MessageLocator, MessageLocator, MessageLocator]
      const summaries = yield* destination.describe(["INBOX"], locators)
      const named = new Map(
        summaries.map(({ locator, messageId }) => [locator, Option.getOrUndefined(messageId)])
      )
      const expected = new Map([
        [second, "<b@x>"],
        [third, "<c@x>"]
      ])
      assert.deepStrictEqual(named, expected)
      assert.deepStrictEqual(yield* destination.describe(["INBOX"], [gone]), [])
      const octets = yield* destination.fetch(["INBOX"], third)
      assert.strictEqual(Buffer.from(octets).toString(), octetsOf("c").toString())
    })
  )

  it.live("is good by the hundred on a connection that has listed nothing", () =>
    Effect.gen(function* () {
      const { destination, job, server } = yield* started()
      const delivered = Array.from({ length: 130 }, (_, n) => server.deliver("INBOX", octetsOf(`n${n}`)))
      const { entries } = yield* destination.list(["INBOX"], Option.none())
      const locators = entries.map(({ locator }) => locator)
      server.destroy(delivered[7]?.gmailId ?? "")
      const other = yield* connect(job)
      const summaries = yield* other.describe(["INBOX"], locators)
      const found = new Set(summaries.map(({ locator }) => locator))
      assert.deepStrictEqual(
        locators.filter((locator) => !found.has(locator)),
        locators.slice(7, 8)
      )
      assert.lengthOf(summaries, 129)
      assert.isAtMost(server.commands.filter((verb) => verb === "UID SEARCH").length, 3)
    })
  )

  it.live("is nobody's where it is none of Gmail's", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      server.deliver("INBOX", octetsOf("a"))
      const strange = "17:42" as never
      assert.deepStrictEqual(yield* destination.describe(["INBOX"], [strange]), [])
      const reason = yield* reasonOf(destination.fetch(["INBOX"], strange))
      assert.deepInclude(reason, { _tag: "MessageRejected", why: "gone" })
      const cursor = yield* reasonOf(destination.list(["INBOX"], Option.some("a page token" as never)))
      assert.deepInclude(cursor, { _tag: "MailboxRejected", why: "uidvalidity-changed" })
    })
  )
})

describe("Gmail's limits by IMAP", () => {
  it.live("are stated: 500 MB a day, four calls at once, one of INBOX, Spam and Trash", () =>
    Effect.gen(function* () {
      const { destination } = yield* started()
      const { exclusive, names, pace } = destination.capabilities
      const [limit] = pace.limits
      assert.deepInclude(limit, {
        key: "gmail:imap:you@gmail.com",
        of: "octets",
        amount: 500_000_000,
        perOctet: 1
      })
      assert.strictEqual(limit === undefined ? 0 : Duration.toHours(limit.per), 24)
      // Nine tenths of the amount flow in over a day.
      assert.isAtMost((limit?.burst ?? 0) + 0.9 * (limit?.amount ?? 0), 500_000_000)
      // The largest message has to fit through.
      assert.isAtLeast(limit?.burst ?? 0, destination.capabilities.maxMessageSize)
      assert.strictEqual(pace.concurrentCalls, 4)
      assert.deepStrictEqual(exclusive.map(showPath), ["INBOX", "Spam", "Trash"])
      assert.isTrue(names.caseInsensitive)
    })
  )

  it.live("when a day's are used up, are told as a day's", () =>
    Effect.gen(function* () {
      const { destination, server } = yield* started()
      server.throttle("NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", 1, ["APPEND"])
      const reason = yield* reasonOf(destination.append(letter("a", ["INBOX"])))
      assert.deepInclude(reason, { _tag: "Throttled", over: "day" })
    })
  )
})
