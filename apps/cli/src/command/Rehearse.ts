import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

import { allArrivedOnce } from "../Arrivals.ts"
import { type Ending, exitCodeOf, type Failure } from "../ExitCode.ts"
import { namedLosses } from "../NamedLosses.ts"
import type { RehearsalKind } from "../Registry.ts"
import { fasterClock } from "../rehearsal/FasterClock.ts"
import { rehearsalStage, type RehearsalStage } from "../RehearsalStage.ts"
import { Signals } from "../Signals.ts"
import { arrivalText, serverText } from "../view/RehearsalText.ts"
import { Screen } from "../view/Screen.ts"
import { pilot } from "./Pilot.ts"
import { plan } from "./Plan.ts"
import { run } from "./Run.ts"
import { verify } from "./Verify.ts"

export interface RehearseFlags {
  readonly to: RehearsalKind
  readonly serve: boolean
  readonly json: boolean
}

interface Act {
  readonly name: "plan" | "pilot" | "run" | "verify"
  readonly play: Effect.Effect<Ending, Failure, Screen | Signals>
}

/** The commands as a person would give them, one after the other. */
const actsOf = ({ jobFile, state }: RehearsalStage, json: boolean): ReadonlyArray<Act> => {
  const flags = { job: jobFile, state: Option.some(state), json }
  const unplanned = { ...flags, plan: Option.none<string>() }
  return [
    { name: "plan", play: plan({ ...flags, out: Option.none() }) },
    { name: "pilot", play: pilot(unplanned) },
    { name: "run", play: run({ ...unplanned, noPilot: false, retryQuarantined: false }) },
    { name: "verify", play: verify({ ...unplanned, full: true, allowForeign: false }) }
  ]
}

/** A screen whose data is kept instead of printed: with --json the whole rehearsal is one object. */
const keeping = (screen: Screen["Service"]) => {
  const kept: Array<string> = []
  return { kept, screen: { ...screen, print: (text: string) => Effect.sync(() => void kept.push(text)) } }
}

const perform = Effect.fnUntraced(function* (
  stage: RehearsalStage,
  flags: RehearseFlags
): Effect.fn.Return<Ending, Failure, Screen | Signals> {
  const screen = yield* Screen
  const aside = keeping(screen)
  const { arrivals: count, note, timesFaster } = stage.destination
  const clock = fasterClock(yield* Clock.Clock, timesFaster)
  if (!flags.json && note !== undefined) yield* screen.print(screen.paint.dim(note))
  const told: Record<string, unknown> = {}
  for (const { name, play } of actsOf(stage, flags.json)) {
    if (!flags.json)
      yield* screen.print(`\n${screen.paint.bold(`$ mailferry ${name} --job ${stage.jobFile}`)}\n`)
    const ending = yield* play.pipe(
      Effect.provideService(Screen, flags.json ? aside.screen : screen),
      Effect.provideService(Clock.Clock, clock)
    )
    if (flags.json) told[name] = JSON.parse(aside.kept.pop() ?? "null")
    if (exitCodeOf(ending) !== 0) return ending
  }
  const named = yield* namedLosses({ job: stage.jobFile, state: Option.some(stage.state) })
  const arrivals = count(stage.account, named)
  const ok = allArrivedOnce(arrivals)
  yield* screen.print(
    flags.json
      ? JSON.stringify({ ok, timesFaster, arrivals, ...told }, undefined, 2)
      : `\n${arrivalText(arrivals, screen.paint)}`
  )
  return { _tag: "Verified", result: { ok } }
})

const serve = Effect.fnUntraced(function* (
  stage: RehearsalStage,
  flags: RehearseFlags
): Effect.fn.Return<Ending, never, Screen | Signals> {
  const screen = yield* Screen
  const signals = yield* Signals
  const { bridge, destination, jobFile: job, state } = stage
  const source = { host: bridge.host, port: bridge.port, user: bridge.user, password: bridge.password }
  const print = screen.print(
    flags.json
      ? JSON.stringify({ job, state, source, destination: destination.facts }, undefined, 2)
      : serverText({ job, state, source, destination: destination.lines }, screen.paint)
  )
  // Ctrl-C is how this is meant to end, so it is no interruption.
  yield* signals.graceful(Effect.andThen(print, signals.first))
  return { _tag: "Done" }
})

/** Plan, pilot, run and verify on a made-up mailbox, by the very code the commands run; or the servers for it alone. */
export const rehearse = (flags: RehearseFlags): Effect.Effect<Ending, Failure, Screen | Signals> =>
  Effect.scoped(
    Effect.flatMap(
      rehearsalStage(flags.to, flags.serve),
      (stage): Effect.Effect<Ending, Failure, Screen | Signals | Scope.Scope> =>
        flags.serve ? serve(stage, flags) : perform(stage, flags)
    )
  )
