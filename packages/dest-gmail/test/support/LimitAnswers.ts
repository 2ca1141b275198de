import { throttled, transient, type Row } from "./AnswerRow.ts"

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
