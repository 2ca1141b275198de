import { isObject, textOf } from "@mailferry/oauth/Json.ts"

/** What went wrong at the token endpoint, as data. Holds no request: that has the secrets in it. */
export interface TokenFault {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined
  /** `error` and `error_description` of RFC 6749 section 5.2. */
  readonly error: string
  readonly description: string
  /** Node's code for a connection that failed: `ENOTFOUND`, `TimeoutError`. */
  readonly code: string | undefined
}

/** An answer of 2xx that cannot be Google's: a sign-in page of a network, a proxy's own. */
export class NoToken extends Error {}

/** Reads an error of the library's, and leaves the request in it behind. */
export const faultOf = (cause: unknown): TokenFault => {
  // google-auth-library 11.3.4 trips over a page in the place of JSON: it sets a property of the text.
  if (cause instanceof NoToken || cause instanceof TypeError) {
    return { status: 200, error: "", description: "", code: undefined }
  }
  const response = isObject(cause) ? cause["response"] : undefined
  const status = isObject(response) ? response["status"] : undefined
  const data = isObject(response) ? response["data"] : undefined
  const inner = isObject(cause) && isObject(cause["cause"]) ? cause["cause"] : undefined
  return {
    status: typeof status === "number" ? status : undefined,
    error: textOf(data, "error") ?? "",
    description: textOf(data, "error_description") ?? "",
    code: textOf(cause, "code") ?? textOf(inner, "code") ?? textOf(inner, "name")
  }
}
