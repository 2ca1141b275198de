import { type HttpAnswer, NoAnswer } from "./HttpRequest.ts"

/** One refusal or one broken connection, told in values: what the classifier judges. Holds no request and no octets. */
export interface GraphFailure {
  readonly _tag: "GraphFailure"
  /** HTTP status; 0 when there was no whole answer. */
  readonly status: number
  /** The service's own word for it, `ErrorItemNotFound`; without an answer node's or AbortSignal's, `ECONNRESET`. May be empty. */
  readonly code: string
  /** The service's words, or node's, on one line and cut. No addresses, no URLs, nothing of a message. */
  readonly text: string
  /** The Retry-After header as it stands: seconds, or a date. */
  readonly retryAfter?: string
  /** By the server's clock, in milliseconds since 1970: its Date header. */
  readonly answeredAt?: number
  /** Microsoft's name for the request, by which its support finds it. */
  readonly requestId?: string
  /** Our own name for the attempt, which Microsoft writes down as well. */
  readonly clientRequestId?: string
  /** Whether the answer was a page and not JSON: a front end, or a network that wants a sign-in, gave it. */
  readonly isPage?: boolean
  /** `no` when what was asked was certainly not done; `unknown` when it may have been. */
  readonly sent: "no" | "unknown"
}

/** Characters of an answer that are worth showing. */
const longest = 300

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined

/** What a page says to its reader, without markup. */
const wordsOf = (page: string): string =>
  page
    .replaceAll(/<(style|script|head(?!er))\b[\s\S]*?<\/\1>/giu, " ")
    .replaceAll(/<[^>]*>/gu, " ")
    .trim()

/**
 * On one line, without what nobody but the account's owner may read: addresses (Exchange names bad recipients), URLs
 * (that of an upload session is a key), long ids and tokens, and quoted values that are no identifiers.
 */
const shown = (text: string): string => {
  const line = text
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/https?:\/\/\S+/giu, "[URL]")
    .replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/gu, "[address]")
    .replaceAll(/(?=[\w+/=-]*\d)[\w+/=-]{40,}/gu, "[...]")
    .replaceAll(/(?<=^|[\s(:=])'(?![\w.$@#[\]-]*')[^']*'(?!\w)/gu, "'[...]'")
    .replaceAll(/(?<=^|[\s(:=])"(?![\w.$@#[\]-]*")[^"]*"/gu, '"[...]"')
    .trim()
  return line.length <= longest ? line : `${line.slice(0, longest).toWellFormed()} [...]`
}

const parsed = (octets: Buffer): unknown => {
  try {
    return JSON.parse(octets.toString("utf8"))
  } catch {
    return undefined
  }
}

/** The JSON of an answer; undefined when it is empty, and `isPage` when it is none. */
export const jsonOf = ({ octets }: HttpAnswer): { readonly json: unknown; readonly isPage: boolean } => {
  if (octets.toString("utf8").trim() === "") return { json: undefined, isPage: false }
  const json = parsed(octets)
  return { json, isPage: json === undefined }
}

/** The innermost word: Graph wraps a general code around the one that says more, now under one key, now under another. */
const codeOf = (error: unknown): string => {
  const inner = field(error, "innerError") ?? field(error, "innererror")
  const outer = textOf(field(error, "code")) ?? ""
  const said = textOf(field(inner, "code"))
  return said !== undefined && /^(?:BadRequest|UnknownError|generalException|)$/u.test(outer) ? said : outer
}

/** A refused request, or one whose answer is none of Graph's. `sent` says whether it may have been carried out all the same. */
export const failureOfAnswer = (answer: HttpAnswer, clientRequestId?: string): GraphFailure => {
  const { headers, octets, status } = answer
  const { isPage, json } = jsonOf(answer)
  const error = field(json, "error")
  const inner = field(error, "innerError") ?? field(error, "innererror")
  const requestId = textOf(headers.get("request-id")) ?? textOf(field(inner, "request-id"))
  const retryAfter = textOf(headers.get("retry-after"))
  const answeredAt = Date.parse(headers.get("date") ?? "")
  // An upload session's refusals have no envelope in some answers; a token endpoint's have words under another key.
  const words =
    textOf(field(error, "message")) ??
    textOf(field(json, "message")) ??
    textOf(field(json, "error_description")) ??
    (isPage ? wordsOf(octets.toString("utf8")) : undefined) ??
    ""
  const isRefusal = status >= 300 && status < 500 && status !== 408
  return {
    _tag: "GraphFailure",
    status,
    code: codeOf(error) || (textOf(error) ?? textOf(field(json, "code")) ?? ""),
    text: shown(words),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(Number.isFinite(answeredAt) ? { answeredAt } : {}),
    ...(requestId === undefined ? {} : { requestId }),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
    ...(isPage ? { isPage } : {}),
    sent: isRefusal ? "no" : "unknown"
  }
}

/** A request without a whole answer. Whatever it carried stays behind. */
export const failureOfConnection = (error: unknown, clientRequestId?: string): GraphFailure => {
  const cause = error instanceof NoAnswer ? error.cause : error
  const inner = field(cause, "cause")
  const name = textOf(field(cause, "name"))
  return {
    _tag: "GraphFailure",
    status: 0,
    code: textOf(field(cause, "code")) ?? textOf(field(inner, "code")) ?? name ?? "",
    text: shown(textOf(field(cause, "message")) ?? String(cause)),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
    sent: error instanceof NoAnswer ? error.sent : "unknown"
  }
}

/** Graph's code and words, and the names by which Microsoft finds the request. */
export const detailOf = (failure: GraphFailure): string => {
  const { clientRequestId, code, requestId, status, text } = failure
  const http = status === 0 ? "" : `HTTP ${status}`
  const named =
    code === "" || text.includes(code) ? http : [http, code].filter((part) => part !== "").join(" ")
  const said = [named, text].filter((part) => part !== "").join(": ")
  const names = [
    ...(requestId === undefined ? [] : [`request-id ${requestId}`]),
    ...(clientRequestId === undefined || clientRequestId === requestId
      ? []
      : [`client-request-id ${clientRequestId}`])
  ]
  return names.length === 0 ? said : `${said} (${names.join(", ")})`
}
