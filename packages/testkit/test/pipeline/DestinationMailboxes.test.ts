import { assert, describe, it } from "@effect/vitest"
import type { NameRules } from "@mailferry/core/Capabilities.ts"
import { MailboxRejected, Transient } from "@mailferry/core/MailError.ts"
import { dropAfterCommit, failWith, type Script } from "@mailferry/testkit/Fault.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { contents, letter, protonLetter } from "./Letters.ts"
import { makeWorld } from "./World.ts"

const names: NameRules = {
  delimiter: Option.some("/"),
  maxLevelOctets: 255,
  refused: [],
  caseInsensitive: false
}

/** Mailboxes of these names, each with one message of its own. */
const accountOf = (...mailboxes: ReadonlyArray<string>) =>
  Account.make(mailboxes.map((name, n) => ({ path: [name] as const, messages: [protonLetter(n)] })))

const refused = failWith(new MailboxRejected({ detail: "bad name", why: "name" }))

/** The server takes only names of letters, digits, blanks and underscores, though it never said so. */
const strict: Script = ({ mailbox, operation }) =>
  operation === "ensureMailbox" && mailbox?.some((level) => /[^A-Za-z0-9 _]/u.test(level)) === true
    ? refused
    : undefined

const counts = (account: Account.MemoryAccount) =>
  Object.entries(contents(account)).map(([name, copies]) => `${name} ${copies.length}`)

