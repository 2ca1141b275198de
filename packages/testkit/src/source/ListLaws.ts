import { pathKey } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { describeOne, entriesOf, locatorsOf, pagesOf } from "../Listing.ts"
import { again, law, type SourceLaw } from "./Subject.ts"

/** The contract: a page is small enough to hold. */
const largestPage = 10_000

export const listLaws: ReadonlyArray<SourceLaw> = [
  law("every mailbox is listed once", () =>
    Effect.gen(function* () {
      const source = yield* Source
      const paths = (yield* source.listMailboxes).map(({ path }) => pathKey(path))
      assert.isNotEmpty(paths)
      assert.strictEqual(new Set(paths).size, paths.length)
    })
  ),
  law("every mailbox that is listed can be read", () =>
    Effect.gen(function* () {
      const source = yield* Source
      for (const { path } of yield* source.listMailboxes) {
        const page = yield* source.list(path, Option.none())
        assert.isArray(page.entries, pathKey(path))
      }
    })
  ),
  law(
    "an account that is still starting is Transient, never empty",
    (subject) =>
      Effect.gen(function* () {
        const context = yield* Layer.build(Layer.fresh(given(subject, "starting")))
        const reason = yield* reasonOf(Context.get(context, Source).listMailboxes)
        assert.strictEqual(reason._tag, "Transient")
      }),
    "starting"
  ),
  law(
    "a listing past 1,000 messages is complete, each once",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox, messages } = given(subject, "long")
        assert.isAbove(messages, 1000, "the mailbox of this law is long")
        const pages = yield* pagesOf(source, mailbox)
        const locators = pages.flatMap(({ entries }) => entries.map(({ locator }) => locator))
        assert.strictEqual(locators.length, messages)
        assert.strictEqual(new Set(locators).size, messages)
        assert.isTrue(pages.every(({ entries }) => entries.length <= largestPage))
      }),
    "long"
  ),
  law(
    "a cursor resumes where its page ended, on another connection",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "long")
        const pages = yield* pagesOf(source, mailbox)
        const middle = Math.floor(pages.length / 2)
        // One page has no next: then the end is the cursor to try.
        const cursor = middle === 0 ? yield* source.end(mailbox) : pages[middle - 1]!.next
        if (Option.isNone(cursor)) return
        const expected = pages.slice(Math.max(1, middle)).flatMap(({ entries }) => entries)
        const rest = yield* again(subject, (other) => locatorsOf(other, mailbox, cursor))
        assert.deepStrictEqual(
          rest,
          expected.map(({ locator }) => locator)
        )
      }),
    "long"
  ),
  law(
    "the epoch stays while the mailbox lives, on every connection",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "known")
        const epochs = Effect.fnUntraced(function* (reader: MailboxReader) {
          return (yield* pagesOf(reader, mailbox)).map(({ epoch }) => epoch)
        })
        const first = yield* epochs(source)
        const elsewhere = yield* again(subject, epochs)
        assert.strictEqual(new Set([...first, ...elsewhere]).size, 1)
      }),
    "known"
  ),
  law(
    "what a listing tells of flags agrees with describe",
    (subject) =>
      Effect.gen(function* () {
        const source = yield* Source
        const { mailbox } = given(subject, "known")
        for (const { locator, flags } of yield* entriesOf(source, mailbox)) {
          if (Option.isNone(flags)) continue
          const described = yield* Effect.option(describeOne(source, mailbox, locator))
          if (Option.isNone(described)) continue
          assert.deepStrictEqual([...flags.value.flags].toSorted(), [...described.value.flags].toSorted())
          assert.deepStrictEqual(
            [...flags.value.keywords].toSorted(),
            [...described.value.keywords].toSorted()
          )
        }
      }),
    "known"
  )
]
