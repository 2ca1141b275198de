import type { JoinedMessage } from "@mailferry/core/LedgerJoined.ts"
import type { FailedMessage, QuarantinedMessage } from "@mailferry/core/LedgerReports.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { PilotResult } from "@mailferry/core/Pilot.ts"
import type { RunResult } from "@mailferry/core/RunResult.ts"
import * as Option from "effect/Option"

import type { Failure } from "../ExitCode.ts"
import { type Foretold, type ForetoldJson, foretoldJson } from "./ForecastText.ts"
import type { PilotStep } from "./PilotLines.ts"
import type { ProgressTally } from "./ProgressTally.ts"
import { type StoppedJson, stoppedByFailure, stoppedByPerson, stoppedJson } from "./StoppedWords.ts"

/**
 * The one object `run --json` prints. Counts are messages, `bytes` octets appended, `seconds` wall time. When `outcome`
 * is `complete`, planned = migrated + alreadyThere + merged + quarantined + failed.
 */
export interface RunJson {
  readonly outcome: RunResult["outcome"]
  readonly planned: number
  readonly migrated: number
  readonly alreadyThere: number
  readonly merged: number
  readonly quarantined: number
  readonly failed: number
  readonly bytes: number
  readonly seconds: number
  readonly labelsLeft: number
  readonly losses: Readonly<Record<string, number>>
  readonly changedAtSource: Readonly<Record<string, number>>
  readonly sourceStillGrowing: boolean
  readonly stoppedBy: StoppedJson | null
  readonly quarantine: ReadonlyArray<QuarantineJson>
  /** What this run could not carry over, and the next one tries again. */
  readonly failures: ReadonlyArray<FailureJson>
  /** Every message that the destination joined with another of ours, by their one Message-ID; of earlier runs too. */
  readonly joined: ReadonlyArray<JoinedJson>
  /** Null when the run began without one: an earlier pilot of this pair had passed. */
  readonly pilot: PilotJson | null
  /** Null where the destination publishes no limits. */
  readonly forecast: ForetoldJson | null
}

/** `with` is the id of the message that stands for both. */
interface JoinedJson {
  readonly id: string
  readonly with: string
  readonly messageId: string | null
  readonly subject: string | null
}

/** A message, or a label of one, that waits for the next run. */
interface FailureJson {
  readonly id: string
  readonly messageId: string | null
  readonly why: string
  readonly detail: string
}

/** A message that did not arrive. `file` holds whatever octets of it could be read. */
export interface QuarantineJson {
  readonly id: string
  readonly messageId: string | null
  readonly subject: string | null
  readonly why: string
  readonly detail: string
  readonly advice: string | null
  readonly file: string | null
}

export const quarantineJson = (message: QuarantinedMessage): QuarantineJson => ({
  id: message.key,
  messageId: Option.getOrNull(message.messageId),
  subject: Option.getOrNull(message.subject),
  why: message.why,
  detail: message.detail,
  advice: Option.getOrNull(message.advice),
  file: Option.getOrNull(message.file)
})

/** What a pilot tried, and the links of the chain it proved. */
export interface PilotJson {
  readonly passed: boolean
  readonly mailbox: MailboxPath
  readonly messages: number
  readonly steps: ReadonlyArray<PilotStep>
}

export const pilotJson = (
  piloted: Option.Option<Omit<PilotResult, "stoppedBy">>,
  { pilot: steps }: ProgressTally
): PilotJson | null =>
  Option.match(piloted, {
    onNone: () => null,
    onSome: ({ mailbox, messages, passed }) => ({ passed, mailbox, messages, steps })
  })

export const runJson = (
  result: RunResult,
  quarantined: ReadonlyArray<QuarantinedMessage>,
  pilot: PilotJson | null,
  failures: ReadonlyArray<FailedMessage> = [],
  joined: ReadonlyArray<JoinedMessage> = [],
  foretold?: Foretold
): RunJson => ({
  ...result,
  stoppedBy: stoppedJson(result),
  quarantine: quarantined.map(quarantineJson),
  failures: failures.map(({ detail, key, messageId, why }) => ({
    id: key,
    messageId: Option.getOrNull(messageId),
    why,
    detail
  })),
  joined: joined.map(({ joinedWith, key, messageId, subject }) => ({
    id: key,
    with: joinedWith,
    messageId: messageId ?? null,
    subject: subject ?? null
  })),
  pilot,
  forecast: foretoldJson(foretold)
})

/** A run that never got to its own result: what its events added up to. */
const unfinished = (tally: ProgressTally, stoppedBy: StoppedJson): RunJson => ({
  outcome: "paused",
  planned: tally.planned,
  migrated: tally.done,
  alreadyThere: tally.planned - tally.toDo,
  merged: 0,
  quarantined: tally.quarantined,
  failed: 0,
  bytes: tally.bytes,
  seconds: tally.seconds,
  labelsLeft: 0,
  losses: {},
  changedAtSource: {},
  sourceStillGrowing: false,
  stoppedBy,
  quarantine: [],
  failures: [],
  joined: [],
  pilot: null,
  forecast: foretoldJson(tally.foretold(0, false))
})

export const failedJson = (tally: ProgressTally, error: Failure): RunJson =>
  unfinished(tally, stoppedByFailure(error))

export const interruptedJson = (tally: ProgressTally): RunJson => unfinished(tally, stoppedByPerson)
