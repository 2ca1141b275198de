import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import type { StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime, Effect } from "effect"

import { mailWithFiles } from "./support/mailWithFiles.ts"
import { moving } from "./support/moving.ts"
import { stateOf } from "./support/onlyMessage.ts"
import { sampleSource } from "./support/sampleSource.ts"

const dateOf = (n: number) => DateTime.makeUnsafe(`2019-03-31T12:00:${String(n).padStart(2, "0")}Z`)

interface Letter {
  /** The value of Message-ID. */
  readonly id?: string
  readonly flags?: ReadonlyArray<SystemFlag>
  readonly keywords?: ReadonlyArray<string>
  /** In place of a short text. */
  readonly bytes?: Uint8Array
}

const letter = (n: number, { bytes, flags = ["\\Seen"], id = `<${n}@x>`, keywords = [] }: Letter = {}) => ({
  bytes: Buffer.concat([
    Buffer.from(`X-Pm-Internal-Id: ${n}==\r\n`),
    bytes ??
      Buffer.from(
        `From: a@example.net\r\nMessage-ID: ${id}\r\nDate: ${DateTime.toDate(dateOf(n)).toUTCString()}\r\nSubject: letter ${n}\r\n\r\nhello\r\n`
      )
  ]),
  internalDate: dateOf(n),
  flags,
  keywords
})

/** Puts one message into several mailboxes of the source, and into the view of all mail. */
const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...paths: ReadonlyArray<MailboxPath>
) => {
  const message = Account.newMessage(account, spec)
  for (const path of [...paths, ["All Mail"] as const])
    Account.show(Account.mailboxOf(account, path), message)
  return message
}

const protonAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Drafts"], specialUse: "drafts" },
    { path: ["Spam"], specialUse: "junk" },
    { path: ["Trash"], specialUse: "trash" },
    { path: ["Archive"], specialUse: "archive" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Starred"], specialUse: "flagged", role: "starred" },
    { path: ["Scheduled"] },
    { path: ["Folders", "Büro 2019"], proposed: ["Büro 2019"] },
    { path: ["Folders", "Büro 2019", "a/b"], proposed: ["Büro 2019", "a/b"] },
    { path: ["Folders", "Files"], proposed: ["Files"] },
    { path: ["Labels", "blue"], role: "label" },
    { path: ["Labels", "red, or so"], role: "label" }
  ])

/** One of each kind: homes, labels, a star, a self-sent one, a draft. */
const everyKind = (source: Account.MemoryAccount) => {
  arrive(source, letter(1, { flags: [] }), ["INBOX"], ["Labels", "blue"], ["Labels", "red, or so"])
  arrive(source, letter(2, { flags: ["\\Seen", "\\Flagged"] }), ["Archive"], ["Starred"])
  arrive(source, letter(3, { flags: ["\\Seen", "\\Answered"] }), ["Folders", "Büro 2019"])
  arrive(source, letter(4), ["INBOX"], ["Sent"])
  arrive(source, letter(5, { keywords: ["$Forwarded"] }), ["Folders", "Büro 2019", "a/b"], ["Labels", "blue"])
  arrive(source, letter(6, { flags: ["\\Seen", "\\Draft"] }), ["Drafts"])
  arrive(source, letter(7), ["Spam"])
  arrive(source, letter(8), ["Trash"])
  arrive(source, letter(9), ["Folders", "Files"])
  arrive(source, letter(10, { bytes: mailWithFiles([2_000_000, 30]) }), ["INBOX"])
}

const line = ({ categories, folderPath, subject }: StoredMessage) =>
  `${folderPath}: ${subject}${categories.length === 0 ? "" : ` (${categories.join("; ")})`}`

const stored = ({ account }: RehearsalGraph) => account.messages.map(line).toSorted()

const everyKindStored = [
  "Archive: letter 2",
  "Büro 2019/a_b: letter 5 (blue)",
  "Büro 2019: letter 3",
  "Deleted Items: letter 8",
  "Drafts: letter 6",
  "Inbox: letter 1 (blue; red_ or so)",
  "Inbox: letter 4",
  "Inbox: with files",
  "Junk Email: letter 7",
  "Sent Items: letter 4",
  "_Files: letter 9"
]

