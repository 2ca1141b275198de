import type { Operation } from "@mailferry/core/MailError.ts"

import type { GmailFailure } from "../../src/GmailFailure.ts"

/** An answer and what it means: what of the reason decides what happens next. */
export interface Row {
  readonly name: string
  readonly failure: Omit<GmailFailure, "_tag">
  readonly operation?: Operation
  readonly means: object
}

const throttled = (over: string, millis?: number) => ({
  _tag: "Throttled",
  over,
  ...(millis === undefined ? {} : { millis })
})
const transient = (applied: string, more: object = {}) => ({ _tag: "Transient", applied, ...more })
const message = (why: string) => ({ _tag: "MessageRejected", why })
const mailbox = (why: string, more: object = {}) => ({ _tag: "MailboxRejected", why, ...more })

/** The second table of section 2 of what is known of Gmail: limits, rights, servers, connections. */
export const limits: ReadonlyArray<Row> = [
  {
    name: "403 rateLimitExceeded",
    failure: {
      status: 403,
      reason: "rateLimitExceeded",
      text: "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:1'."
    },
    means: throttled("rate")
  },
  {
    name: "403 userRateLimitExceeded",
    failure: { status: 403, reason: "userRateLimitExceeded", text: "User Rate Limit Exceeded" },
    means: throttled("rate")
  },
  {
    name: "429 too many at once",
    failure: { status: 429, reason: "rateLimitExceeded", text: "Too many concurrent requests for user" },
    means: throttled("concurrency")
  },
  {
    name: "429 with the time in its words",
    failure: {
      status: 429,
      reason: "rateLimitExceeded",
      text: "User-rate limit exceeded.  Retry after 2026-11-21T12:14:59.500Z"
    },
    means: throttled("rate", 899_500)
  },
  {
    name: "429 with a time that has passed",
    failure: { status: 429, text: "User-rate limit exceeded.  Retry after 2026-11-21T11:00:00.000Z" },
    means: throttled("rate")
  },
  {
    name: "429 with the time in its words, where our clock is wrong by half an hour",
    failure: {
      status: 429,
      text: "User-rate limit exceeded.  Retry after 2026-11-21T11:40:00.000Z",
      answeredAt: Date.parse("2026-11-21T11:30:00Z")
    },
    means: throttled("rate", 600_000)
  },
  {
    name: "429 with a Retry-After header in seconds",
    failure: { status: 429, text: "Resource has been exhausted (e.g. check quota).", retryAfter: "30" },
    means: throttled("rate", 30_000)
  },
  {
    name: "429 with a Retry-After header that is a date",
    failure: { status: 429, text: "slow down", retryAfter: "Sat, 21 Nov 2026 12:01:00 GMT" },
    means: throttled("rate", 60_000)
  },
  {
    name: "429 with a Retry-After header that is nothing",
    failure: { status: 429, text: "slow down", retryAfter: "soon" },
    means: throttled("rate")
  },
  {
    name: "429 resource exhausted",
    failure: {
      status: 429,
      reason: "rateLimitExceeded",
      text: "Resource has been exhausted (e.g. check quota)."
    },
    means: throttled("rate")
  },
  {
    name: "429 without JSON",
    failure: { status: 429, isPage: true, text: "429. That's an error." },
    means: throttled("rate")
  },
  {
    name: "403 dailyLimitExceeded",
    failure: { status: 403, reason: "dailyLimitExceeded", text: "Daily Limit Exceeded" },
    means: throttled("day")
  },
  {
    name: "403 storage",
    failure: {
      status: 403,
      reason: "storageQuotaExceeded",
      text: "The user's storage quota has been exceeded."
    },
    means: { _tag: "QuotaExceeded" }
  },
  {
    name: "400 storage",
    failure: { status: 400, reason: "failedPrecondition", text: "The account is out of storage space" },
    means: { _tag: "QuotaExceeded" }
  },
  {
    name: "403 domainPolicy",
    failure: {
      status: 403,
      reason: "domainPolicy",
      text: "The domain administrators have disabled Gmail apps."
    },
    means: { _tag: "Fatal" }
  },
  {
    name: "403 accessNotConfigured",
    failure: {
      status: 403,
      reason: "accessNotConfigured",
      text: "Gmail API has not been used in project 1 before or it is disabled."
    },
    means: { _tag: "Fatal" }
  },
  {
    name: "403 SERVICE_DISABLED",
    failure: { status: 403, reason: "SERVICE_DISABLED", text: "it is disabled" },
    means: { _tag: "Fatal" }
  },
  {
    name: "403 insufficientPermissions",
    failure: {
      status: 403,
      reason: "insufficientPermissions",
      text: "Request had insufficient authentication scopes."
    },
    means: { _tag: "AuthFailed" }
  },
  {
    name: "403 of no known reason",
    failure: { status: 403, reason: "forbidden", text: "Delegation denied for you@gmail.com" },
    means: { _tag: "AuthFailed" }
  },
  {
    name: "401 after a refresh",
    failure: { status: 401, reason: "authError", text: "Invalid Credentials" },
    means: { _tag: "AuthFailed" }
  },
  {
    name: "400 Mail service not enabled",
    failure: { status: 400, reason: "failedPrecondition", text: "Mail service not enabled" },
    means: { _tag: "Fatal" }
  },
  {
    name: "500 while appending",
    failure: { status: 500, reason: "backendError", text: "Backend Error" },
    means: transient("unknown")
  },
  {
    name: "503 as a page, while appending",
    failure: { status: 503, isPage: true, text: "Service Unavailable" },
    means: transient("unknown")
  },
  {
    name: "502 while listing",
    failure: { status: 502, text: "Bad Gateway" },
    operation: "list",
    means: transient("no")
  },
  {
    name: "503 with Retry-After while listing",
    failure: { status: 503, text: "Service Unavailable", retryAfter: "7" },
    operation: "list",
    means: { _tag: "Throttled", millis: 7000 }
  },
  {
    name: "503 with Retry-After while appending",
    failure: { status: 503, text: "Service Unavailable", retryAfter: "7" },
    means: transient("unknown", { millis: 7000 })
  },
  { name: "408", failure: { status: 408, text: "Request Timeout" }, means: transient("unknown") },
  {
    name: "503 while an upload session is opened",
    failure: { status: 503, text: "Service Unavailable", isHarmless: true },
    means: transient("no")
  },
  {
    name: "a reset while appending",
    failure: { errno: "ECONNRESET", text: "socket hang up" },
    means: transient("unknown")
  },
  {
    name: "a timeout while appending",
    failure: { errno: "TimeoutError", text: "The operation was aborted due to timeout" },
    means: transient("unknown")
  },
  {
    name: "a reset while listing",
    failure: { errno: "ECONNRESET", text: "socket hang up" },
    operation: "list",
    means: transient("no")
  },
  {
    name: "no connection while appending",
    failure: { errno: "ECONNREFUSED", text: "connect ECONNREFUSED 127.0.0.1:1" },
    means: transient("no")
  },
  {
    name: "no such host while appending",
    failure: { errno: "ENOTFOUND", text: "getaddrinfo ENOTFOUND gmail.googleapis.com" },
    means: transient("no")
  },
  {
    name: "a certificate nobody vouches for",
    failure: { errno: "SELF_SIGNED_CERT_IN_CHAIN", text: "self-signed certificate in certificate chain" },
    means: { _tag: "Fatal" }
  },
  {
    name: "a redirect",
    failure: { status: 302, isPage: true, text: "Found" },
    operation: "list",
    means: { _tag: "Fatal" }
  }
]

