import {
  AuthFailed,
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  Transient
} from "@mailferry/core/MailError.ts"

import type { ImapFailure } from "./ImapFailure.ts"
import { reasonOfSocket } from "./ImapSocketErrors.ts"
import { reasonOfCode } from "./ResponseCodeReasons.ts"
import { reasonOfText } from "./ResponseTextReasons.ts"

/** Words that say the opposite of what their response code says, and so are read before it. */
const textBeforeCode =
  /bandwidth limit|rate limit|throttled|simultaneous connections|number of connections|too many connections|internal error/iu

/** What a refusal means that no table knows, by what was asked. */
const reasonOfUnknown = ({ applied, cause, operation, status, text }: ImapFailure): MailErrorReason => {
  const fields = { detail: text, cause }
  if (status === "BYE" || status === undefined) return new Transient({ ...fields, applied })
  switch (operation) {
    case "connect":
      return status === "NO"
        ? new AuthFailed({
            ...fields,
            advice: "Check the user name and the password or token for this server."
          })
        : new Fatal({
            ...fields,
            advice: "The server does not understand the login. Check host, port and security."
          })
    case "describe":
    case "fetch":
    case "glimpse":
      return new MessageRejected({ ...fields, why: "unreadable" })
    case "append":
    case "copy":
    case "recall":
    case "discard":
    case "addFlags":
      return new MessageRejected({ ...fields, why: "unclassified" })
    case "ensureMailbox":
      return new MailboxRejected({ ...fields, why: "name" })
    case "listMailboxes":
    case "list":
    case "end":
    case "find":
      return status === "NO"
        ? new MailboxRejected({ ...fields, why: "permission" })
        : new Fatal({
            ...fields,
            advice: "The server and mailferry do not understand each other. Please report its answer."
          })
  }
}

/**
 * What an IMAP failure means. Pure and total; specific before general: a stated wait, texts that contradict their
 * response code, response codes (RFC 5530 and others), errors of the socket, TLS and imapflow, texts of known
 * servers, and last what is asked for.
 */
export const imapReason = (failure: ImapFailure): MailErrorReason => {
  // A message that may have been stored stays so, whatever the server said as it hung up: no word of a BYE takes
  // that back. What it meant by it, the next login will be told.
  if (failure.applied === "unknown" && (failure.operation === "append" || failure.operation === "copy")) {
    return new Transient({ detail: failure.text, cause: failure.cause, applied: "unknown" })
  }
  const first = textBeforeCode.test(failure.text) || failure.throttledFor !== undefined
  return (
    (first ? reasonOfText(failure) : undefined) ??
    (failure.code === undefined ? undefined : reasonOfCode(failure, failure.code)) ??
    (failure.status === undefined ? reasonOfSocket(failure) : undefined) ??
    reasonOfText(failure) ??
    reasonOfUnknown(failure)
  )
}
