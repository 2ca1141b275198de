import type { Operation } from "@mailferry/core/MailError.ts"

import type { GmailFailure } from "../../src/GmailFailure.ts"

/** An answer and what it means: what of the reason decides what happens next. */
export interface Row {
  readonly name: string
  readonly failure: Omit<GmailFailure, "_tag">
  readonly operation?: Operation
  readonly means: object
}

export const throttled = (over: string, millis?: number) => ({
  _tag: "Throttled",
  over,
  ...(millis === undefined ? {} : { millis })
})
export const transient = (applied: string, more: object = {}) => ({ _tag: "Transient", applied, ...more })
export const message = (why: string) => ({ _tag: "MessageRejected", why })
export const mailbox = (why: string, more: object = {}) => ({ _tag: "MailboxRejected", why, ...more })
