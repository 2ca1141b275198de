import type { Operation } from "@mailferry/core/MailError.ts"

import type { Circumstance } from "../../src/graph/Told.ts"

/** An answer and what it means: what of the reason decides what happens next. */
export interface Row {
  readonly name: string
  readonly status: number
  readonly code?: string
  readonly words?: string
  /** In place of JSON. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly operation?: Operation
  readonly circumstance?: Circumstance
  readonly means: object
}

export const throttled = (over: string, millis?: number) => ({
  _tag: "Throttled",
  over,
  ...(millis === undefined ? {} : { millis })
})
export const transient = (applied: string, more: object = {}) => ({ _tag: "Transient", applied, ...more })
export const message = (why: string) => ({ _tag: "MessageRejected", why })
export const mailbox = (why: string) => ({ _tag: "MailboxRejected", why })
