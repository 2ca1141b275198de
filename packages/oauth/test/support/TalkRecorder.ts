import { SignInTalk } from "@mailferry/core/SignIn.ts"
import { Deferred, Effect, Layer, Queue, Redacted, Stream } from "effect"

/** A person at a terminal: what they were told is kept, and a test types for them. */
export const makeTalk = Effect.gen(function* () {
  const told: Array<string> = []
  const hidden: Array<string> = []
  const typed = yield* Queue.unbounded<string>()
  const page = yield* Deferred.make<URL>()
  const layer = Layer.succeed(SignInTalk, {
    tell: (text) => Effect.sync(() => void told.push(text)),
    hide: (secret) => Effect.sync(() => void hidden.push(Redacted.value(secret))),
    browse: (url) => Effect.asVoid(Deferred.succeed(page, new URL(url))),
    lines: Stream.fromQueue(typed)
  })
  return {
    told,
    hidden,
    layer,
    /** The page that the browser was sent to. */
    page: Deferred.await(page),
    type: (line: string) => Effect.asVoid(Queue.offer(typed, line))
  }
})
