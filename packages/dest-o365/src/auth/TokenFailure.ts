import {
  AuthFailed,
  Fatal,
  MailError,
  type MailErrorReason,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"

import { signInAgain, type TokenOwner, wordsOf } from "./EntraWords.ts"
import type { TokenFault } from "./TokenFault.ts"

/** Names of connection failures that no other try mends: Node's, of certificates. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|HOSTNAME/u

/** A redirect is not followed, and a page is no token. */
const notMicrosoft = new Fatal({
  detail: "something else answers in the place of Microsoft's sign-in",
  advice:
    "See whether this network wants a sign-in of its own, and check endpoint.authority if the job file has one."
})

/** Refusals of the moment: AADSTS90033 and its like are Microsoft's own troubles. */
const passing = new Set([50087, 80001, 80007, 90012, 90033, 90006])

/** Too often: 50196 is for who asks for the same again and again. */
const tooOften = new Set([50196, 90055])

const wait = (seconds: number | undefined) =>
  seconds === undefined ? {} : { retryAfter: Duration.seconds(seconds) }

const traced = (text: string, { correlation, numbers }: TokenFault): string => {
  const marks = [
    ...numbers.slice(0, 1).map((number) => `AADSTS${number}`),
    ...(correlation === "" ? [] : [`correlation id ${correlation}`])
  ]
  return marks.length === 0 ? text : `${text} (${marks.join(", ")})`
}

/** What a refused or failed token request means. Pure. */
export const reasonOfToken = (fault: TokenFault, owner: TokenOwner): MailErrorReason => {
  const { code, description, error, numbers, retryAfter, status } = fault
  if (status === undefined) {
    const detail = `the sign-in cannot be reached${code === undefined ? "" : ` (${code})`}`
    return code !== undefined && certificate.test(code)
      ? new Fatal({ detail, advice: "Its certificate is not trusted: look for a proxy that opens TLS." })
      : new Transient({ detail, applied: "no" })
  }
  if (status < 400) return notMicrosoft
  const words = wordsOf(numbers)
  const own = [error, description].filter((part) => part !== "").join(": ")
  const detail = traced(words?.says ?? (own === "" ? `the sign-in answers HTTP ${status}` : own), fault)
  if (status === 429 || numbers.some((number) => tooOften.has(number))) {
    return new Throttled({ detail, ...wait(retryAfter) })
  }
  const transient = error === "temporarily_unavailable" || error === "server_error"
  if (status >= 500 || status === 408 || transient || numbers.some((number) => passing.has(number))) {
    return new Transient({ detail, applied: "no", ...wait(retryAfter) })
  }
  const advice = words?.next(owner) ?? signInAgain(owner)
  return new AuthFailed({ detail, advice })
}

/** The error of a connection that gets no token. */
export const tokenError = (fault: TokenFault, owner: TokenOwner): MailError =>
  new MailError({ adapter: "o365", operation: "connect", reason: reasonOfToken(fault, owner) })
