#!/usr/bin/env node
import { setFlagsFromString } from "node:v8"

import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

import { cli } from "./Cli.ts"
import { Conclusion } from "./Conclusion.ts"
import { type Ending, exitCodeOf } from "./ExitCode.ts"
import { presenter } from "./HelpPage.ts"
import { nodeTooOld } from "./NodeVersion.ts"
import { processSignals } from "./ProcessSignals.ts"
import { Signals } from "./Signals.ts"
import { version } from "./Version.ts"
import { defectText, failureText } from "./view/Failure.ts"
import { make as makeScreen, Screen } from "./view/Screen.ts"

// V8 lets its young generation grow to more than 100 MB before it looks through it, which for mail that only passes
// through is memory for nothing: `pnpm bench gmail` shows what is left.
setFlagsFromString("--semi-space-growth-factor=1")

const words = process.argv.slice(2)
const screen = makeScreen(
  { quiet: words.includes("--quiet") || words.includes("-q"), noColor: words.includes("--no-color") },
  { stdout: process.stdout, stderr: process.stderr, environment: process.env }
)
const signals = processSignals()
let reached: Ending = { _tag: "Done" }

const services = Layer.mergeAll(
  NodeServices.layer,
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
  CliOutput.layerPresenter(presenter(screen)),
  Layer.succeed(Screen, screen),
  Layer.succeed(Signals, signals.service),
  Layer.succeed(Conclusion, { reach: (ending) => Effect.sync(() => void (reached = ending)) })
)

const tellDefect = (bug: unknown): Effect.Effect<void> => {
  const { message, name, stack } = bug instanceof Error ? bug : new Error(String(bug))
  const where = words.includes("--debug") ? stack : undefined
  return screen.warn(defectText(name, message, where, screen.paintAside))
}

const program = Command.runWith(cli, { version })(words).pipe(
  Effect.andThen(Effect.sync(() => reached)),
  Effect.catchIf(CliError.isCliError, (error) =>
    Effect.succeed<Ending>({
      _tag: error._tag === "ShowHelp" && error.errors.length === 0 ? "Done" : "Misused"
    })
  ),
  Effect.catch((error) =>
    Effect.as(screen.warn(failureText(error, screen.paintAside)), { _tag: "Failed", error } satisfies Ending)
  ),
  Effect.catchCause((cause): Effect.Effect<Ending> => {
    if (Cause.hasInterruptsOnly(cause)) return Effect.as(screen.warn("Stopped."), { _tag: "Interrupted" })
    return Effect.as(tellDefect(Cause.squash(cause)), { _tag: "Defect" })
  }),
  Effect.provide(services)
)

// A reader that goes away (`| head`) must not end a run that is moving mail.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})

// What a library throws beside every promise is a bug like any other: one line, no stack.
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (bug: unknown) => {
    Effect.runFork(tellDefect(bug)).addObserver(() => process.exit(exitCodeOf({ _tag: "Defect" })))
  })
}

const tooOld = nodeTooOld(process.versions.node)
if (tooOld === undefined) {
  const fiber = Effect.runFork(program)
  signals.listen(() => fiber.interruptUnsafe())
  fiber.addObserver((exit) => {
    const broken: Ending = { _tag: signals.count() > 0 ? "Interrupted" : "Defect" }
    process.exit(exitCodeOf(Exit.isSuccess(exit) ? exit.value : broken))
  })
} else {
  process.stderr.write(`${tooOld}\n`)
  process.exitCode = exitCodeOf({ _tag: "Misused" })
}
