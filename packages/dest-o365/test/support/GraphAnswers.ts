import { mailbox, message, type Row, throttled, transient } from "./AnswerRow.ts"

const over = (limit: string) => `Application is over its ${limit} limit.`
const notFound = "The specified object was not found in the store."
const changed =
  "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item."
const page =
  "<html><head><title>x</title></head><body><h2>Our services aren't available right now</h2></body></html>"

/** Limits: rate, calls at once, room, sizes. */
const limits: ReadonlyArray<Row> = [
  {
    name: "429 with seconds, in full",
    status: 429,
    code: "ApplicationThrottled",
    words: over("IncomingBytes"),
    headers: { "retry-after": "601" },
    means: throttled("rate", 601_000)
  },
  {
    name: "429 with a date of HTTP",
    status: 429,
    code: "ApplicationThrottled",
    words: over("MailboxRequests"),
    headers: { "retry-after": "Sat, 21 Nov 2026 12:10:00 GMT" },
    means: throttled("rate", 600_000)
  },
  {
    name: "429 with a date, by a server whose clock is an hour ahead",
    status: 429,
    code: "ApplicationThrottled",
    words: over("IncomingBytes"),
    headers: { "retry-after": "Sat, 21 Nov 2026 13:00:30 GMT", date: "Sat, 21 Nov 2026 13:00:00 GMT" },
    means: throttled("rate", 30_000)
  },
  {
    name: "429 too many at once",
    status: 429,
    code: "ApplicationThrottled",
    words: over("MailboxConcurrency"),
    headers: { "retry-after": "2" },
    means: throttled("concurrency", 2000)
  },
  { name: "429 with nothing else", status: 429, body: "", means: throttled("rate") },
  { name: "429 as a page", status: 429, body: page, means: throttled("rate") },
  {
    name: "a full folder",
    status: 507,
    code: "ErrorMessagePerFolderCountReceiveQuotaExceeded",
    words: "The message count receive quota has been exceeded.",
    means: mailbox("permission")
  },
  { name: "507", status: 507, body: "", means: { _tag: "QuotaExceeded" } },
  {
    name: "a full mailbox, whatever the status",
    status: 400,
    code: "ErrorQuotaExceeded",
    words: "The mailbox's quota has been exceeded.",
    means: { _tag: "QuotaExceeded" }
  },
  {
    name: "413 of a request",
    status: 413,
    code: "BadRequest",
    words: "The maximum request length supported is 4MB.",
    means: message("too-large")
  },
  { name: "413 as a page", status: 413, body: page, means: message("too-large") },
  {
    name: "a message above the mailbox's limit",
    status: 400,
    code: "ErrorMessageSizeExceeded",
    words: "The message exceeds the maximum supported size.",
    means: message("too-large")
  }
]

/** What passes, and what nobody knows the outcome of. */
const passing: ReadonlyArray<Row> = [
  {
    name: "503 of a creating call",
    status: 503,
    code: "ErrorServerBusy",
    words: "The server cannot service this request right now.",
    headers: { "retry-after": "17" },
    means: transient("unknown", { millis: 17_000 })
  },
  {
    name: "503 of a reading call",
    status: 503,
    code: "ErrorServerBusy",
    words: "Try again later.",
    operation: "list",
    means: transient("no")
  },
  {
    name: "503 of a look during an append",
    status: 503,
    code: "ErrorServerBusy",
    circumstance: { notRepeatable: false },
    means: transient("no")
  },
  {
    name: "500 in Graph's words",
    status: 500,
    code: "ErrorInternalServerTransientError",
    means: transient("unknown")
  },
  { name: "502 as a page", status: 502, body: page, means: transient("unknown") },
  { name: "504", status: 504, code: "ErrorTimeoutExpired", means: transient("unknown") },
  { name: "504 of a copy", status: 504, operation: "copy", means: transient("unknown") },
  { name: "504 of flags", status: 504, operation: "addFlags", means: transient("no") },
  { name: "504 of a new folder", status: 504, operation: "ensureMailbox", means: transient("no") },
  {
    name: "a mailbox that is being moved, whatever the status",
    status: 400,
    code: "ErrorMailboxMoveInProgress",
    means: transient("no")
  },
  { name: "stale information on the mailbox", status: 409, code: "MailboxInfoStale", means: transient("no") },
  { name: "408", status: 408, means: transient("unknown") },
  { name: "423", status: 423, code: "resourceLocked", means: transient("no") },
  { name: "403 as a page: a proxy's", status: 403, body: page, means: transient("no") },
  {
    name: "a network's page in the place of an answer",
    status: 200,
    body: page,
    means: transient("unknown")
  },
  {
    name: "such a page for a list",
    status: 200,
    body: page,
    operation: "list",
    means: transient("no")
  },
  { name: "200 where 201 says that it is created", status: 200, body: "", means: transient("unknown") },
  {
    name: "a change that another one crossed",
    status: 409,
    code: "ErrorIrresolvableConflict",
    words: changed,
    means: transient("no", { atMost: 4 })
  },
  {
    name: "the same as 412",
    status: 412,
    code: "ErrorIrresolvableConflict",
    words: changed,
    operation: "addFlags",
    means: transient("no", { atMost: 4 })
  },
  {
    name: "an upload session that is over",
    status: 404,
    code: "ErrorItemNotFound",
    words: notFound,
    circumstance: { missing: "session" },
    means: transient("unknown")
  },
  {
    name: "an upload session that asks for a token all of a sudden",
    status: 401,
    code: "InvalidAudience",
    circumstance: { missing: "session" },
    means: transient("unknown")
  }
]

