import type { JoinedMessage } from "@mailferry/core/LedgerJoined.ts"
import type { FailedMessage, QuarantinedMessage } from "@mailferry/core/LedgerReports.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"

import { told } from "./Failure.ts"
import { type Foretold, foretoldLines } from "./ForecastText.ts"
import { lossLines } from "./LossWords.ts"
import type { Paint } from "./Paint.ts"
import { count, counted, duration, harmless, octets } from "./Wording.ts"

/** Quarantined messages named one by one; beyond that `status --json` lists them all. */
const namedAtMost = 50

const headline = (result: RunResult, paint: Paint): string => {
  switch (result.outcome) {
    case "complete":
      return paint.green(paint.bold("Done: every message in scope has arrived."))
    case "partial":
      return paint.yellow(paint.bold("Done, but not everything has arrived."))
    case "paused":
      return paint.yellow(paint.bold("Stopped before the end. Everything done so far is recorded."))
  }
}

const figures = (result: RunResult): ReadonlyArray<string> => [
  `${counted(result.planned, "message")} in scope: ${count(result.migrated)} carried over now (${octets(result.bytes)} in ${duration(result.seconds)}), ${count(result.alreadyThere)} there already.`,
  ...(result.merged > 0
    ? [
        `${counted(result.merged, "message")} joined with another that has the same Message-ID: the destination keeps one, with the labels of both.`
      ]
    : []),
  ...(result.quarantined > 0
    ? [
        `${counted(result.quarantined, "message")} did not arrive and ${result.quarantined === 1 ? "is" : "are"} set aside.`
      ]
    : []),
  ...(result.failed > 0
    ? [`${counted(result.failed, "message")} could not be carried over this time; the next run tries again.`]
    : []),
  ...(result.labelsLeft > 0
    ? [`${count(result.labelsLeft)} placements for labels and further mailboxes are left to do.`]
    : []),
  ...(result.sourceStillGrowing
    ? ["Mail was still arriving at the source: run again when it has settled."]
    : []),
  ...lossLines(result.losses),
  ...lossLines(result.changedAtSource)
]

const named = (message: QuarantinedMessage, paint: Paint): ReadonlyArray<string> => [
  `${paint.yellow("!")} ${harmless(Option.getOrElse(message.subject, () => "(no subject known)"))}`,
  `    ${harmless(message.why)}: ${harmless(message.detail)}`,
  ...Option.match(message.advice, { onNone: () => [], onSome: (advice) => [`    fix: ${harmless(advice)}`] }),
  ...Option.match(message.file, { onNone: () => [], onSome: (file) => [`    kept in: ${file}`] }),
  `    id: ${harmless(message.key)}`
]

const setAside = (quarantined: ReadonlyArray<QuarantinedMessage>, paint: Paint): ReadonlyArray<string> => {
  if (quarantined.length === 0) return []
  const more = quarantined.length - namedAtMost
  return [
    "",
    paint.bold("Set aside:"),
    ...quarantined.slice(0, namedAtMost).flatMap((message) => named(message, paint)),
    ...(more > 0 ? [`… and ${count(more)} more: \`mailferry status --json\` lists them all.`] : [])
  ]
}

const waiting = (failures: ReadonlyArray<FailedMessage>, paint: Paint): ReadonlyArray<string> => {
  if (failures.length === 0) return []
  const more = failures.length - namedAtMost
  return [
    "",
    paint.bold("Not carried over this time; the next run tries again:"),
    ...failures
      .slice(0, namedAtMost)
      .flatMap(({ detail, key, subject }) => [
        `${paint.yellow("!")} ${harmless(Option.getOrElse(subject, () => key))}`,
        `    ${harmless(detail)}`
      ]),
    ...(more > 0 ? [`… and ${count(more)} more: \`mailferry run --json\` lists them all.`] : [])
  ]
}

const joinedByName = (joined: ReadonlyArray<JoinedMessage>, paint: Paint): ReadonlyArray<string> => {
  if (joined.length === 0) return []
  const more = joined.length - namedAtMost
  return [
    "",
    paint.bold("Joined with another message:"),
    ...joined
      .slice(0, namedAtMost)
      .map(
        ({ joinedWith, key, messageId = "", subject }) =>
          `  ${harmless(subject ?? messageId)}: ${harmless(key)}, with ${harmless(joinedWith)}`
      ),
    ...(more > 0 ? [`… and ${count(more)} more: \`mailferry run --json\` lists them all.`] : [])
  ]
}

const whyStopped = (result: RunResult): ReadonlyArray<string> =>
  Option.match(result.stoppedBy, {
    onNone: () => [],
    onSome: (cause) => {
      if (cause._tag === "Asked") return ["", "It was asked to stop; what was in flight was finished first."]
      const { what, why } = told(cause)
      return ["", what, ...why.map((line) => `  ${harmless(line)}`)]
    }
  })

const whatNext = (result: RunResult, again: string): string => {
  if (Option.isSome(result.stoppedBy)) {
    const cause = result.stoppedBy.value
    return cause._tag === "Asked" ? `\`mailferry run ${again}\` goes on where it stopped.` : told(cause).next
  }
  if (result.outcome === "complete") return `\`mailferry verify ${again}\` proves it, message by message.`
  if (result.quarantined > 0) {
    return `Mend what is named above, then \`mailferry run ${again} --retry-quarantined\`; \`mailferry verify ${again}\` checks the rest.`
  }
  return `\`mailferry run ${again}\` carries over the rest.`
}

/** The end of a run in plain words: what arrived, what did not and why, and what to do next. */
export const runReport = (
  result: RunResult,
  quarantined: ReadonlyArray<QuarantinedMessage>,
  again: string,
  paint: Paint,
  failures: ReadonlyArray<FailedMessage> = [],
  joined: ReadonlyArray<JoinedMessage> = [],
  foretold?: Foretold
): string =>
  [
    headline(result, paint),
    ...figures(result),
    ...foretoldLines(foretold),
    ...setAside(quarantined, paint),
    ...waiting(failures, paint),
    ...(result.merged > 0 ? joinedByName(joined, paint) : []),
    ...whyStopped(result),
    "",
    `${paint.bold("next:")} ${whatNext(result, again)}`
  ].join("\n")
