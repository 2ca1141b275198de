import type { LedgerError } from "@mailferry/core/LedgerError.ts"
import type { MailError, Side } from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"

import type { Failure } from "../ExitCode.ts"
import type { Paint } from "./Paint.ts"
import { duration, harmless } from "./Wording.ts"

/** A failure as a person needs it: what happened, why, and what to do next. */
export interface Told {
  readonly what: string
  /** The service's own words first; a line each. */
  readonly why: ReadonlyArray<string>
  readonly next: string
}

const end = (side: Side | undefined): string => (side === undefined ? "account" : side)

const whatHappened = ({ reason, side }: MailError): string => {
  const the = `The ${end(side)}`
  switch (reason._tag) {
    case "AuthFailed":
      return `${the} does not let us in.`
    case "Throttled":
      return `${the} asks us to slow down.`
    case "QuotaExceeded":
      return `${the} is full.`
    case "Transient":
      return `${the} cannot be reached.`
    case "MessageRejected":
      return `${the} refuses a message.`
    case "MailboxRejected":
      return `${the} refuses a mailbox.`
    case "Fatal":
      return `${the} cannot be used.`
  }
}

const whatNext = ({ reason, side }: MailError): string => {
  if (reason.advice !== undefined) return reason.advice
  switch (reason._tag) {
    case "AuthFailed":
      return `Check user and password of the ${end(side)} in the job file, then run the same command again.`
    case "Throttled":
      return "Run the same command again later: it goes on where it stopped."
    case "QuotaExceeded":
      return "Make room there, then run the same command again: it goes on where it stopped."
    case "Transient":
      return `Check that the ${end(side)} is running and the network is up, then run the same command again: it goes on where it stopped.`
    case "MessageRejected":
    case "MailboxRejected":
    case "Fatal":
      return "Mend this, then run the same command again: it goes on where it stopped."
  }
}

const wait = ({ reason }: MailError): ReadonlyArray<string> =>
  reason._tag === "Throttled" && reason.retryAfter !== undefined
    ? [`It asks for ${duration(Duration.toSeconds(reason.retryAfter))}.`]
    : []

const ledgerTrouble: Readonly<Record<LedgerError["why"], string>> = {
  locked: "Another command is at work on this pair of accounts.",
  "disk-full": "The ledger cannot be written, so nothing more was appended.",
  "read-only": "The ledger cannot be written, so nothing more was appended.",
  unclassified: "The ledger cannot be written, so nothing more was appended.",
  damaged: "The ledger cannot be read.",
  foreign: "The ledger is another pair's."
}

/** The sentences for a failure. Never a stack trace, never a secret. */
export const told = (error: Failure): Told => {
  switch (error._tag) {
    case "MailError":
      return { what: whatHappened(error), why: [error.reason.detail, ...wait(error)], next: whatNext(error) }
    case "LedgerError":
      return {
        what: ledgerTrouble[error.why],
        why: [error.detail],
        next: error.advice
      }
    case "PlanDrift":
      return {
        what: "The plan no longer fits the source.",
        why: error.changes,
        next: "Make a new plan with `mailferry plan --out FILE`, review it, and run that one."
      }
    case "UsageError":
      return {
        what: `${error.what}.`,
        why: error.problems.map(({ line, text }) => (line === undefined ? text : `line ${line}: ${text}`)),
        next: error.advice ?? ""
      }
  }
}

/** The lines for stderr. */
export const failureText = (error: Failure, paint: Paint): string => {
  const { next, what, why } = told(error)
  return [
    `${paint.red("error:")} ${harmless(what)}`,
    ...why.filter((line) => line !== "").map((line) => `  ${harmless(line)}`),
    ...(next === "" ? [] : [`${paint.bold("next:")} ${harmless(next)}`])
  ].join("\n")
}

/** A bug of ours, in one line; its place in the code only for whoever asked with --debug. */
export const defectText = (
  name: string,
  message: string,
  stack: string | undefined,
  paint: Paint
): string => {
  const [first = ""] = message.split("\n")
  const line = `${paint.red("error:")} mailferry itself failed (${harmless(`${name}: ${first}`)}).`
  const next = `${paint.bold("next:")} Run the same command again: it goes on where it stopped. Then report it as CONTRIBUTING.md says, with what --debug prints.`
  return [line, next, ...(stack === undefined ? [] : [stack])].join("\n")
}
