import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { Operation } from "@mailferry/core/MailError.ts"

/** One refusal or one broken connection, told in values: what the classifier judges. Holds no request and no octets. */
export interface GmailFailure {
  readonly _tag: "GmailFailure"
  /** HTTP status; none when there was no whole answer. */
  readonly status?: number
  /** Google's own word for it, `errors[0].reason`: `rateLimitExceeded`. Says more than the status. */
  readonly reason?: string
  /** Google's words, or the library's. */
  readonly text: string
  /** Whether the answer was a page and not JSON: a front end before Gmail gave it. */
  readonly isPage?: boolean
  /** The Retry-After header as it stands. */
  readonly retryAfter?: string
  /** By the server's clock, in milliseconds since 1970: its Date header. */
  readonly answeredAt?: number
  /** Node's, node-fetch's or AbortSignal's name for it: `ECONNRESET`, `TimeoutError`. */
  readonly errno?: string
  /** Whether it happened before anything was sent that could have been stored. */
  readonly isHarmless?: boolean
}

/** What the classifier must know besides the answer. */
export interface FailureContext {
  readonly operation: Operation
  readonly user: string
  /** Milliseconds of the clock: a stated time becomes a wait. */
  readonly now: number
  /** Where sent mail goes when SENT is refused. */
  readonly sentInstead: MailboxPath
}

/** Longest text of an answer that is worth showing. */
const longest = 300

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined

/** What a page says to its reader: title and text, without markup. */
const wordsOf = (page: string): string =>
  page
    .replaceAll(/<(style|script|head(?!er))\b[\s\S]*?<\/\1>/giu, " ")
    .replaceAll(/<[^>]*>/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim()

const shortened = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)} [...]`

/** A URL is left out: of an upload session it is a key to the account. */
const withoutUrl = (message: string): string =>
  message.replace(/^request to \S+ failed, reason: /u, "").replaceAll(/https?:\/\/\S+/gu, "the server")

/** `errors[0]` of Google's older error form; `details` of the newer one name the same under another key. */
const reasonOf = (error: unknown): string | undefined =>
  textOf(field(field(field(error, "errors"), "0"), "reason")) ??
  textOf(field(field(field(error, "details"), "0"), "reason"))

const headerOf = (headers: unknown, name: string): string | undefined =>
  textOf(headers instanceof Headers ? headers.get(name) : field(headers, name))

/**
 * Reads an error of the client library's. Its request is left behind: it holds the octets of the message, and the
 * whole error would carry them into every log.
 */
export const failureOf = (error: unknown): GmailFailure => {
  const response = field(error, "response")
  const data = field(response, "data")
  const status = field(response, "status") ?? field(error, "status")
  const said = field(data, "error")
  const page = textOf(data)
  const errno = textOf(field(error, "code")) ?? textOf(field(field(error, "cause"), "code"))
  const reason = reasonOf(said)
  const headers = field(response, "headers")
  const retryAfter = headerOf(headers, "retry-after")
  const answeredAt = Date.parse(headerOf(headers, "date") ?? "")
  const text =
    textOf(field(said, "message")) ??
    textOf(said) ??
    (page === undefined ? undefined : wordsOf(page) || undefined) ??
    withoutUrl(textOf(field(error, "message")) ?? String(error))
  return {
    _tag: "GmailFailure",
    text: shortened(text),
    ...(typeof status === "number" ? { status } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(page === undefined ? {} : { isPage: true }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(Number.isFinite(answeredAt) ? { answeredAt } : {}),
    ...(errno === undefined ? {} : { errno })
  }
}

/** An answer of 2xx that cannot be Gmail's: a sign-in page of a network, a proxy's own. */
export const strangeAnswer = (text: string): GmailFailure => ({ _tag: "GmailFailure", text })