/** Whether we may ask at all. */
const access: ReadonlyArray<Row> = [
  {
    name: "401",
    status: 401,
    code: "InvalidAuthenticationToken",
    words: "Lifetime validation failed, the token is expired.",
    means: { _tag: "AuthFailed" }
  },
  { name: "401 with nothing else", status: 401, body: "", means: { _tag: "AuthFailed" } },
  {
    name: "403 of Exchange",
    status: 403,
    code: "ErrorAccessDenied",
    words: "Access is denied. Check credentials and try again.",
    means: { _tag: "AuthFailed" }
  },
  {
    name: "403 of the directory",
    status: 403,
    code: "Authorization_RequestDenied",
    words: "Insufficient privileges to complete the operation.",
    operation: "connect",
    means: { _tag: "AuthFailed" }
  },
  {
    name: "an application outside its scope",
    status: 403,
    code: "ErrorAccessDenied",
    words:
      "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
    means: { _tag: "AuthFailed" }
  },
  {
    name: "programs are kept out",
    status: 403,
    code: "ErrorAccessDenied",
    words: "Access to OData is disabled.",
    means: { _tag: "Fatal" }
  },
  {
    name: "consent, in the sign-in's numbers",
    status: 403,
    code: "Forbidden",
    words: "AADSTS65001: The user or administrator has not consented to use the application.",
    means: { _tag: "AuthFailed" }
  },
  {
    name: "a second factor",
    status: 401,
    code: "InvalidAuthenticationToken",
    words: "AADSTS50076: Due to a configuration change you must use multi-factor authentication.",
    means: { _tag: "AuthFailed" }
  },
  {
    name: "an account without a mailbox",
    status: 404,
    code: "MailboxNotEnabledForRESTAPI",
    words: "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    operation: "connect",
    means: { _tag: "Fatal" }
  },
  {
    name: "nobody of that name",
    status: 404,
    code: "ErrorInvalidUser",
    words: "The requested user is invalid.",
    operation: "connect",
    means: { _tag: "Fatal" }
  },
  {
    name: "an application's token for /me",
    status: 400,
    code: "BadRequest",
    words: "/me request is only valid with delegated authentication flow.",
    operation: "connect",
    means: { _tag: "AuthFailed" }
  },
  { name: "a proxy that wants a password", status: 407, body: page, means: { _tag: "Fatal" } },
  { name: "a redirect", status: 307, body: "", means: { _tag: "Fatal" } }
]

/** What is wrong with the message or the folder. */
const mail: ReadonlyArray<Row> = [
  ...[
    "UnableToDeserializePostBody",
    "ErrorMimeContentInvalid",
    "ErrorMimeContentInvalidBase64String",
    "ErrorInvalidRecipients",
    "ErrorInvalidProperty",
    "InvalidInternetMessageHeader",
    "RequestBodyRead",
    "ErrorWhichNobodyKnows"
  ].map((code): Row => ({ name: `400 ${code}`, status: 400, code, means: message("malformed") })),
  { name: "a virus", status: 400, code: "ErrorVirusDetected", means: message("policy") },
  {
    name: "no room for another named property",
    status: 400,
    code: "ErrorNamedPropertiesQuota",
    means: message("policy")
  },
  {
    name: "404 of an append: its folder",
    status: 404,
    code: "ErrorItemNotFound",
    words: notFound,
    means: mailbox("missing")
  },
  {
    name: "404 of an attachment: its message",
    status: 404,
    code: "ErrorItemNotFound",
    words: notFound,
    circumstance: { missing: "message" },
    means: message("gone")
  },
  {
    name: "404 of a message",
    status: 404,
    code: "ErrorItemNotFound",
    words: notFound,
    operation: "fetch",
    means: message("gone")
  },
  {
    name: "an id that is none any more",
    status: 400,
    code: "ErrorInvalidIdMalformed",
    words: "Id is malformed.",
    operation: "describe",
    means: message("gone")
  },
  {
    name: "a folder that is gone, whatever was asked",
    status: 404,
    code: "ErrorFolderNotFound",
    operation: "copy",
    means: mailbox("missing")
  },
  {
    name: "404 of a list",
    status: 404,
    code: "ErrorItemNotFound",
    operation: "list",
    means: mailbox("missing")
  },
  {
    name: "404 of a new folder: its parent",
    status: 404,
    code: "ErrorItemNotFound",
    operation: "ensureMailbox",
    means: mailbox("missing")
  },
  {
    name: "a folder's name",
    status: 400,
    code: "ErrorInvalidFolderName",
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "a folder that exists",
    status: 409,
    code: "ErrorFolderExists",
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  {
    name: "folders too deep",
    status: 400,
    code: "ErrorFolderHierarchyDepthQuotaExceeded",
    operation: "ensureMailbox",
    means: mailbox("name")
  },
  { name: "405 of an append", status: 405, means: message("unclassified") },
  {
    name: "400 of a read",
    status: 400,
    code: "BadRequest",
    operation: "fetch",
    means: message("unreadable")
  },
  {
    name: "400 of a list",
    status: 400,
    code: "RequestBroker--ParseUri",
    words: "Could not find a property named 'subjct' on type 'microsoft.graph.message'.",
    operation: "list",
    means: { _tag: "Fatal" }
  },
  { name: "501", status: 501, code: "NotRehearsed", operation: "find", means: { _tag: "Fatal" } }
]

/** The rows of what is known of Graph's errors, and what follows from its documents. */
export const answers: ReadonlyArray<Row> = [...limits, ...passing, ...access, ...mail]
