import { assert, describe, it } from "@effect/vitest"
import { type MailboxPath, showPath } from "@mailferry/core/Mailbox.ts"
import { reservedLabelNames } from "@mailferry/rehearsal/gmail/ReservedLabelNames.ts"
import type { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { Effect, Option } from "effect"

import { foldLabel, reservedFirstLevels } from "../../src/labels/ReservedLabels.ts"
import { connected } from "../support/connected.ts"

const called = (server: RehearsalGmail, call: string) =>
  server.requests.filter((request) => request.call === call).length

const names = (server: RehearsalGmail) =>
  server.account.labels.all.flatMap(({ name, type }) => (type === "user" ? [name] : [])).toSorted()

describe("labels on the rehearsal Gmail", () => {
  it.live("are made once, with their parents and colours, however many ask", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped()
      const colours = { "Work/2019": "#ff0100" }
      const destination = yield* connected(server, { colours })
      const before = called(server, "labels.list")
      const paths: ReadonlyArray<MailboxPath> = [
        ["Work", "2019"],
        ["work"],
        ["Work", "2020"],
        ["WORK", "2019"]
      ]
      const ensure = (path: MailboxPath) => destination.ensureMailbox(path, Option.none())
      yield* Effect.forEach([...paths, ...paths], ensure, { concurrency: "unbounded", discard: true })
      assert.deepStrictEqual(names(server).map(foldLabel), ["work", "work/2019", "work/2020"])
      assert.strictEqual(called(server, "labels.create"), 3)
      assert.strictEqual(called(server, "labels.list"), before)
      const coloured = server.account.labels.all.find(({ name }) => foldLabel(name) === "work/2019")
      assert.deepStrictEqual(coloured?.color, { backgroundColor: "#fb4c2f", textColor: "#000000" })
    })
  )

  it.live("that somebody else made meanwhile are taken as they are spelt", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped()
      const one = yield* connected(server)
      const other = yield* connected(server)
      yield* one.ensureMailbox(["Work"], Option.none())
      yield* other.ensureMailbox(["WORK"], Option.none())
      yield* other.ensureMailbox(["WORK", "2019"], Option.none())
      assert.deepStrictEqual(names(server), ["Work", "Work/2019"])
    })
  )

  it.live("are refused by name, and only that one label, for each name that Gmail does not take", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ language: "it" })
      const destination = yield* connected(server)
      const refused: ReadonlyArray<MailboxPath> = [
        ["Da leggere"],
        ["Scheduled", "2019"],
        ["a^b"],
        ["two  blanks"],
        ["x".repeat(100), "y".repeat(100), "z".repeat(100)]
      ]
      for (const path of refused) {
        const { reason } = yield* Effect.flip(destination.ensureMailbox(path, Option.none()))
        assert.deepInclude(reason, { _tag: "MailboxRejected", why: "name" }, showPath(path))
      }
      assert.deepStrictEqual(names(server), [])
      yield* destination.ensureMailbox(["_Da leggere"], Option.none())
      assert.deepStrictEqual(names(server), ["_Da leggere"])
    })
  )

  for (const language of ["en", "de", "es", "fr", "it", "nl", "pt"] as const) {
    it(`called like Gmail's own in "${language}" are renamed before they are asked for`, () => {
      const ours = reservedFirstLevels(language)
      const all = reservedFirstLevels()
      const missing = [...reservedLabelNames(language)].filter((name) => !ours.has(name) || !all.has(name))
      assert.deepStrictEqual(missing, [])
    })
  }

  it.live("are left as they are called where only another language reserves the name", () =>
    Effect.gen(function* () {
      for (const [language, free, taken] of [
        ["en", "Wichtig", "Important"],
        ["de", "Importante", "Wichtig"]
      ] as const) {
        const server = yield* gmailScoped({ language })
        const { capabilities, ensureMailbox } = yield* connected(server)
        const { reserved } = capabilities.names
        assert.isFalse(reserved?.has(foldLabel(free)))
        assert.isTrue(reserved?.has(foldLabel(taken)))
        yield* ensureMailbox([free], Option.none())
        assert.deepStrictEqual(names(server), [free])
      }
    })
  )

  it.live("avoid every language's names when the account does not tell its own", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ language: "de" })
      const scopes = [
        "https://www.googleapis.com/auth/gmail.labels",
        "https://www.googleapis.com/auth/gmail.metadata"
      ]
      const token = server.issueToken({ scopes })
      const { capabilities } = yield* connected(server, { token })
      assert.isTrue(capabilities.names.reserved?.has(foldLabel("Importante")))
    })
  )

  it.live("end at as many as an account holds, with a word about it", () =>
    Effect.gen(function* () {
      const server = yield* gmailScoped({ maxLabels: 20 })
      const destination = yield* connected(server)
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 30 }, (_, n) => `Label ${n}`),
        (name) => Effect.result(destination.ensureMailbox([name], Option.none()))
      )
      const refused = outcomes.flatMap((outcome) => (outcome._tag === "Failure" ? [outcome.failure] : []))
      assert.isNotEmpty(refused)
      for (const { reason } of refused) assert.deepInclude(reason, { _tag: "MailboxRejected", why: "name" })
    })
  )
})
