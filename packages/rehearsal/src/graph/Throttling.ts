import { GraphError } from "./GraphError.ts"

/** Why a mailbox is closed for a while: Exchange's names for its limits. */
export type ThrottleReason = "IncomingBytes" | "MailboxConcurrency" | "MailboxRequests"

/** `after`: seconds, or a date in the form of HTTP. None: a 429 that does not say how long. */
export const throttled = (reason: ThrottleReason, after?: number | string): GraphError =>
  new GraphError(
    429,
    "ApplicationThrottled",
    `Application is over its ${reason} limit.`,
    after === undefined ? {} : { "retry-after": String(after) }
  )
