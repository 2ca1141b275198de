import { timingSafeEqual } from "node:crypto"

/** What the service's page answered, by the address it sent the browser to (RFC 6749 section 4.1.2). */
export type AuthorizationAnswer =
  | { readonly _tag: "Code"; readonly code: string }
  /** `access_denied` when the person pressed Cancel. */
  | { readonly _tag: "Refused"; readonly error: string; readonly description: string }
  /** The answer to another sign-in, or nobody's. */
  | { readonly _tag: "Foreign" }
  /** Not an answer at all. */
  | { readonly _tag: "Nothing" }

const same = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Reads an answer from its query. One with another state is foreign, whatever else it says. */
export const answerOf = (query: URLSearchParams, state: string): AuthorizationAnswer => {
  const code = query.get("code")
  const error = query.get("error")
  if (code === null && error === null) return { _tag: "Nothing" }
  if (!same(query.get("state") ?? "", state)) return { _tag: "Foreign" }
  if (error !== null) {
    return { _tag: "Refused", error, description: query.get("error_description") ?? "" }
  }
  return code === null || code === "" ? { _tag: "Nothing" } : { _tag: "Code", code }
}

/**
 * The answer in a line that a person pasted: the whole address the browser was sent to. Terminals and mail programs wrap
 * long lines and add quotes; a browser may leave the scheme out.
 */
export const pastedAnswer = (line: string, state: string): AuthorizationAnswer => {
  const text = line.replace(/\s+/gu, "").replace(/^["'<]+|["'>]+$/gu, "")
  const url = URL.parse(text.includes("://") ? text : `http://${text}`)
  return url === null ? { _tag: "Nothing" } : answerOf(url.searchParams, state)
}
