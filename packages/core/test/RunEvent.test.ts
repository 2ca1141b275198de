import { assert, describe, it } from "@effect/vitest"
import { layer, type RunEvent, RunEvents } from "@mailferry/core/RunEvent.ts"
import { Effect, Fiber, Stream } from "effect"

const resumed: RunEvent = { _tag: "Resumed", side: "source" }
const labelled = (n: number): RunEvent => ({ _tag: "LabelDone", mailbox: [String(n)] })

describe("RunEvents", () => {
  it.effect("loses nothing when nobody listens, and waits for nobody", () =>
    Effect.gen(function* () {
      const { emit } = yield* RunEvents
      yield* Effect.forEach(Array.from({ length: 10_000 }), () => emit(resumed), { discard: true })
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells every listener everything said since it began to listen, in order", () =>
    Effect.gen(function* () {
      const { emit, stream } = yield* RunEvents
      yield* emit(resumed)
      const listen = stream.pipe(
        Stream.take(50),
        Stream.runCollect,
        Effect.forkChild({ startImmediately: true })
      )
      const listeners = [yield* listen, yield* listen]
      for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
      for (let n = 0; n < 50; n++) yield* emit(labelled(n))
      for (const listener of listeners) {
        assert.deepStrictEqual(
          yield* Fiber.join(listener),
          Array.from({ length: 50 }, (_, n) => labelled(n))
        )
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("slows the run down rather than lose events of a slow listener", () =>
    Effect.gen(function* () {
      const { emit, stream } = yield* RunEvents
      const heard: Array<RunEvent> = []
      const listener = yield* stream.pipe(
        Stream.runForEach((event) =>
          Effect.andThen(
            Effect.yieldNow,
            Effect.sync(() => heard.push(event))
          )
        ),
        Effect.forkChild({ startImmediately: true })
      )
      for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
      for (let n = 0; n < 12_000; n++) yield* emit(labelled(n))
      for (let turn = 0; heard.length < 12_000 && turn < 100_000; turn++) yield* Effect.yieldNow
      assert.deepStrictEqual(heard.at(-1), labelled(11_999))
      assert.strictEqual(heard.length, 12_000)
      yield* Fiber.interrupt(listener)
    }).pipe(Effect.provide(layer))
  )
})