describe("a mailbox of the destination", () => {
  it.effect("is made once, however many workers need it at once", () =>
    Effect.gen(function* () {
      const source = Account.make([
        { path: ["Work"], messages: Array.from({ length: 20 }, (_, n) => letter(n)) }
      ])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const { destinationCalls } = yield* world.run()
      const made = destinationCalls.filter(
        ({ mailbox, operation }) => operation === "ensureMailbox" && mailbox?.join("/") === "Work"
      )
      assert.isAtMost(made.length, 2, "once a round")
    })
  )

  it.effect(
    "gets the plainest name when the server refuses the planned one, and keeps it in later runs",
    () =>
      Effect.gen(function* () {
        const world = yield* makeWorld({ source: accountOf("What?"), destination: Account.make() })
        const { events, result } = yield* world.run({ destinationScript: strict })
        assert.strictEqual(result.outcome, "complete")
        assert.deepStrictEqual(counts(world.destination), ["What_ 1"])
        const renamed = events.find(({ _tag }) => _tag === "MailboxRenamed")
        assert.deepInclude(renamed, { wanted: ["What?"], path: ["What_"] })

        Account.deliver(world.source, ["What?"], protonLetter(9))
        const again = yield* world.run({ destinationScript: strict })
        assert.deepInclude(again.result, { outcome: "complete", migrated: 1, alreadyThere: 1 })
        assert.deepStrictEqual(again.result.changedAtSource, {}, "another name is no move")
        assert.deepStrictEqual(counts(world.destination), ["What_ 2"])
        const plan = yield* world.plan()
        const line = plan.summary.mailboxes.find(({ from }) => from.join("/") === "What?")
        assert.deepStrictEqual(line?.to, ["What_"])
        assert.match(
          Option.getOrElse(line?.why ?? Option.none(), () => ""),
          /refused the name/u
        )
      })
  )

  it.effect("is kept apart from others whose plainest name is the same", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({
        source: accountOf("Work?", "Work!", "Work_"),
        destination: Account.make()
      })
      const { result } = yield* world.run({ destinationScript: strict })
      assert.strictEqual(result.outcome, "complete")
      assert.deepStrictEqual(
        counts(world.destination).map((line) => line.split(" ").at(-1)),
        ["1", "1", "1"]
      )
      const again = yield* world.run({ destinationScript: strict })
      assert.deepInclude(again.result, { outcome: "complete", migrated: 0, alreadyThere: 3 })
      assert.deepStrictEqual(again.result.changedAtSource, {})
    })
  )

  it.effect("does not get the plainest name of one that holds somebody's mail", () =>
    Effect.gen(function* () {
      const destination = Account.make([{ path: ["What_"], messages: [letter(50)] }])
      const world = yield* makeWorld({ source: accountOf("What?"), destination })
      yield* world.run({ destinationScript: strict })
      assert.strictEqual(counts(destination)[0], "What_ 1")
      assert.strictEqual(counts(destination).length, 2)
    })
  )

  it.effect("whose every name is refused leaves its mail out, and lets the others go on", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: accountOf("Bad", "Good"), destination: Account.make() })
      const { events, result, sourceCalls } = yield* world.run({
        destinationScript: ({ mailbox, operation }) =>
          operation === "ensureMailbox" && mailbox?.[0].endsWith("Bad") === true ? refused : undefined
      })
      assert.deepInclude(result, { outcome: "partial", migrated: 1, failed: 1 })
      assert.deepStrictEqual(counts(world.destination), ["Good 1"])
      assert.strictEqual(sourceCalls.filter(({ operation }) => operation === "fetch").length, 1)
      const skipped = events.flatMap((event) =>
        event._tag === "MailboxSkipped" ? [event.mailbox.join("/")] : []
      )
      assert.include(skipped, "Bad")
    })
  )

  it.effect("whose plain name the service keeps for itself gets a line before it", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: accountOf("Enviado", "Good"), destination: Account.make() })
      const { result } = yield* world.run({
        destinationScript: ({ mailbox, operation }) =>
          operation === "ensureMailbox" && mailbox?.[0] === "Enviado" ? refused : undefined
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 2 })
      assert.deepStrictEqual(counts(world.destination), ["Good 1", "_Enviado 1"])
    })
  )

  it.effect("is made anew when it vanishes while it is filled", () =>
    Effect.gen(function* () {
      const source = Account.make([
        { path: ["Work"], messages: [1, 2, 3, 4, 5, 6].map((n) => protonLetter(n)) }
      ])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const { result } = yield* world.run({
        destinationScript: ({ n, operation }) => {
          if (operation === "append" && n === 4) world.destination.mailboxes.delete(JSON.stringify(["Work"]))
          return undefined
        }
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 6 })
      const after = contents(world.destination)["Work"] ?? []
      assert.strictEqual(new Set(after).size, after.length, "none twice")
      assert.isAtLeast(after.length, 3)
    })
  )

  it.effect("that vanished while an outcome was unknown is made anew without a second copy", () =>
    Effect.gen(function* () {
      const source = Account.make([{ path: ["Work"], messages: [1, 2, 3].map((n) => protonLetter(n)) }])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const { result } = yield* world.run({
        destinationScript: ({ n, operation }) => {
          if (operation === "append" && n === 4) world.destination.mailboxes.delete(JSON.stringify(["Work"]))
          return operation === "append" && n === 2 ? dropAfterCommit : undefined
        }
      })
      assert.strictEqual(result.outcome, "complete")
      const after = contents(world.destination)["Work"] ?? []
      assert.strictEqual(new Set(after).size, after.length)
    })
  )

  it.effect("that only seemed to vanish still holds what was sent before, for a killed run's successor", () =>
    Effect.gen(function* () {
      const source = Account.make([{ path: ["Work"], messages: [1, 2].map((n) => protonLetter(n)) }])
      const world = yield* makeWorld({ source, destination: Account.make() })
      const missing = failWith(new MailboxRejected({ detail: "TRYCREATE", why: "missing" }))
      let appends = 0
      const { exit } = yield* world.start({
        destinationScript: ({ n, operation }) => {
          if (operation !== "append") return undefined
          return n === 1 ? dropAfterCommit : n === 2 ? missing : undefined
        },
        killAt: ({ operation, when }) => operation === "append" && when === "before" && ++appends === 3
      })
      assert.isTrue(Option.isNone(exit))
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", planned: 2 })
      assert.deepStrictEqual(counts(world.destination), ["Work 2"])
    })
  )

  it.effect("is asked for again when the connection was lost while it was made", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld({ source: accountOf("Work"), destination: Account.make() })
      const lost = failWith(new Transient({ detail: "lost", applied: "unknown" }))
      const { result } = yield* world.run({
        destinationScript: ({ n, operation }) => (operation === "ensureMailbox" && n <= 2 ? lost : undefined)
      })
      assert.deepInclude(result, { outcome: "complete", migrated: 1 })
    })
  )

  it.effect("of a special use takes the mail of that use, and of no other", () =>
    Effect.gen(function* () {
      const source = Account.make([
        { path: ["Sent"], specialUse: "sent", messages: [protonLetter(1)] },
        { path: ["Folders", "Sent Items"], proposed: ["Sent Items"], messages: [protonLetter(2)] }
      ])
      const destination = Account.make([{ path: ["Sent Items"], specialUse: "sent" }])
      const world = yield* makeWorld({ source, destination })
      yield* world.run()
      assert.deepStrictEqual(counts(destination), ["Sent Items 1", "Sent Items (2) 1"])
    })
  )

  it.effect("that differs in case only is one mailbox where the server folds case", () =>
    Effect.gen(function* () {
      const capabilities = { names: { ...names, caseInsensitive: true } }
      const destination = Account.make([{ path: ["work"], messages: [protonLetter(0), letter(70)] }])
      const world = yield* makeWorld({ source: accountOf("Work"), destination, capabilities })
      const { result } = yield* world.run()
      assert.deepInclude(result, { outcome: "complete", migrated: 0, alreadyThere: 1 })
      assert.deepStrictEqual(counts(destination), ["work 2"])
    })
  )
})
