import { type RunEvent, RunEvents } from "@mailferry/core/RunEvent.ts"
import { Effect, Layer, Stream } from "effect"

/** Keeps everything a stage says, in order. */
export const recordedEvents = () => {
  const events: Array<RunEvent> = []
  const service = RunEvents.of({
    emit: (event) => Effect.sync(() => void events.push(event)),
    stream: Stream.empty
  })
  const tags = () => events.map(({ _tag }) => _tag)
  return { events, tags, service, layer: Layer.succeed(RunEvents, service) }
}
