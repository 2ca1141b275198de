import {
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  Transient
} from "@mailferry/core/MailError.ts"

import type { FailureContext, GmailFailure } from "./GmailFailure.ts"

interface Known {
  readonly is: (failure: GmailFailure, operation: Operation) => boolean
  readonly reason: (detail: string, context: FailureContext) => MailErrorReason
}

const says = (pattern: RegExp) => (failure: GmailFailure) => pattern.test(failure.text)

const mend =
  "Write `rules: { mendHeaders: true }` in the job file: the header is mended, what it was is kept beside it, and `mailferry run --retry-quarantined` brings the message."

const refused =
  (why: MessageRejected["why"], advice?: string) =>
  (detail: string): MailErrorReason =>
    new MessageRejected({ why, detail, ...(advice === undefined ? {} : { advice }) })

const onMessage = new Set<Operation>(["copy", "addFlags", "describe", "fetch", "glimpse"])

/** 400 with words that name no cause: "nearly continuous for days" in some accounts, and then taken. */
const isBare = ({ isPage = false, status, text }: GmailFailure): boolean =>
  status === 400 &&
  (isPage || /^(?:bad request|request contains an invalid argument\.?|invalid argument\.?)$/iu.test(text))

/** What Gmail has against a message or a label, specific before general: the first that fits counts. */
const known: ReadonlyArray<Known> = [
  { is: says(/invalid from header/iu), reason: refused("malformed", mend) },
  { is: says(/expected a single '?from'? header/iu), reason: refused("malformed", mend) },
  { is: says(/invalid (?:to|cc|bcc|date|sender|reply-to) header/iu), reason: refused("malformed", mend) },
  {
    is: says(/invalid attachment|badattachment|badfile_checker|mail\/answer\/6590/iu),
    reason: refused(
      "policy",
      "Gmail takes no programs as attachments, not even in archives (support.google.com/mail/answer/6590). The message is kept as a file: keep it elsewhere, or pack the attachment with a password and bring it again."
    )
  },
  {
    is: (failure) =>
      failure.status === 413 ||
      /payload size exceeds|too large|exceeds the (?:maximum )?(?:size|limit)/iu.test(failure.text),
    reason: refused("too-large", "Gmail takes 150 MiB. The message is kept as a file.")
  },
  { is: says(/'raw' rfc822 payload/iu), reason: refused("malformed") },
  {
    is: says(/invalid label:\s*SENT\b/iu),
    reason: (detail, { sentInstead: [first, ...rest] }) =>
      new MailboxRejected({ why: "name", detail, mailbox: ["Sent"], instead: [first, ...rest] })
  },
  {
    is: says(/invalid label:\s*\S|label ?id not found/iu),
    reason: (detail) => new MailboxRejected({ why: "missing", detail })
  },
  {
    is: (failure, operation) => operation === "ensureMailbox" && /label/iu.test(failure.text),
    reason: (detail) => new MailboxRejected({ why: "name", detail })
  },
  {
    is: (failure) =>
      failure.reason === "failedPrecondition" || /precondition check failed/iu.test(failure.text),
    reason: (detail) => new Transient({ detail, applied: "no", atMost: 5 })
  },
  {
    is: (failure, operation) => isBare(failure) && (operation === "append" || operation === "copy"),
    reason: (detail) => new Transient({ detail, applied: "no", atMost: 2, alone: true })
  },
  {
    // A reading call has nothing in it that could be wrong today and right tomorrow: a hiccup.
    is: (failure, operation) => isBare(failure) && operation !== "ensureMailbox",
    reason: (detail) => new Transient({ detail, applied: "no", atMost: 2 })
  },
  {
    is: (failure, operation) =>
      (failure.status === 404 || /invalid id value/iu.test(failure.text)) && onMessage.has(operation),
    reason: refused("gone")
  },
  {
    is: (failure, operation) => failure.status === 404 && (operation === "list" || operation === "find"),
    reason: (detail) => new MailboxRejected({ why: "missing", detail })
  },
  {
    // Nothing can be gone that is only on its way: its upload session is, or the way.
    is: ({ status }, operation) => (status === 404 || status === 410) && operation === "append",
    reason: (detail) => new Transient({ detail, applied: "no", atMost: 5 })
  },
  {
    is: (failure, operation) => failure.status === 400 && operation === "append",
    reason: refused("malformed")
  },
  {
    // Another client changed the same message or label at the same moment.
    is: (failure) => failure.status === 409,
    reason: (detail) => new Transient({ detail, applied: "no", atMost: 5 })
  }
]

/** What is wrong with the message or the label. None when the answer is about something else. */
export const reasonOfMail = (failure: GmailFailure, context: FailureContext): MailErrorReason | undefined =>
  (failure.status ?? 0) >= 400 && (failure.status ?? 0) < 500 && failure.status !== 408
    ? known.find(({ is }) => is(failure, context.operation))?.reason(failure.text, context)
    : undefined
