import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import { type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { reasonOf } from "../Law.ts"
import { entriesOf } from "../Listing.ts"
import { type DestinationLaw, freshMailbox, law } from "./Subject.ts"

const token = () => crypto.randomUUID().slice(0, 8)

const timesListed = Effect.fnUntraced(function* (destination: DestinationService, path: MailboxPath) {
  const listed = yield* destination.listMailboxes
  return listed.filter((mailbox) => pathKey(mailbox.path) === pathKey(path)).length
})

/** Levels that some server or some client spells wrongly. */
const awkwardLevels = [
  "Büro 2019",
  "日本 & more",
  "dots.in.names",
  "a/b",
  'say "hi"',
  "back\\slash",
  "per%cent and star*",
  "tilde~ & &AOk-",
  "🎉 party",
  "שלום",
  "(parens) {braces} [square]",
  "UPPER lower"
]

export const mailboxLaws: ReadonlyArray<DestinationLaw> = [
  law("ensureMailbox twice makes one mailbox", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const path = yield* freshMailbox(destination, "twice")
      yield* destination.ensureMailbox(path, Option.none())
      assert.strictEqual(yield* timesListed(destination, path), 1)
    })
  ),
  law("ensureMailbox makes the parents too", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const path = ["conformance", `parent ${token()}`, "child", "grandchild"] as const
      yield* destination.ensureMailbox(path, Option.none())
      assert.strictEqual(yield* timesListed(destination, [path[0], path[1]]), 1)
      assert.strictEqual(yield* timesListed(destination, [path[0], path[1], path[2]]), 1)
      assert.strictEqual(yield* timesListed(destination, path), 1)
    })
  ),
  law("every name the rules allow is taken and listed as it was spelled", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const {
        delimiter,
        maxLevelCharacters = Infinity,
        maxLevelOctets,
        refused
      } = destination.capabilities.names
      const allowed = awkwardLevels
        .map((level) => `${level} ${token()}`)
        .filter((level) => !Option.exists(delimiter, (character) => level.includes(character)))
        .filter((level) => Buffer.byteLength(level) <= maxLevelOctets && level.length <= maxLevelCharacters)
        .filter((level) => refused.every(({ pattern }) => !pattern.test(level)))
      assert.isNotEmpty(allowed)
      for (const level of allowed) {
        const path: MailboxPath = ["conformance", level]
        yield* destination.ensureMailbox(path, Option.none())
        assert.strictEqual(yield* timesListed(destination, path), 1, level)
      }
    })
  ),
  law("a name against the rules is MailboxRejected(name), and makes nothing", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { delimiter, maxLevelOctets } = destination.capabilities.names
      const levels: Array<string> = []
      if (Option.isSome(delimiter)) levels.push(`with${delimiter.value}in ${token()}`)
      // Beyond this a length limit is believed, not tried: no command line takes such a name.
      if (maxLevelOctets < 4096) levels.push("x".repeat(maxLevelOctets + 1))
      const before = (yield* destination.listMailboxes).length
      for (const level of levels) {
        const reason = yield* reasonOf(destination.ensureMailbox(["conformance", level], Option.none()))
        assert.deepInclude(reason, { _tag: "MailboxRejected", why: "name" }, level)
      }
      const made = (yield* destination.listMailboxes).length - before
      assert.isAtMost(made, 1, "at most the parent, which is within the rules")
    })
  ),
  law("letter case tells two mailboxes apart exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const name = `case ${token()}`
      yield* destination.ensureMailbox(["conformance", name], Option.none())
      yield* destination.ensureMailbox(["conformance", name.toUpperCase()], Option.none())
      const listed = yield* destination.listMailboxes
      const found = listed.filter(({ path }) => path[1]?.toLowerCase() === name.toLowerCase())
      assert.strictEqual(found.length, destination.capabilities.names.caseInsensitive ? 1 : 2)
    })
  ),
  law("one mailbox is the inbox", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const listed = yield* destination.listMailboxes
      assert.strictEqual(listed.filter(({ specialUse }) => Option.contains(specialUse, "inbox")).length, 1)
    })
  ),
  law("every mailbox that is listed can be read", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      yield* freshMailbox(destination, "readable")
      const listed = yield* destination.listMailboxes
      assert.isNotEmpty(listed)
      for (const { path } of listed) assert.isArray(yield* entriesOf(destination, path))
    })
  )
]
