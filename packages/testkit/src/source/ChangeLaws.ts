import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { locatorsOf } from "../Listing.ts"
import { again, law, type SourceLaw } from "./Subject.ts"

/**
 * Laws about an account that changes while it is read. Each has connections of its own, because a server closes
 * those that have a mailbox open when that gets a new UIDVALIDITY.
 */
export const changeLaws: ReadonlyArray<SourceLaw> = [
  law(
    "what comes after end is listed from there on, and nothing else",
    (subject) =>
      again(subject, (source) =>
        Effect.gen(function* () {
          const mailbox = given(subject, "scratch")
          const deliver = given(subject, "deliver")
          yield* deliver(mailbox)
          const before = new Set(yield* locatorsOf(source, mailbox))
          const end = yield* source.end(mailbox)
          yield* deliver(mailbox)
          yield* deliver(mailbox)
          const all = yield* locatorsOf(source, mailbox)
          const rest = yield* locatorsOf(source, mailbox, end)
          assert.strictEqual(all.length, before.size + 2)
          // Where the service has no order there is no end, and a listing starts from the beginning.
          const expected = Option.isNone(end) ? all : all.filter((locator) => !before.has(locator))
          assert.deepStrictEqual(rest, expected)
        })
      ),
    "scratch",
    "deliver"
  ),
  law(
    "describe leaves out a message that is gone",
    (subject) =>
      again(subject, (source) =>
        Effect.gen(function* () {
          const mailbox = given(subject, "scratch")
          yield* given(subject, "deliver")(mailbox)
          yield* given(subject, "deliver")(mailbox)
          const [kept, gone] = (yield* locatorsOf(source, mailbox)).slice(-2)
          yield* given(subject, "expunge")({ mailbox, locator: gone! })
          const left = yield* source.describe(mailbox, [gone!, kept!])
          assert.deepStrictEqual(
            left.map(({ locator }) => locator),
            [kept!]
          )
        })
      ),
    "scratch",
    "deliver",
    "expunge"
  ),
  law(
    "fetch of a message that is gone is MessageRejected(gone)",
    (subject) =>
      again(subject, (source) =>
        Effect.gen(function* () {
          const mailbox = given(subject, "scratch")
          yield* given(subject, "deliver")(mailbox)
          const [gone] = (yield* locatorsOf(source, mailbox)).slice(-1)
          yield* given(subject, "expunge")({ mailbox, locator: gone! })
          const reason = yield* reasonOf(source.fetch(mailbox, gone!))
          assert.deepInclude(reason, { _tag: "MessageRejected", why: "gone" })
        })
      ),
    "scratch",
    "deliver",
    "expunge"
  ),
  law(
    "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed",
    (subject) =>
      Effect.gen(function* () {
        const mailbox = given(subject, "scratch")
        yield* given(subject, "deliver")(mailbox)
        const before = yield* again(subject, (source) =>
          Effect.all({ page: source.list(mailbox, Option.none()), end: source.end(mailbox) })
        )
        yield* given(subject, "renew")(mailbox)
        yield* again(subject, (source) =>
          Effect.gen(function* () {
            const { epoch } = yield* source.list(mailbox, Option.none())
            assert.notStrictEqual(epoch, before.page.epoch)
            if (Option.isNone(before.end)) return
            const reason = yield* reasonOf(source.list(mailbox, before.end))
            assert.deepInclude(reason, { _tag: "MailboxRejected", why: "uidvalidity-changed" })
          })
        )
      }),
    "scratch",
    "deliver",
    "renew"
  ),
  law(
    "a locator of an earlier life gives no other message",
    (subject) =>
      Effect.gen(function* () {
        const mailbox = given(subject, "scratch")
        const deliver = given(subject, "deliver")
        yield* deliver(mailbox)
        const [old] = yield* again(subject, (source) => locatorsOf(source, mailbox))
        yield* given(subject, "renew")(mailbox)
        yield* deliver(mailbox)
        const reason = yield* reasonOf(again(subject, (source) => source.fetch(mailbox, old!)))
        const changed = reason._tag === "MailboxRejected" && reason.why === "uidvalidity-changed"
        const gone = reason._tag === "MessageRejected" && reason.why === "gone"
        assert.isTrue(changed || gone, JSON.stringify(reason))
      }),
    "scratch",
    "deliver",
    "renew"
  )
]
