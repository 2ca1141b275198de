import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"

import { told } from "./Failure.ts"
import type { Paint } from "./Paint.ts"
import { pilotLine, type PilotStep } from "./PilotLines.ts"
import { counted, harmless } from "./Wording.ts"

export interface PilotFacts {
  readonly passed: boolean
  readonly messages: number
  readonly mailbox: string
  readonly steps: ReadonlyArray<PilotStep>
  readonly result: Pick<RunResult, "stoppedBy">
}

const verdict = ({ mailbox, messages, passed }: PilotFacts, paint: Paint): string => {
  if (!passed) return paint.red(paint.bold("The pilot failed."))
  if (messages === 0)
    return paint.green(paint.bold("There is no mail in scope, so there was nothing to try."))
  return paint.green(
    paint.bold(
      `The pilot passed: ${counted(messages, "message")} of ${harmless(mailbox)} made the whole way.`
    )
  )
}

const next = ({ passed, result }: PilotFacts, again: string): string => {
  if (Option.isSome(result.stoppedBy) && result.stoppedBy.value._tag !== "Asked") {
    return told(result.stoppedBy.value).next
  }
  return passed
    ? `\`mailferry run ${again}\` carries over the rest.`
    : "Mend the first link above that did not hold, then try the pilot again."
}

/** Four lines of evidence, and what they come to. */
export const pilotReport = (facts: PilotFacts, again: string, paint: Paint): string =>
  [
    ...facts.steps.map((step) => pilotLine(step, paint)),
    verdict(facts, paint),
    ...Option.match(facts.result.stoppedBy, {
      onNone: () => [],
      onSome: (cause) =>
        cause._tag === "Asked"
          ? ["It was asked to stop."]
          : told(cause).why.map((line) => `  ${harmless(line)}`)
    }),
    `${paint.bold("next:")} ${next(facts, again)}`
  ].join("\n")
