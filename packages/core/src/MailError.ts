import * as Schema from "effect/Schema"

const Fields = {
  /** The server's own words, or the library's. Never a message body, a token or a password. */
  detail: Schema.String,
  /** One sentence for the person: what to do next. */
  advice: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect())
}

/**
 * The attempt failed; the same call may succeed later.
 *
 * `applied` answers the one question a retry of APPEND depends on: a connection
 * lost after the literal was sent leaves the outcome `"unknown"`, and core then
 * looks before it appends again. `alone` asks core to send the message by itself
 * next time: it was part of a batch that stored nothing. `atMost` is the number of tries after which the same answer
 * is the service's last word on this message, and core sets it aside. `retryAfter`: the service said when to come
 * back; until then the whole account is left alone, the look at what became of the attempt included.
 */
export class Transient extends Schema.TaggedError<Transient>("mailferry/Transient")("Transient", {
  ...Fields,
  applied: Schema.Literals(["no", "unknown"]),
  alone: Schema.optionalKey(Schema.Boolean),
  atMost: Schema.optionalKey(Schema.Number),
  retryAfter: Schema.optionalKey(Schema.Duration)
}) {}

/**
 * The account is asked to slow down. The wait is the account's, not this call's. `over` says what was too much: calls
 * in a time (core lowers its rate), calls at once (core halves them), or a day's allowance.
 */
export class Throttled extends Schema.TaggedError<Throttled>("mailferry/Throttled")("Throttled", {
  ...Fields,
  retryAfter: Schema.optionalKey(Schema.Duration),
  over: Schema.optionalKey(Schema.Literals(["rate", "concurrency", "day"]))
}) {}

/** The server refuses these credentials, after the adapter refreshed them once. */
export class AuthFailed extends Schema.TaggedError<AuthFailed>("mailferry/AuthFailed")(
  "AuthFailed",
  Fields
) {}

/** The account has no room left. Waiting does not help; a person does. */
export class QuotaExceeded extends Schema.TaggedError<QuotaExceeded>("mailferry/QuotaExceeded")(
  "QuotaExceeded",
  Fields
) {}

/** The service will never take, or give, this message as it is. */
export class MessageRejected extends Schema.TaggedError<MessageRejected>("mailferry/MessageRejected")(
  "MessageRejected",
  {
    ...Fields,
    why: Schema.Literals(["too-large", "malformed", "policy", "gone", "unreadable", "unclassified"])
  }
) {}

/**
 * The server will never take anything into this mailbox, or the mailbox changed under us. `mailbox` says which one by
 * its levels, where a call names several, and `instead` which to use in its place from now on.
 */
export class MailboxRejected extends Schema.TaggedError<MailboxRejected>("mailferry/MailboxRejected")(
  "MailboxRejected",
  {
    ...Fields,
    why: Schema.Literals(["name", "permission", "missing", "uidvalidity-changed"]),
    mailbox: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
    instead: Schema.optionalKey(Schema.NonEmptyArray(Schema.String))
  }
) {}

/** The run cannot continue: TLS refused, protocol violated, account disabled. */
export class Fatal extends Schema.TaggedError<Fatal>("mailferry/Fatal")("Fatal", Fields) {}

export const MailErrorReason = Schema.Union([
  Transient,
  Throttled,
  AuthFailed,
  QuotaExceeded,
  MessageRejected,
  MailboxRejected,
  Fatal
])
export type MailErrorReason = typeof MailErrorReason.Type

export const Operation = Schema.Literals([
  "connect",
  "listMailboxes",
  "list",
  "end",
  "describe",
  "glimpse",
  "fetch",
  "ensureMailbox",
  "append",
  "copy",
  "recall",
  "discard",
  "addFlags",
  "find"
])
export type Operation = typeof Operation.Type

/** Which account a failure belongs to: a person mends them in different places. */
export const Side = Schema.Literals(["source", "destination"])
export type Side = typeof Side.Type

/** The only error an adapter may fail with. Anything else is a bug and dies as a defect. */
export class MailError extends Schema.TaggedError<MailError>("mailferry/MailError")("MailError", {
  adapter: Schema.String,
  operation: Operation,
  /** Set by core, which knows on which end the adapter works. */
  side: Schema.optionalKey(Side),
  reason: MailErrorReason
}) {
  override get message(): string {
    return `${this.adapter}.${this.operation}: ${this.reason._tag}: ${this.reason.detail}`
  }
}
