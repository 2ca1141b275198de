import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { locatorsOf } from "@mailferry/testkit/Listing.ts"
import { Effect, Option } from "effect"

import { connected } from "./support/connected.ts"

const inbox: MailboxPath = ["INBOX"]
const unhurried = { quotaPerMinute: Infinity, indexDelayMillis: 0 } as const

describe("one message, as Gmail has it", () => {
  it.live("gets the labels of all its mailboxes, its star and its read state in one import", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      yield* destination.ensureMailbox(["Work", "2019"], Option.none())
      yield* destination.ensureMailbox(["red"], Option.none())
      const letter = letterTo(["Work", "2019"], { labels: [["red"]], flags: new Set(["\\Flagged"]) })
      yield* destination.append(letter)
      const [message] = server.account.messages
      assert.sameMembers([...(message?.labels ?? [])], ["Work/2019", "red", "STARRED", "UNREAD"])
      assert.isTrue(message?.raw.equals(letter.bytes))
      assert.strictEqual(message?.internalDate, Date.parse("2019-03-31T01:30:00Z"))
      assert.strictEqual(server.stats.stored, 1)
    })
  )

  it.live("without a mailbox of its own is archived: no label, and read when it was", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      yield* destination.append(letterTo(["All Mail"], { flags: new Set(["\\Seen"]) }))
      assert.deepStrictEqual([...(server.account.messages[0]?.labelIds ?? ["?"])], [])
      assert.strictEqual((yield* locatorsOf(destination, ["All Mail"])).length, 1)
    })
  )

  it.live("stays out of Spam unless it was spam", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const body = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
      yield* destination.append(letterTo(inbox, {}, { body }))
      yield* destination.append(letterTo(["Spam"], {}, { body }))
      assert.deepStrictEqual(
        server.account.messages.map(({ labels }) => labels.filter((label) => label !== "UNREAD")),
        [["INBOX"], ["SPAM"]]
      )
      assert.deepStrictEqual(
        server.requests
          .filter(({ call }) => call === "messages.import")
          .map(({ query }) => query.get("neverMarkSpam")),
        ["true", "false"]
      )
    })
  )

  it.live("carries the marker that the job asks for, made when it is needed first", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server, { marker: "Proton import/2026-11-21" })
      assert.isUndefined(server.account.labels.named("Proton import/2026-11-21"))
      yield* destination.append(letterTo(inbox, { flags: new Set(["\\Seen"]) }))
      assert.sameMembers(
        [...(server.account.messages[0]?.labels ?? [])],
        ["INBOX", "Proton import/2026-11-21"]
      )
    })
  )

  it.live("comes though Gmail will not have the marker, which is asked for once", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server, { marker: "trash" })
      for (let n = 0; n < 3; n++) yield* destination.append(letterTo(inbox, { flags: new Set(["\\Seen"]) }))
      assert.deepStrictEqual(
        server.account.messages.map(({ labels }) => [...labels]),
        [["INBOX"], ["INBOX"], ["INBOX"]]
      )
      assert.strictEqual(server.requests.filter(({ call }) => call === "labels.create").length, 1)
    })
  )

  it.live("gets the marker again that somebody deletes meanwhile", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server, { marker: "imported" })
      yield* destination.append(letterTo(inbox))
      server.account.deleteLabel(server.account.labels.named("imported")?.id ?? "")
      const letter = letterTo(inbox)
      const reason = yield* reasonOf(destination.append(letter))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "missing", mailbox: ["imported"] })
      yield* destination.append(letter)
      assert.include(server.account.messages.at(-1)?.labels ?? [], "imported")
    })
  )

  it.live("is stored a second time by insert, and keeps its date there too", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server, { method: "insert" })
      assert.isFalse(destination.capabilities.joinsByMessageId)
      const letter = letterTo(inbox)
      yield* destination.append(letter)
      yield* destination.append({ ...letter, alone: true })
      assert.deepStrictEqual(
        server.account.messages.map(({ by, internalDate }) => [by, internalDate]),
        [
          ["insert", Date.parse("2019-03-31T01:30:00Z")],
          ["insert", Date.parse("2019-03-31T01:30:00Z")]
        ]
      )
      assert.strictEqual(
        (yield* destination.find(inbox, { ...letter, stableId: Option.none(), size: 1 })).length,
        2
      )
    })
  )
})

describe("labels", () => {
  it.live("a label gets the colour of the palette that is nearest to the one asked for", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server, { colours: { "work/urgent": "#ff0102" } })
      yield* destination.ensureMailbox(["Work", "Urgent"], Option.none())
      const { color } = server.account.labels.named("Work/Urgent") ?? {}
      assert.strictEqual(color?.backgroundColor, "#fb4c2f")
      assert.isUndefined(server.account.labels.named("Work")?.color)
    })
  )

  it.live("SENT that the account refuses comes with the label to use in its place", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ ...unhurried, sentRule: "refuse" })
      const destination = yield* connected(server)
      const reason = yield* reasonOf(destination.append(letterTo(["Sent"])))
      const expected = {
        _tag: "MailboxRejected",
        why: "name",
        mailbox: ["Sent"] satisfies MailboxPath
      } as const
      assert.deepInclude(reason, { ...expected, instead: ["Proton", "Sent"] })
      const below = yield* connected(server, { parent: "Old mail" })
      const other = yield* reasonOf(below.append(letterTo(inbox, { labels: [["Sent"]] })))
      assert.deepInclude(other, { ...expected, instead: ["Old mail", "Sent"] })
      assert.strictEqual(server.account.messages.length, 0)
    })
  )

  it.live("a label that somebody deletes meanwhile is missing, by name, and made again when asked for", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const destination = yield* connected(server)
      const work: MailboxPath = ["Work", "2019"]
      const red: MailboxPath = ["red"]
      const ensure = Effect.forEach([work, red], (path) => destination.ensureMailbox(path, Option.none()))
      yield* ensure
      const first = yield* destination.append(letterTo(work))
      const stored = { mailbox: work, locator: Option.getOrThrow(first.locator) }
      const remove = Effect.sync(() => {
        server.account.deleteLabel(server.account.labels.named("red")?.id ?? "")
      })
      const missing = { _tag: "MailboxRejected", why: "missing", mailbox: red } as const
      for (const use of [
        destination.append(letterTo(work, { labels: [red] })),
        destination.copy(stored, red),
        destination.list(red, Option.none())
      ]) {
        yield* remove
        assert.deepInclude(yield* reasonOf(use), missing)
        yield* ensure
        assert.isDefined(server.account.labels.named("red"))
      }
      yield* destination.append(letterTo(work, { labels: [red] }))
      assert.strictEqual((yield* locatorsOf(destination, red)).length, 1)
    })
  )

  it.live("Gmail's own places are listed, and Trash is a home for mail only when asked to be", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped(unhurried)
      const homeOfTrash = Effect.fnUntraced(function* (trash: boolean) {
        const { capabilities } = yield* connected(server, { trash })
        return capabilities.names.homes?.bySpecialUse.trash
      })
      const destination = yield* connected(server)
      const listed = yield* destination.listMailboxes
      assert.deepStrictEqual(
        listed.map(({ path, specialUse }) => [path.join("/"), Option.getOrElse(specialUse, () => "-")]),
        [
          ["INBOX", "inbox"],
          ["Sent", "sent"],
          ["Spam", "junk"],
          ["Trash", "trash"],
          ["All Mail", "all"]
        ]
      )
      assert.deepStrictEqual(yield* homeOfTrash(false), ["Proton", "Trash"])
      assert.isUndefined(yield* homeOfTrash(true))
    })
  )
})
