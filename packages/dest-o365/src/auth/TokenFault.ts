import { isObject, textOf } from "@mailferry/oauth/Json.ts"

import type { AuthorityAnswer } from "./AuthorityWire.ts"

/** What went wrong at the token endpoint, as data. Holds no request: that has the secrets in it. */
export interface TokenFault {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined
  /** `error` of RFC 6749 section 5.2. */
  readonly error: string
  readonly suberror: string
  /** Microsoft's own sentence. */
  readonly description: string
  /** The numbers behind AADSTS, the decisive one first. */
  readonly numbers: ReadonlyArray<number>
  /** By which an administrator finds the attempt in the sign-in logs. */
  readonly correlation: string
  /** Seconds of `Retry-After`. */
  readonly retryAfter: number | undefined
  /** Node's code for a connection that failed: `ENOTFOUND`, `TimeoutError`. */
  readonly code: string | undefined
}

const nothing: TokenFault = {
  status: undefined,
  error: "",
  suberror: "",
  description: "",
  numbers: [],
  correlation: "",
  retryAfter: undefined,
  code: undefined
}

/** An answer of 2xx that cannot be Microsoft's: a sign-in page of a network, a proxy's own. */
export const noToken = (status: number): TokenFault => ({ ...nothing, status })

/** What stands in front of the ids and the time, which are told apart. */
const sentence = (description: string): string =>
  description
    .replace(/\s*Trace ID:.*$/su, "")
    .replace(/^AADSTS\d+:\s*/u, "")
    .trim()

/** `AADSTS65001`, wherever it stands. */
export const aadstsOf = (description: string): ReadonlyArray<number> =>
  [...description.matchAll(/AADSTS(\d+)/gu)].map(([, digits]) => Number(digits))

/** What is said in the address a browser is sent back to, or in the JSON of the token endpoint. */
export const faultOfWords = (error: string, description: string): TokenFault => ({
  ...nothing,
  status: 400,
  error,
  description: sentence(description),
  numbers: aadstsOf(description),
  correlation: /Correlation ID:\s*([0-9a-f-]{36})/iu.exec(description)?.[1] ?? ""
})

/** Reads a refusal. */
export const faultOfAnswer = ({ body, headers, status }: AuthorityAnswer): TokenFault => {
  const words = faultOfWords(textOf(body, "error") ?? "", textOf(body, "error_description") ?? "")
  const listed = isObject(body) && Array.isArray(body["error_codes"]) ? body["error_codes"] : []
  const seconds = Number(headers["retry-after"])
  return {
    ...words,
    status,
    suberror: textOf(body, "suberror") ?? "",
    numbers: [...new Set([...words.numbers, ...listed.filter((each) => typeof each === "number")])],
    correlation: textOf(body, "correlation_id") ?? words.correlation,
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
  }
}

/** Reads what a request threw that got no answer. */
export const faultOfCause = (cause: unknown): TokenFault => ({
  ...nothing,
  code: textOf(cause, "code") ?? textOf(cause, "name")
})