/** The table of section 1: what is wrong with a message. */
export const messages: ReadonlyArray<Row> = [
  {
    name: "Invalid From header",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid From header" },
    means: message("malformed")
  },
  {
    name: "Expected a single From",
    failure: { status: 400, reason: "invalidArgument", text: "Expected a single 'From' header" },
    means: message("malformed")
  },
  {
    name: "Invalid to header",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid to header" },
    means: message("malformed")
  },
  {
    name: "a blocked attachment",
    failure: {
      status: 400,
      reason: "invalidArgument",
      text: "Invalid attachment. Please check https://support.google.com/mail/answer/6590."
    },
    means: message("policy")
  },
  {
    name: "a blocked attachment, formerly",
    failure: { status: 400, text: "BadAttachment badfile_checker:EXE_FILE_FOUND" },
    means: message("policy")
  },
  {
    name: "Invalid label: SENT",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: SENT" },
    means: mailbox("name", { mailbox: ["Sent"], instead: ["Proton", "Sent"] })
  },
  {
    name: "Invalid label: SENT on modify",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: SENT" },
    operation: "copy",
    means: mailbox("name", { mailbox: ["Sent"], instead: ["Proton", "Sent"] })
  },
  {
    name: "a label that was deleted meanwhile",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: Label_12" },
    means: mailbox("missing")
  },
  {
    name: "a label that was deleted meanwhile, on listing",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label: Label_12" },
    operation: "list",
    means: mailbox("missing")
  },
  {
    name: "a label name of another kind",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid label name" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "a bare Bad Request",
    failure: { status: 400, text: "Bad Request" },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "an invalid argument that is not named",
    failure: { status: 400, reason: "invalidArgument", text: "Request contains an invalid argument." },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "400 as a page",
    failure: {
      status: 400,
      isPage: true,
      text: "Error 400 (Bad Request)!!1 Your client has issued a request"
    },
    means: transient("no", { atMost: 2, alone: true })
  },
  {
    name: "a bare 400 on a label",
    failure: { status: 400, text: "Bad Request" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "a bare 400 on a listing",
    failure: { status: 400, text: "Bad Request" },
    operation: "list",
    means: transient("no", { atMost: 2 })
  },
  {
    name: "Precondition check failed",
    failure: { status: 400, reason: "failedPrecondition", text: "Precondition check failed." },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "no message in the request",
    failure: {
      status: 400,
      text: "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    },
    means: message("malformed")
  },
  {
    name: "413",
    failure: { status: 413, isPage: true, text: "Request Entity Too Large" },
    means: message("too-large")
  },
  {
    name: "a payload over the limit",
    failure: { status: 400, text: "Request payload size exceeds the limit: 1048576 bytes." },
    means: message("too-large")
  },
  {
    name: "another 400",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid MIME structure" },
    means: message("malformed")
  },
  {
    name: "404 on a message",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "fetch",
    means: message("gone")
  },
  {
    name: "404 on a message to be labelled",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "copy",
    means: message("gone")
  },
  {
    name: "an id that is none",
    failure: { status: 400, reason: "invalidArgument", text: "Invalid id value" },
    operation: "fetch",
    means: message("gone")
  },
  {
    name: "404 on a message that is on its way",
    failure: { status: 404, reason: "notFound", text: "Not Found" },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "410 on an upload session",
    failure: { status: 410, reason: "gone", text: "Gone" },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "404 on a listing",
    failure: { status: 404, reason: "notFound", text: "Requested entity was not found." },
    operation: "list",
    means: mailbox("missing")
  },
  {
    name: "409 on a message",
    failure: { status: 409, reason: "aborted", text: "The operation was aborted." },
    means: transient("no", { atMost: 5 })
  },
  {
    name: "an answer no table knows, to a message",
    failure: { status: 418, text: "teapot" },
    means: message("unclassified")
  },
  {
    name: "an answer no table knows, to a look",
    failure: { status: 418, text: "teapot" },
    operation: "describe",
    means: message("unreadable")
  },
  {
    name: "an answer no table knows, to a name",
    failure: { status: 418, text: "teapot" },
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "an answer no table knows, to the first question",
    failure: { status: 418, text: "teapot" },
    operation: "connect",
    means: { _tag: "Fatal" }
  }
]