const proved = { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0, notMigrated: 0 }

/** That nothing is half-way, and only drafts are drafts. */
const assertFinished = ({ account }: RehearsalGraph) => {
  for (const message of account.messages) {
    assert.notStrictEqual(stateOf(message), "partial", line(message))
    assert.strictEqual(message.isDraft, message.folderPath === "Drafts", line(message))
  }
}

describe("a move into Exchange", () => {
  it.live("brings a sample of ten years of mail, proves it, and has nothing to do then", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = sampleSource({ messages: 110, largest: 3_200_000 })
      const { run, verify } = yield* moving(server, source)
      const planned = Account.mailboxOf(source, ["All Mail"]).messages.size
      const first = yield* run
      assert.deepInclude(first, {
        outcome: "complete",
        planned,
        migrated: planned,
        quarantined: 0,
        failed: 0
      })
      assertFinished(server)
      const verified = yield* verify
      assert.deepInclude(verified, { ...proved, checked: server.account.messages.length })
      assert.strictEqual(verified.readBack, server.account.messages.length)
      assert.isAtMost(server.stats.peakPerMailbox, 3, "no more calls at once than were claimed")
      const there = stored(server)
      const { incomingBytes, stored: created } = server.stats
      assert.deepInclude(yield* run, { outcome: "complete", migrated: 0, alreadyThere: planned })
      assert.deepStrictEqual(
        [server.stats.incomingBytes - incomingBytes, server.stats.stored - created],
        [0, 0],
        "a run with nothing to do sends nothing, no probe either"
      )
      assert.deepStrictEqual(stored(server), there)
    })
  )

  it.live("brings every mailbox to the folder that Exchange has for it, and labels as categories", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = protonAccount()
      everyKind(source)
      const { run, verify } = yield* moving(server, source)
      assert.deepInclude(yield* run, { outcome: "complete", planned: 10, migrated: 10 })
      assert.deepStrictEqual(stored(server), everyKindStored)
      assertFinished(server)
      assert.deepInclude(yield* verify, proved)
    })
  )

  it.live("brings labels to folders when that is asked for", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = protonAccount()
      everyKind(source)
      const { run, verify } = yield* moving(server, source, { rules: { labels: "copy" } })
      assert.deepInclude(yield* run, { outcome: "complete", planned: 10, migrated: 10 })
      assert.deepStrictEqual(
        stored(server),
        [
          ...everyKindStored.map((each) => each.replace(/ \(.*$/u, "")),
          "Labels/blue: letter 1",
          "Labels/blue: letter 5",
          "Labels/red, or so: letter 1"
        ].toSorted()
      )
      assert.deepInclude(yield* verify, proved)
      assert.deepInclude(yield* run, { outcome: "complete", migrated: 0, alreadyThere: 10 })
    })
  )

  it.live("goes into a personal account, and into a mailbox that speaks another language", () =>
    Effect.gen(function* () {
      const folderNames = {
        inbox: "Posteingang",
        sentitems: "Gesendete Elemente",
        drafts: "Entwürfe",
        deleteditems: "Gelöschte Elemente",
        junkemail: "Junk-E-Mail",
        archive: "Archiv"
      }
      const server = yield* graphScoped({ personal: true, folderNames })
      const source = protonAccount()
      everyKind(source)
      const { run, verify } = yield* moving(server, source)
      assert.deepInclude(yield* run, { outcome: "complete", planned: 10, migrated: 10 })
      assert.sameMembers(
        server.account.messages.map(({ folderPath }) => folderPath),
        [
          "Archiv",
          "Büro 2019/a_b",
          "Büro 2019",
          "Gelöschte Elemente",
          "Entwürfe",
          "Posteingang",
          "Posteingang",
          "Posteingang",
          "Junk-E-Mail",
          "Gesendete Elemente",
          "_Files"
        ]
      )
      assert.deepInclude(yield* verify, proved)
    })
  )

  it.live("makes an archive where the mailbox has none", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ archive: false })
      const source = protonAccount()
      arrive(source, letter(2), ["Archive"])
      const { run, verify } = yield* moving(server, source)
      assert.deepInclude(yield* run, { outcome: "complete", migrated: 1 })
      assert.deepStrictEqual(stored(server), ["Archive: letter 2"])
      assert.deepInclude(yield* verify, proved)
    })
  )

  it.live("touches nothing that was there before, and takes it for no double", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = protonAccount()
      everyKind(source)
      const before = ["inbox", "drafts", "Büro 2019", "Büro 2019/a_b", "_Files"].map((folder) =>
        server.account.deposit(folder, { subject: "mine", categories: ["Mine"] })
      )
      const { run, verify } = yield* moving(server, source)
      assert.deepInclude(yield* run, { outcome: "complete", planned: 10, migrated: 10 })
      assert.deepStrictEqual(
        before.map(({ version }) => version),
        before.map(() => 1)
      )
      assert.deepStrictEqual(
        stored(server).filter((each) => !each.includes("mine")),
        everyKindStored
      )
      assert.deepInclude(yield* verify, proved)
    })
  )

  it.live("adopts what an earlier run has brought when its ledger is lost", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = protonAccount()
      everyKind(source)
      yield* (yield* moving(server, source)).run
      const there = stored(server)
      const { run, verify } = yield* moving(server, source)
      const again = yield* run
      assert.deepInclude(again, { outcome: "complete", planned: 10, migrated: 0, alreadyThere: 10 })
      assert.deepStrictEqual(stored(server), there)
      assert.deepInclude(yield* verify, { ok: true, missing: 0, doubled: 0 })
    })
  )

  it.live("loses and doubles nothing when answers are lost, changes cross and sessions end", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const source = protonAccount()
      everyKind(source)
      arrive(source, letter(11, { bytes: mailWithFiles([20, 3_300_000]) }), ["Archive"])
      arrive(source, letter(12, { id: "<same@x>" }), ["INBOX"])
      arrive(source, letter(13, { id: "<same@x>" }), ["INBOX"])
      const { run, verify } = yield* moving(server, source)
      const at = (call: string) => (seen: { readonly call: string | undefined }) => seen.call === call
      server.commitThenDrop(2, at("messages.create"))
      server.dropBeforeCommit(1, at("messages.create"))
      server.commitThenDrop(1, at("attachments.create"))
      server.commitThenDrop(1, at("attachments.putPart"))
      server.commitThenFail(504, 1, at("messages.update"))
      server.commitThenDrop(1, at("messages.copy"))
      server.conflict(1, at("attachments.create"))
      let parts = 0
      server.uploadSessionExpires(1, (seen) => at("attachments.putPart")(seen) && ++parts === 2)
      const result = yield* run
      assert.deepInclude(result, {
        outcome: "complete",
        planned: 13,
        migrated: 13,
        quarantined: 0,
        failed: 0
      })
      assert.deepStrictEqual(
        stored(server),
        [...everyKindStored, "Archive: with files", "Inbox: letter 12", "Inbox: letter 13"].toSorted()
      )
      assertFinished(server)
      assert.deepInclude(yield* verify, proved)
    })
  )

  it.live("finishes or removes what a run has left half-way, in the next one", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped({ messageSizeLimit: 3_000_000 })
      const source = protonAccount()
      arrive(source, letter(1), ["INBOX"])
      arrive(source, letter(2, { bytes: mailWithFiles([20, 3_300_000]) }), ["Archive"])
      const { run, verify } = yield* moving(server, source)
      const first = yield* run
      assert.deepInclude(first, { outcome: "partial", planned: 2, migrated: 1, quarantined: 1 })
      assert.deepStrictEqual(
        stored(server),
        ["Inbox: letter 1"],
        "what was refused at its last part is not there"
      )
      assert.deepInclude(yield* verify, { missing: 0, doubled: 0, altered: 0, foreign: 0, quarantined: 1 })
    })
  )
})

