import * as fs from "node:fs"
import * as path from "node:path"

import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MessageLocator } from "@mailferry/core/Message.ts"
import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import { SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { protonId } from "@mailferry/rehearsal/sample/ProtonId.ts"
import { BridgeSyncFile, syncOf } from "@mailferry/source-proton-bridge/BridgeSyncFile.ts"
import { undecryptable } from "@mailferry/source-proton-bridge/BridgeUndecryptable.ts"
import { DateTime, Effect, Option, Schema } from "effect"

import {
  allIn,
  everything,
  firstIn,
  idsIn,
  inbox,
  locatorsIn,
  persistently,
  readAll,
  reasonOf,
  theOne
} from "./support/Reading.ts"
import { rehearse, sourceOn, tapped } from "./support/Rehearsed.ts"
import { message, smallAccount } from "./support/SmallAccount.ts"
import { temporaryFolder } from "./support/TemporaryFile.ts"

describe("what a source adapter for Bridge must do (bridge facts, section 10): reading", () => {
  it.live("9. reads special-use from LIST's attributes, and skips \\Noselect and the placeholders", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const mailboxes = yield* source.listMailboxes
      const uses = mailboxes.flatMap(({ path, specialUse }) =>
        Option.toArray(Option.map(specialUse, (use) => `${path[0]}: ${use}`))
      )
      assert.includeMembers(uses, ["All Mail: all", "Starred: flagged", "Spam: junk", "Archive: archive"])
      const paths = mailboxes.map(({ path }) => path.join("|"))
      assert.notInclude(paths, "Folders")
      assert.notInclude(paths, "Labels")
    })
  )

  it.live("10. opens All Mail though LIST hides it", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      bridge.hideAllMail()
      const source = yield* sourceOn(bridge)
      const views = (yield* source.listMailboxes).filter(({ role }) => role === "everything")
      assert.deepStrictEqual(
        views.map(({ path }) => path),
        [everything]
      )
      assert.include(yield* idsIn(source, everything), protonId("only-in-all-mail"))
    })
  )

  it.live("10. lists the rest when Bridge has no All Mail at all, and no view stands in for it", () =>
    Effect.gen(function* () {
      const { bridge, source } = yield* tapped({
        answer: (command, tag) => (command.startsWith("EXAMINE") ? [`${tag} NO no such mailbox`] : undefined)
      })
      bridge.hideAllMail()
      const mailboxes = yield* source.listMailboxes
      assert.isFalse(mailboxes.some(({ role }) => role === "everything"))
      assert.isTrue(mailboxes.some(({ path }) => path[0] === "INBOX"))
    })
  )

  it.live(
    "11. reads names with an escaped slash as one level, opens them, and leaves the prefixes behind",
    () =>
      Effect.gen(function* () {
        const source = yield* sourceOn(yield* rehearse())
        const mailboxes = yield* source.listMailboxes
        const slash = mailboxes.find(({ path }) => path[1] === "a/b")
        assert.deepStrictEqual(slash?.proposed, ["a/b"])
        assert.deepStrictEqual(yield* idsIn(source, ["Folders", "a/b"]), [protonId("in-slash")])
        assert.deepStrictEqual(yield* idsIn(source, ["Labels", "in/out"]), [protonId("everywhere")])
      })
  )

  it.live("12. describes by header fields and never by ENVELOPE; identity is Proton's id", () =>
    Effect.gen(function* () {
      const { source, wiretap } = yield* tapped()
      const [first] = yield* allIn(source, ["Archive"])
      assert.deepStrictEqual(first?.stableId, Option.some(protonId("archived")))
      assert.deepStrictEqual(first?.messageId, Option.some("<archived@example.net>"))
      const fetches = wiretap.commands.filter((command) => command.startsWith("UID FETCH"))
      assert.isTrue(fetches.some((command) => command.includes("X-PM-INTERNAL-ID")))
      assert.isFalse(fetches.some((command) => command.includes("ENVELOPE")))
    })
  )

  it.live(
    "13. gives core what it merges by: one id in every mailbox, a role for each, and All Mail for the rest",
    () =>
      Effect.gen(function* () {
        const source = yield* sourceOn(yield* rehearse())
        const shownIn = new Map<string, Array<string>>()
        for (const { path, role } of yield* source.listMailboxes) {
          for (const id of yield* idsIn(source, path)) shownIn.set(id, [...(shownIn.get(id) ?? []), role])
        }
        assert.sameMembers(shownIn.get(protonId("everywhere")) ?? [], [
          "home",
          "label",
          "label",
          "starred",
          "everything"
        ])
        assert.sameMembers(shownIn.get(protonId("to-self")) ?? [], ["home", "home", "everything"])
        assert.deepStrictEqual(shownIn.get(protonId("only-in-all-mail")), ["everything"])
      })
  )

  it.live(
    "14. shows Scheduled and Recovered Messages as mailboxes of their own, for the rules to take or leave",
    () =>
      Effect.gen(function* () {
        const account = smallAccount()
        account.messages.push(message("later", [SystemLabel.scheduled]))
        const recovered = [Buffer.from("Subject: refused\r\n\r\nbody\r\n")]
        const source = yield* sourceOn(yield* rehearse({ account, recovered }))
        for (const name of ["Scheduled", "Recovered Messages"]) {
          const found = (yield* source.listMailboxes).find(({ path }) => path[0] === name)
          assert.deepInclude(found, { role: "home", specialUse: Option.none() })
          assert.strictEqual((yield* locatorsIn(source, [name])).length, 1)
        }
      })
  )

  it.live("15. reads from Bridge's sync file how far a sync is, and sees counts grow", () =>
    Effect.gen(function* () {
      const configFolder = yield* temporaryFolder
      const bridge = yield* rehearse({ sync: "nothing", configFolder })
      const read = Effect.suspend(() => {
        const [name = ""] = fs.readdirSync(path.join(configFolder, "imap-sync"))
        const text = fs.readFileSync(path.join(configFolder, "imap-sync", name), "utf8")
        return Effect.map(Schema.decodeUnknownEffect(BridgeSyncFile)(text), syncOf)
      })
      bridge.advanceSync()
      const source = yield* sourceOn(bridge)
      const before = yield* source.end(everything)
      assert.isFalse((yield* read).finished)
      bridge.advanceSync()
      assert.notDeepEqual(yield* source.end(everything), before)
      const after = yield* read
      assert.isTrue(after.finished)
      // 24: All Mail and what Bridge could not build are the whole account.
      const shown = new Set(yield* idsIn(source, everything))
      assert.deepStrictEqual(after.failed, [protonId("never-built")])
      assert.strictEqual(shown.size + after.failed.length, after.total)
    })
  )

  it.live("16. takes a Bridge without mailboxes for one that is still starting, and waits for it", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse({ sync: "nothing" })
      const source = yield* sourceOn(bridge)
      const calls = [
        Effect.asVoid(source.listMailboxes),
        Effect.asVoid(source.list(inbox, Option.none())),
        Effect.asVoid(source.end(["Folders", "Work"]))
      ]
      for (const call of calls) {
        const reason = yield* reasonOf(call)
        assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
        assert.include(reason.detail, "still starting")
      }
      bridge.advanceSync()
      assert.isNotEmpty(yield* source.listMailboxes)
      assert.isEmpty(yield* locatorsIn(source, inbox))
    })
  )

  it.live("16. calls a mailbox missing only once Bridge has some", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const reason = yield* reasonOf(source.list(["Folders", "Deleted"], Option.none()))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "missing" })
    })
  )

  it.live(
    "17. says that a window cannot be read, reads the others in it singly, and glimpses the bad one",
    () =>
      Effect.gen(function* () {
        const bridge = yield* rehearse()
        const source = yield* sourceOn(bridge)
        const bad = (yield* theOne(source, inbox, "to-self")).locator
        const locators = yield* locatorsIn(source, inbox)
        bridge.failFetchOf(protonId("to-self"))
        const unreadable = { _tag: "MessageRejected", why: "unreadable" } as const
        assert.deepInclude(yield* reasonOf(source.describe(inbox, locators)), unreadable)
        assert.deepInclude(yield* reasonOf(source.fetch(inbox, bad)), unreadable)
        for (const locator of locators.filter((each) => each !== bad)) {
          assert.strictEqual((yield* source.describe(inbox, [locator])).length, 1)
        }
        const seen = yield* source.glimpse(inbox, bad)
        assert.deepStrictEqual(seen.subject, Option.some("to-self"))
        assert.isTrue(Option.isSome(seen.internalDate) && Option.isSome(seen.flags))
      })
  )

  it.live("18. accepts FETCH lines in any order and lines that hold nothing but flags", () =>
    Effect.gen(function* () {
      const account = {
        ...smallAccount(),
        messages: Array.from({ length: 200 }, (_, i) => message(`m${i}`, ["0"]))
      }
      const { source } = yield* tapped(
        { before: (command) => (command.includes("FETCH") ? ["* 3 FETCH (FLAGS (\\Seen))"] : []) },
        account
      )
      const ids = yield* idsIn(source, inbox)
      assert.sameMembers(
        ids,
        account.messages.map(({ id }) => id)
      )
    })
  )

  it.live("19. keeps identities through a resync that renews every UIDVALIDITY, and says that it did", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      const before = yield* idsIn(source, everything)
      const end = yield* source.end(everything)
      const locator = yield* firstIn(source, everything)
      bridge.resync()
      const changed = { _tag: "MailboxRejected", why: "uidvalidity-changed" } as const
      assert.deepInclude(yield* reasonOf(persistently(source.list(everything, end))), changed)
      assert.deepInclude(yield* reasonOf(persistently(source.fetch(everything, locator))), changed)
      assert.sameMembers(yield* persistently(idsIn(source, everything)), before)
    })
  )

  it.live("20. dates a message by INTERNALDATE, and by Date where Proton has no time", () =>
    Effect.gen(function* () {
      const account = smallAccount()
      const timed = account.messages.find(({ id }) => id === protonId("archived"))
      const raw =
        "Message-ID: <timeless@example.net>\r\nDate: Tue, 6 Feb 2001 10:00:00 +0100\r\nSubject: timeless\r\n\r\nbody\r\n"
      account.messages.push(message("timeless", ["0"], { time: 0, raw: Buffer.from(raw) }))
      const source = yield* sourceOn(yield* rehearse({ account }))
      const { internalDate } = yield* theOne(source, ["Archive"], "archived")
      assert.strictEqual(DateTime.toEpochMillis(internalDate), (timed?.time ?? 0) * 1000)
      const timeless = yield* theOne(source, inbox, "timeless")
      assert.strictEqual(DateTime.formatIso(timeless.internalDate), "2001-02-06T09:00:00.000Z")
    })
  )

  it.live("21. maps the flags, and the two marks of a forwarded message to one", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const flagsOf = (mailbox: MailboxPath, subject: string) =>
        Effect.map(theOne(source, mailbox, subject), ({ flags, keywords }) =>
          [...flags, ...keywords].toSorted()
        )
      assert.deepStrictEqual(yield* flagsOf(inbox, "everywhere"), ["\\Answered", "\\Flagged", "\\Seen"])
      assert.deepStrictEqual(yield* flagsOf(["Folders", "Work", "Deep"], "in-deep"), ["$Forwarded", "\\Seen"])
      assert.deepStrictEqual(yield* flagsOf(["Drafts"], "draft"), ["\\Draft"])
      assert.deepStrictEqual(yield* flagsOf(["Spam"], "junk"), [])
      const [listed] = (yield* source.list(["Folders", "Work", "Deep"], Option.none())).entries
      assert.deepStrictEqual(
        Option.map(listed?.flags ?? Option.none(), ({ keywords }) => [...keywords]),
        Option.some(["$Forwarded"])
      )
    })
  )

  it.live(
    "22. carries over the octets without gluon's line, the same from every mailbox; options keep or drop more",
    () =>
      Effect.gen(function* () {
        const account = smallAccount()
        const original = account.messages.find(({ id }) => id === protonId("everywhere"))
        const built = original === undefined ? "" : buildLiteral(original).toString("latin1")
        const bridge = yield* rehearse({ account })
        const octetsOf = (source: MailboxReader, mailbox: MailboxPath) =>
          Effect.flatMap(theOne(source, mailbox, "everywhere"), ({ locator }) =>
            Effect.map(source.fetch(mailbox, locator), (octets) => Buffer.from(octets).toString("latin1"))
          )
        const source = yield* sourceOn(bridge)
        for (const mailbox of [inbox, ["Labels", "Blue"], everything] as const) {
          assert.strictEqual(yield* octetsOf(source, mailbox), built)
        }
        assert.include(built, `X-Pm-Internal-Id: ${protonId("everywhere")}`)
        const keeping = yield* octetsOf(yield* sourceOn(bridge, { config: { keepGluonId: true } }), inbox)
        assert.match(keeping, /^X-Pm-Gluon-Id: \S+\r\n/u)
        assert.strictEqual(keeping.slice(keeping.indexOf("\n") + 1), built)
        const dropping = yield* octetsOf(
          yield* sourceOn(bridge, { config: { dropInternalReference: true } }),
          inbox
        )
        assert.notInclude(dropping, "@protonmail.internalid")
        assert.isBelow(dropping.length, built.length)
      })
  )

  it.live("23. carries over what Bridge could not decrypt, and recognises it", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const octets = yield* readAll(source)
      const verdict = (key: string) => undecryptable(octets.get(protonId(key)) ?? new Uint8Array())
      assert.deepStrictEqual(verdict("lost-key"), { message: true, attachments: 0 })
      assert.deepStrictEqual(verdict("lost-file"), { message: false, attachments: 1 })
      assert.deepStrictEqual(verdict("everywhere"), { message: false, attachments: 0 })
    })
  )

  it.live("25. reads each address of a split account by itself; together they are the whole account", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const combined = yield* Effect.scoped(
        Effect.flatMap(sourceOn(bridge), (source) => idsIn(source, everything))
      )
      bridge.setAddressMode("split")
      const trees = yield* Effect.forEach(["me@proton.me", "SHOP@example.org"], (user) =>
        Effect.scoped(
          Effect.flatMap(sourceOn(bridge, { config: { user } }), (source) => idsIn(source, everything))
        )
      )
      assert.deepStrictEqual(trees[1], [protonId("archived")])
      assert.sameMembers(trees.flat(), combined)
    })
  )

  it.live("26. says that a message deleted at Proton is gone, once Bridge has told the session", () =>
    Effect.gen(function* () {
      const account = smallAccount()
      const source = yield* sourceOn(yield* rehearse({ account }))
      const { locator } = yield* theOne(source, inbox, "to-self")
      account.messages.splice(
        account.messages.findIndex(({ id }) => id === protonId("to-self")),
        1
      )
      yield* source.end(inbox)
      assert.deepInclude(yield* reasonOf(source.fetch(inbox, locator)), {
        _tag: "MessageRejected",
        why: "gone"
      })
    })
  )

  it.live("26. lists from its last end what has arrived since", () =>
    Effect.gen(function* () {
      const account = smallAccount()
      const source = yield* sourceOn(yield* rehearse({ account }))
      const end = yield* source.end(inbox)
      account.messages.push(message("newcomer", ["0"]))
      const { entries } = yield* source.list(inbox, end)
      const fresh = yield* source.describe(
        inbox,
        entries.map(({ locator }): MessageLocator => locator)
      )
      assert.deepStrictEqual(
        fresh.map(({ stableId }) => stableId),
        [Option.some(protonId("newcomer"))]
      )
    })
  )
})
