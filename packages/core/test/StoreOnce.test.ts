import { assert, describe, it } from "@effect/vitest"
import type { AppendReceipt } from "@mailferry/core/Destination.ts"
import { AuthFailed, type MailErrorReason, MessageRejected, Transient } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { storeOnce } from "@mailferry/core/StoreOnce.ts"
import { Effect, Exit, Fiber, Option } from "effect"
import { TestClock } from "effect/testing"

import { mailError } from "./Stubs.ts"

const unknown = new Transient({ detail: "cut off", applied: "unknown" })
const lost = new Transient({ detail: "cut off before", applied: "no" })
const at = (uid: number) => Option.some(MessageLocator(`1:${uid}`))

type Answer = AppendReceipt | MailErrorReason

const isReceipt = (answer: Answer): answer is AppendReceipt => "locator" in answer

/** Plays a list of answers; the last one for ever. */
const play = <A>(answers: readonly [A, ...ReadonlyArray<A>]) => {
  let calls = 0
  return {
    calls: () => calls,
    next: Effect.sync((): A => answers[Math.min(calls++, answers.length - 1)] ?? answers[0])
  }
}

const run = Effect.fnUntraced(function* (
  attempts: readonly [Answer, ...ReadonlyArray<Answer>],
  looks: readonly [
    Option.Option<MessageLocator> | MailErrorReason,
    ...ReadonlyArray<Option.Option<MessageLocator>>
  ]
) {
  const attempt = play(attempts)
  const look = play(looks)
  const fiber = yield* Effect.forkChild(
    Effect.exit(
      storeOnce(
        Effect.flatMap(attempt.next, (answer) =>
          isReceipt(answer) ? Effect.succeed(answer) : Effect.fail(mailError(answer))
        ),
        Effect.flatMap(look.next, (found) =>
          Option.isOption(found)
            ? Effect.succeed(Option.map(found, (locator) => ({ locator })))
            : Effect.fail(mailError(found, "list"))
        )
      )
    )
  )
  yield* TestClock.adjust("10 minutes")
  return { exit: yield* Fiber.join(fiber), attempts: attempt.calls(), looks: look.calls() }
})

describe("storeOnce", () => {
  it.effect("does not look when the first attempt says what happened", () =>
    Effect.gen(function* () {
      const stored = yield* run([{ locator: at(7) }], [at(9)])
      assert.deepStrictEqual(stored, { exit: Exit.succeed({ locator: at(7) }), attempts: 1, looks: 0 })

      const refused = yield* run([new MessageRejected({ detail: "no", why: "policy" })], [at(9)])
      assert.isTrue(Exit.isFailure(refused.exit))
      assert.deepInclude(refused, { attempts: 1, looks: 0 })

      const notSent = yield* run([lost], [at(9)])
      assert.isTrue(Exit.isFailure(notSent.exit), "the guard has tried that again already")
      assert.deepInclude(notSent, { attempts: 1, looks: 0 })
    })
  )

  it.effect("takes what it finds after an unknown outcome instead of sending again", () =>
    Effect.gen(function* () {
      const found = yield* run([unknown], [at(9)])
      assert.deepStrictEqual(found, { exit: Exit.succeed({ locator: at(9) }), attempts: 1, looks: 1 })
    })
  )

  it.effect("sends again what is certainly not there", () =>
    Effect.gen(function* () {
      const { exit, ...counts } = yield* run([unknown, unknown, { locator: at(7) }], [Option.none()])
      assert.deepStrictEqual(exit, Exit.succeed({ locator: at(7) }))
      assert.deepStrictEqual(counts, { attempts: 3, looks: 4 })
    })
  )

  it.effect("never sends twice without having looked in between, and twice, since servers may be late", () =>
    Effect.gen(function* () {
      const { attempts, exit, looks } = yield* run([unknown], [Option.none()])
      assert.strictEqual(attempts, 6)
      assert.strictEqual(looks, 10)
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      assert.strictEqual(error?._tag, "Unsettled", "the last outcome is still unknown")
    })
  )

  it.effect("stops at a refusal that follows an unknown outcome", () =>
    Effect.gen(function* () {
      const refusal = new MessageRejected({ detail: "no", why: "policy" })
      const { attempts, exit } = yield* run([unknown, refusal], [Option.none()])
      assert.strictEqual(attempts, 2)
      assert.deepInclude(Option.getOrUndefined(Exit.findErrorOption(exit)), {
        _tag: "MailError",
        reason: refusal
      })
    })
  )

  it.effect("does not send again when it cannot look", () =>
    Effect.gen(function* () {
      const refused = new AuthFailed({ detail: "no" })
      const { attempts, exit } = yield* run([unknown], [refused])
      assert.strictEqual(attempts, 1)
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      assert.strictEqual(error?._tag, "Unsettled", "whatever the failed look says, the append may be there")
      assert.deepInclude(error, { error: mailError(refused, "list") })
    })
  )
})
