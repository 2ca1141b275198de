import { type MailErrorReason, QuotaExceeded, Throttled } from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"

import type { FailureContext, GmailFailure } from "./GmailFailure.ts"

/** `User-rate limit exceeded.  Retry after 2023-03-07T18:18:23.688Z`: asking before that moves it 15 minutes on. */
const statedTime = /retry after (\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))/iu

/** RFC 9110 section 10.2.3: seconds, or a date. Not documented for Gmail, and obeyed where it comes. */
const waitOfHeader = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const millis = /^\d+$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(millis) ? millis : undefined
}

/** How far apart two clocks may be that are right: a Date header has whole seconds, and an answer takes its time. */
const sameTime = 5000

/** How long the service says to wait; none when it says nothing, or a time that is over. */
export const waitOf = (
  { answeredAt, retryAfter, text }: GmailFailure,
  ours: number
): Duration.Duration | undefined => {
  // A time that is stated is of the server's clock. Ours may be wrong by more than the wait is long.
  const now = answeredAt === undefined || Math.abs(answeredAt - ours) < sameTime ? ours : answeredAt
  const [, stated] = statedTime.exec(text) ?? []
  const until = stated === undefined ? Number.NaN : Date.parse(stated)
  const millis = Number.isFinite(until) ? until - now : (waitOfHeader(retryAfter, now) ?? 0)
  return millis <= 0 ? undefined : Duration.millis(millis)
}

/** Domain `usageLimits` and its kin, by `reason`; others come with a reason that says nothing and words that do. */
const reasons: Readonly<Record<string, "rate" | "day">> = {
  rateLimitExceeded: "rate",
  userRateLimitExceeded: "rate",
  quotaExceeded: "rate",
  RATE_LIMIT_EXCEEDED: "rate",
  RESOURCE_EXHAUSTED: "rate",
  dailyLimitExceeded: "day"
}

const overOf = ({ reason = "", status, text }: GmailFailure): "rate" | "concurrency" | "day" | undefined => {
  const limited = status === 429 || (status === 403 && reasons[reason] !== undefined)
  if (!limited) return undefined
  if (/concurrent/iu.test(text)) return "concurrency"
  return reasons[reason] === "day" || /daily limit|per day/iu.test(text) ? "day" : "rate"
}

/** Google's words for an account without room are not documented [U]; those of Drive and IMAP are alike. */
const isFull = ({ reason = "", text }: GmailFailure): boolean =>
  /^storageQuotaExceeded$/iu.test(reason) ||
  /storage (?:quota|limit|space)|out of (?:storage|space)|over ?quota|mailbox (?:is )?full|not enough (?:storage|space)/iu.test(
    text
  )

/** The account's limits: room, rate, calls at once, the day. None when the answer is about something else. */
export const reasonOfQuota = (
  failure: GmailFailure,
  { now, operation, user }: FailureContext
): MailErrorReason | undefined => {
  const { status = 0, text } = failure
  if (status >= 400 && status < 500 && isFull(failure)) {
    return new QuotaExceeded({
      detail: text,
      advice: `${user} has no room left: make some or get more (one.google.com/storage), then run again.`
    })
  }
  const over = overOf(failure)
  const wait = waitOf(failure, now)
  if (over !== undefined) {
    return new Throttled({ detail: text, over, ...(wait === undefined ? {} : { retryAfter: wait }) })
  }
  // A 503 that says when to come back asks for it, too; but of an append we must first learn what became of it.
  return status === 503 && wait !== undefined && operation !== "append"
    ? new Throttled({ detail: text, retryAfter: wait })
    : undefined
}
