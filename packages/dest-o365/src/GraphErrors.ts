import {
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  Transient
} from "@mailferry/core/MailError.ts"

import type { FailureContext } from "./FailureContext.ts"
import { detailOf, type GraphFailure } from "./graph/GraphFailure.ts"
import { reasonOfAccess } from "./GraphAccessErrors.ts"
import { reasonOfLimit } from "./GraphLimitErrors.ts"
import { reasonOfMail } from "./GraphMailErrors.ts"
import { waitOf } from "./RetryAfter.ts"

/** Node's and OpenSSL's names for a certificate that cannot be trusted. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|^ERR_TLS|ALTNAME/u

/** Of what is made twice when it is asked twice nobody knows what became of it; any other call may simply be made again. */
const appliedBy = ({ sent }: GraphFailure, { notRepeatable, operation }: FailureContext): "no" | "unknown" =>
  sent === "unknown" && (notRepeatable ?? (operation === "append" || operation === "copy")) ? "unknown" : "no"

/** The same call may succeed later. */
const transient = (failure: GraphFailure, context: FailureContext, words = ""): Transient => {
  const retryAfter = waitOf(failure, context.now)
  return new Transient({
    detail: `${words}${detailOf(failure)}`,
    applied: appliedBy(failure, context),
    ...(retryAfter === undefined ? {} : { retryAfter })
  })
}

/** No whole answer came: what was asked may have been done. */
const reasonOfConnection = (failure: GraphFailure, context: FailureContext): MailErrorReason => {
  const detail = detailOf(failure)
  if (failure.code === "ERR_ELSEWHERE") {
    return new Fatal({
      detail,
      advice:
        "Mail goes to Microsoft and nowhere else. Check endpoint.graph in the job file, and report this."
    })
  }
  if (untrusted.test(failure.code)) {
    return new Fatal({
      detail,
      advice:
        "The server's certificate is not trusted: look for a proxy or virus scanner that opens TLS, and for a wrong clock."
    })
  }
  return transient(failure, context)
}

/** Exchange is busy, moves the mailbox, or lost touch with it: by its code, since the status is now this, now that. */
const passing =
  /^(?:ErrorServerBusy|ErrorInternalServer(?:Transient)?Error|ErrorMailboxMoveInProgress|ErrorMailboxStoreUnavailable|ErrorMailboxFailover|ErrorConnectionFailed|ErrorTimeoutExpired|ErrorClientDisconnected|MailboxInfoStale|ErrorStaleObject|ServiceUnavailable|serviceNotAvailable|GatewayTimeout|BadGateway|resourceLocked)$/iu

const isPassing = ({ code, isPage = false, status }: GraphFailure): boolean =>
  passing.test(code) ||
  (isPage && status !== 401 && status !== 407) ||
  status === 408 ||
  status === 423 ||
  status === 425 ||
  // 501 and 505: what is not there today is not there in an hour.
  (status >= 500 && status !== 501 && status !== 505)

/** A session ends with its last part, too: what became of that must be seen first. */
const reasonOfSession = (failure: GraphFailure, { missing }: FailureContext): MailErrorReason | undefined =>
  missing === "session" && [401, 404, 410].includes(failure.status)
    ? new Transient({ detail: `the upload session is over: ${detailOf(failure)}`, applied: "unknown" })
    : undefined

/** What an answer means that no table knows, by its status and by what was asked. */
const reasonOfUnknown = (failure: GraphFailure, { operation }: FailureContext): MailErrorReason => {
  const detail = detailOf(failure)
  if (failure.status < 400) {
    return new Fatal({
      detail: `the server sends requests elsewhere, and mailferry does not follow: ${detail}`,
      advice: "Check endpoint.graph in the job file, and whether this network wants a sign-in of its own."
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
        advice: "Microsoft Graph and mailferry do not understand each other. Please report this answer."
      })
  }
}

/**
 * What a failed call to Graph means. Pure and total; specific before general: connections that broke, successes that
 * are none, limits, what passes, sessions that ended, the right to ask at all, what is wrong with the mail, and last what was asked.
 */
export const graphReason = (failure: GraphFailure, context: FailureContext): MailErrorReason => {
  if (failure.status === 0) return reasonOfConnection(failure, context)
  if (failure.status < 300) {
    const words =
      failure.isPage === true ? "something else answers in Graph's place: " : "nothing was created: "
    return transient(failure, context, words)
  }
  return (
    reasonOfLimit(failure, context) ??
    (isPassing(failure) ? transient(failure, context) : undefined) ??
    reasonOfSession(failure, context) ??
    reasonOfAccess(failure, context) ??
    reasonOfMail(failure, context) ??
    reasonOfUnknown(failure, context)
  )
}
