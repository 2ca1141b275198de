import { showPath } from "@mailferry/core/Mailbox.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"

import { told } from "./Failure.ts"
import type { Paint } from "./Paint.ts"
import { pilotLine } from "./PilotLines.ts"
import type { PilotJson } from "./RunJson.ts"
import { counted, harmless } from "./Wording.ts"

type Stop = Pick<RunResult, "stoppedBy">

const verdict = (pilot: PilotJson | null, paint: Paint): string => {
  if (pilot === null || !pilot.passed)
    return paint.red(paint.bold("The pilot failed; nothing else was begun."))
  const text =
    pilot.messages === 0
      ? "There is no mail in scope, so there was nothing to try."
      : `The pilot passed: ${counted(pilot.messages, "message")} of ${harmless(showPath(pilot.mailbox))} made the whole way.`
  return paint.green(paint.bold(text))
}

const why = ({ stoppedBy }: Stop): ReadonlyArray<string> =>
  Option.match(stoppedBy, {
    onNone: () => [],
    onSome: (cause) =>
      cause._tag === "Asked"
        ? ["It was asked to stop."]
        : told(cause).why.map((line) => `  ${harmless(line)}`)
  })

const next = (pilot: PilotJson | null, { stoppedBy }: Stop, again: string): string => {
  if (Option.isSome(stoppedBy) && stoppedBy.value._tag !== "Asked") return told(stoppedBy.value).next
  return pilot?.passed === true
    ? `\`mailferry run ${again}\` carries over the rest.`
    : `Mend the first link above that did not hold, then \`mailferry pilot ${again}\` again.`
}

/** Four lines of evidence, and what they come to. */
export const pilotReport = (pilot: PilotJson | null, result: Stop, again: string, paint: Paint): string =>
  [
    ...(pilot?.steps ?? []).map((step) => pilotLine(step, paint)),
    verdict(pilot, paint),
    ...why(result),
    `${paint.bold("next:")} ${next(pilot, result, again)}`
  ].join("\n")
