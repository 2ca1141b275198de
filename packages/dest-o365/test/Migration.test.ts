import { assert, describe, it } from "@effect/vitest"
import type { StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect } from "effect"

import { mailWithFiles } from "./support/mailWithFiles.ts"
import { moving } from "./support/moving.ts"
import { stateOf } from "./support/onlyMessage.ts"
import { arrive, everyKind, letter, protonAccount, proved } from "./support/protonAccount.ts"
import { sampleSource } from "./support/sampleSource.ts"

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
