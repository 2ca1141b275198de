import {
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  Transient
} from "@mailferry/core/MailError.ts"

import { reasonOfAccess } from "./GmailAccessErrors.ts"
import type { FailureContext, GmailFailure } from "./GmailFailure.ts"
import { reasonOfMail } from "./GmailMailErrors.ts"
import { reasonOfQuota, waitOf } from "./GmailQuotaErrors.ts"

/** Connections that never came about: nothing of the request has left this computer. */
const unreached =
  /^(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/u

/** Node's and OpenSSL's names for a certificate that cannot be trusted. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|^ERR_TLS|ALTNAME/u

/** Of an append nobody knows what became of it; any other call may simply be made again. */
const appliedBy = ({ isHarmless = false }: GmailFailure, operation: Operation): "no" | "unknown" =>
  operation === "append" && !isHarmless ? "unknown" : "no"

/** No whole answer came: what was asked may have been done. */
const reasonOfConnection = (failure: GmailFailure, operation: Operation): MailErrorReason => {
  const { errno, text } = failure
  const detail = errno === undefined || text.includes(errno) ? text : `${errno}: ${text}`
  if (errno !== undefined && untrusted.test(errno)) {
    return new Fatal({
      detail,
      advice:
        "The server's certificate is not trusted: look for a proxy or virus scanner that opens TLS, and for a wrong clock."
    })
  }
  const never = errno !== undefined && unreached.test(errno)
  return new Transient({ detail, applied: never ? "no" : appliedBy(failure, operation) })
}

/** What an answer means that no table knows, by its status and by what was asked. */
const reasonOfUnknown = (failure: GmailFailure, { now, operation }: FailureContext): MailErrorReason => {
  const { status = 0, text } = failure
  const detail = `HTTP ${status}: ${text}`
  if (status >= 500 || status === 408) {
    const retryAfter = waitOf(failure, now)
    return new Transient({
      detail,
      applied: appliedBy(failure, operation),
      ...(retryAfter === undefined ? {} : { retryAfter })
    })
  }
  if (status < 400) {
    return new Fatal({
      detail: `${detail}: the server sends requests elsewhere, and mailferry does not follow`,
      advice: "Check endpoint.api in the job file, and whether this network wants a sign-in of its own."
    })
  }
  switch (operation) {
    case "append":
    case "copy":
    case "addFlags":
    case "recall":
    case "discard":
      return new MessageRejected({ why: "unclassified", detail })
    case "describe":
    case "fetch":
    case "glimpse":
      return new MessageRejected({ why: "unreadable", detail })
    case "ensureMailbox":
      return new MailboxRejected({ why: "name", detail })
    case "list":
    case "end":
    case "find":
    case "listMailboxes":
    case "connect":
      return new Fatal({
        detail,
        advice: "Gmail and mailferry do not understand each other. Please report this answer."
      })
  }
}

/**
 * What a failed call to Gmail means. Pure and total; specific before general: connections that broke, limits (some
 * come as 403, some as 429, one as 400), the right to ask at all, what is wrong with the mail, and last what was asked.
 */
export const gmailReason = (failure: GmailFailure, context: FailureContext): MailErrorReason => {
  if (failure.status === undefined) return reasonOfConnection(failure, context.operation)
  return (
    reasonOfQuota(failure, context) ??
    reasonOfAccess(failure, context) ??
    reasonOfMail(failure, context) ??
    reasonOfUnknown(failure, context)
  )
}