describe("verify", () => {
  const moved = Effect.fnUntraced(function* () {
    const server = yield* graphScoped()
    const source = protonAccount()
    everyKind(source)
    const { run, verify } = yield* moving(server, source)
    yield* run
    const named = (subject: string) => {
      const found = server.account.messages.find((each) => each.subject === subject)
      if (found === undefined) throw new Error(`there is no ${subject}`)
      return found
    }
    return { server, verify, named }
  })

  type Moved = Effect.Success<ReturnType<typeof moved>>

  const planted: ReadonlyArray<{
    readonly what: string
    readonly plant: (moved: Moved) => unknown
    readonly found: object
    readonly words: string
  }> = [
    {
      what: "a message that is unread now",
      plant: ({ named }) => named("letter 2").change({ isRead: false }),
      found: { altered: 1 },
      words: "Seen"
    },
    {
      what: "a star that is gone",
      plant: ({ named }) => named("letter 2").change({ flag: { flagStatus: "notFlagged" } }),
      found: { altered: 1 },
      words: "Flagged"
    },
    {
      what: "a category that is gone",
      plant: ({ named }) => named("letter 1").change({ categories: ["blue"] }),
      found: { altered: 1 },
      words: "red"
    },
    {
      what: "another day",
      plant: ({ named }) => named("letter 3").change({ received: Date.parse("2020-01-01T00:00:00Z") }),
      found: { altered: 1 },
      words: "2020-01-01"
    },
    {
      what: "another text",
      plant: ({ named }) => named("letter 3").change({ body: { contentType: "text", content: "hell" } }),
      found: { altered: 1 },
      words: "its text"
    },
    {
      what: "one octet of a file",
      plant: ({ named, server }) => {
        const { attachments } = named("with files")
        const [first] = attachments
        if (first === undefined) throw new Error("it has no files")
        const octets = first.octets.read()
        octets[1_999_999] = (octets[1_999_999] ?? 0) ^ 1
        attachments[0] = { ...first, octets: server.account.keep(octets) }
      },
      found: { altered: 1 },
      words: "1 of its files"
    },
    {
      what: "a file that is gone",
      plant: ({ named }) => named("with files").attachments.pop(),
      found: { altered: 1 },
      words: "1 of its files"
    },
    {
      what: "a file that is there twice",
      plant: ({ named }) => {
        const { attachments } = named("with files")
        attachments.push(...attachments.slice(-1))
      },
      found: { altered: 1 },
      words: "1 of its files is there once more"
    },
    {
      what: "another subject",
      plant: ({ named }) => named("letter 3").change({ subject: "letter 4" }),
      found: { altered: 1 },
      words: "its subject is another"
    },
    {
      what: "a message that was deleted",
      plant: ({ named, server }) => server.account.remove(named("letter 7")),
      found: { missing: 1 },
      words: ""
    },
    {
      what: "a message that was moved",
      plant: ({ named, server }) => {
        const archive = server.account.folder("archive")
        if (archive !== undefined) server.account.move(named("letter 9"), archive)
      },
      // Where it is now, nobody has put it.
      found: { missing: 1, foreign: 1 },
      words: ""
    },
    {
      what: "a message that was doubled",
      plant: ({ named, server }) => {
        const { folder, parts, properties } = named("letter 3")
        server.account.add({ ...parts, properties }, folder, "copy")
      },
      found: { doubled: 1 },
      words: ""
    },
    {
      what: "a message of somebody else's",
      plant: ({ server }) => server.account.deposit("inbox", { subject: "new" }),
      found: { foreign: 1 },
      words: ""
    }
  ]

  it.live.each(planted)("finds $what, and nothing else", ({ found, plant, words }) =>
    Effect.gen(function* () {
      const all = yield* moved()
      plant(all)
      const { differences, ...counts } = yield* all.verify
      assert.deepInclude(counts, { ...proved, ok: false, ...found })
      assert.include(differences[0]?.detail, words)
    })
  )
})
