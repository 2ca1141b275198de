import type { QuarantinedMessage, RunRow } from "@mailferry/core/LedgerReports.ts"
import * as Option from "effect/Option"

import type { AtWork } from "../LockHolder.ts"
import { lossLines } from "./LossWords.ts"
import type { Paint } from "./Paint.ts"
import { quarantineJson } from "./RunJson.ts"
import { count, counted, harmless, moment } from "./Wording.ts"

/** What a ledger says of its pair of accounts. */
export interface Standing {
  readonly ledger: string
  /** Messages of the source that were ever listed. */
  readonly messages: number
  readonly placements: ReadonlyArray<{ readonly state: string; readonly step: string; readonly n: number }>
  readonly lastRun: RunRow | undefined
  readonly atWork: AtWork | undefined
  readonly quarantined: ReadonlyArray<QuarantinedMessage>
  /** By kind. */
  readonly losses: Readonly<Record<string, number>>
}

const namedAtMost = 20

const placed = ({ placements }: Standing, step: string): number =>
  placements
    .filter((row) => row.step === step && (row.state === "appended" || row.state === "verified"))
    .reduce((sum, { n }) => sum + n, 0)

const inState = ({ placements }: Standing, state: string): number =>
  placements.filter((row) => row.state === state).reduce((sum, { n }) => sum + n, 0)

const isAtWork = (standing: Standing) => standing.atWork !== undefined

const lastRun = (standing: Standing): string => {
  const { atWork, lastRun } = standing
  if (atWork !== undefined) {
    return `A command is at work: process ${atWork.pid} on ${harmless(atWork.host)}, since ${moment(Date.parse(atWork.since))}.`
  }
  if (lastRun === undefined) return "Nothing has been run yet; only planned."
  const began = `Last run: begun ${moment(lastRun.started)}`
  return lastRun.ended === null
    ? `${began}, ended before it could say how.`
    : `${began}, ended ${moment(lastRun.ended)}: ${lastRun.outcome ?? "unknown"}.`
}

const next = (standing: Option.Option<Standing>, again: string): string => {
  if (Option.isNone(standing) || standing.value.lastRun === undefined) {
    return `\`mailferry plan ${again}\` shows what would be done.`
  }
  if (isAtWork(standing.value)) return "Wait for it, or stop it with Ctrl-C there."
  return standing.value.lastRun.outcome === "complete"
    ? `\`mailferry verify ${again}\` proves it.`
    : `\`mailferry run ${again}\` goes on.`
}

export interface Pair {
  readonly source: string
  readonly destination: string
}

const body = (standing: Standing, paint: Paint): ReadonlyArray<string> => [
  `ledger:       ${standing.ledger}`,
  "",
  lastRun(standing),
  `${counted(standing.messages, "message")} known at the source; ${count(placed(standing, "append"))} at the destination, shown in ${count(placed(standing, "copy"))} further places.`,
  ...(inState(standing, "appending") > 0
    ? [
        isAtWork(standing)
          ? `${count(inState(standing, "appending"))} on their way.`
          : `${count(inState(standing, "appending"))} were on their way when the last run ended; the next one looks what became of them.`
      ]
    : []),
  ...lossLines(standing.losses),
  ...(standing.quarantined.length > 0
    ? ["", paint.bold(`Set aside: ${counted(standing.quarantined.length, "message")}`)]
    : []),
  ...standing.quarantined
    .slice(0, namedAtMost)
    .map(
      ({ detail, subject, why }) =>
        `${paint.yellow("!")} ${harmless(Option.getOrElse(subject, () => "(no subject known)"))} (${harmless(why)}: ${harmless(detail)})`
    ),
  ...(standing.quarantined.length > namedAtMost ? ["… all of them with --json."] : [])
]

/** Where the pair of accounts stands, in a few lines. */
export const statusText = (
  pair: Pair,
  standing: Option.Option<Standing>,
  again: string,
  paint: Paint
): string =>
  [
    `source:       ${harmless(pair.source)}`,
    `destination:  ${harmless(pair.destination)}`,
    ...Option.match(standing, {
      onNone: () => ["", "Nothing has been done for this pair of accounts yet."],
      onSome: (value) => body(value, paint)
    }),
    "",
    `${paint.bold("next:")} ${next(standing, again)}`
  ].join("\n")

/** The same for programs. Times are ISO 8601 in UTC. */
export const statusJson = (standing: Option.Option<Standing>): object =>
  Option.match(standing, {
    onNone: () => ({
      ledger: null,
      messages: 0,
      atDestination: 0,
      furtherPlaces: 0,
      open: 0,
      lastRun: null,
      atWork: null,
      losses: {},
      quarantine: []
    }),
    onSome: (value) => ({
      ledger: value.ledger,
      messages: value.messages,
      atDestination: placed(value, "append"),
      furtherPlaces: placed(value, "copy"),
      open: inState(value, "appending"),
      lastRun:
        value.lastRun === undefined
          ? null
          : {
              started: new Date(value.lastRun.started).toISOString(),
              ended: value.lastRun.ended === null ? null : new Date(value.lastRun.ended).toISOString(),
              outcome: value.lastRun.outcome
            },
      atWork: value.atWork ?? null,
      losses: value.losses,
      quarantine: value.quarantined.map(quarantineJson)
    })
  })
