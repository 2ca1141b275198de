import type { Operation } from "@mailferry/core/MailError.ts"

/** One thing that went wrong on the wire, told in values: what the classifier judges. */
export interface ImapFailure {
  readonly operation: Operation
  /** How the server said no: a tagged NO or BAD, or a BYE. None where it said nothing. */
  readonly status?: "NO" | "BAD" | "BYE" | undefined
  /** Response code in capitals, without arguments (RFC 9051 section 7.1): `OVERQUOTA`. */
  readonly code?: string | undefined
  /** The server's words, or the library's. */
  readonly text: string
  /** Node's or imapflow's name for the error: `ECONNREFUSED`, `NoConnection`. */
  readonly errno?: string | undefined
  /** Whether it happened while TLS was being negotiated. */
  readonly tls?: boolean | undefined
  /** Milliseconds the server asks to wait (Exchange's `Suggested Backoff Time`). */
  readonly throttledFor?: number | undefined
  /** For APPEND and COPY: whether the server may have carried it out. */
  readonly applied: "no" | "unknown"
  readonly cause?: unknown
}

/** What is known of the connection a command failed on. */
export interface FailureContext {
  readonly operation: Operation
  readonly applied: "no" | "unknown"
  /** Text of the BYE that ended the session. */
  readonly bye?: string | undefined
  readonly throttledFor?: number | undefined
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

/** The response code in a parsed response; imapflow copies it to `serverResponseCode` for some commands only. */
const codeOf = (error: unknown): string | undefined => {
  const known = text(field(error, "serverResponseCode"))
  if (known !== undefined) return known.toUpperCase()
  const section = field(field(field(field(error, "response"), "attributes"), "0"), "section")
  return text(field(field(section, "0"), "value"))?.toUpperCase()
}

const statusOf = (error: unknown): "NO" | "BAD" | undefined => {
  const status = field(error, "responseStatus")
  return status === "NO" || status === "BAD" ? status : undefined
}

/** A BYE's text may begin with a response code in brackets. */
const byeOf = (bye: string): Pick<ImapFailure, "status" | "code" | "text"> => {
  const [, code, rest] = /^\[([A-Z-]+)[^\]]*\]\s*(.*)$/iu.exec(bye) ?? []
  return { status: "BYE", code: code?.toUpperCase(), text: rest ?? bye }
}

/** imapflow's own codes of a lost connection; its `reason` is the BYE. OpenSSL's and Node's errors have a `reason` of another kind. */
const isImapflow = (errno: string | undefined): boolean =>
  /^(NoConnection|EConnectionClosed|StateLogout|ClosedAfterConnect(Text|TLS))$/u.test(errno ?? "")

/** Errors imapflow raises with nothing but a message. */
const bareMessages = new Set([
  "Server does not support STARTTLS",
  "Login is disabled",
  "No matching authentication method",
  "Unsupported authentication mechanism",
  "Authentication failed",
  "Failed to fetch folders"
])

/**
 * Reads an error of imapflow's. None when it is not one that a server or a network can cause: a bug, which dies
 * as a defect.
 */
export const failureOf = (error: unknown, context: FailureContext): ImapFailure | undefined => {
  const message = text(field(error, "message")) ?? String(error)
  const status = statusOf(error)
  const errno = text(field(error, "code"))
  const base = {
    operation: context.operation,
    applied: context.applied,
    errno,
    throttledFor: context.throttledFor,
    tls: field(error, "tlsFailed") === true,
    cause: error
  }
  if (status !== undefined) {
    // The server answered: whatever it was, it was not carried out.
    return {
      ...base,
      applied: "no",
      status,
      code: codeOf(error),
      text: text(field(error, "responseText")) ?? message
    }
  }
  const bye = (isImapflow(errno) ? text(field(error, "reason")) : undefined) ?? context.bye
  if (bye !== undefined) return { ...base, ...byeOf(bye) }
  if (errno === undefined && context.throttledFor === undefined && !base.tls && !bareMessages.has(message))
    return undefined
  // The Exchange answer behind imapflow's "Authentication failed" is kept as the error's `response`.
  return { ...base, code: codeOf(error), text: text(field(error, "response")) ?? message }
}
