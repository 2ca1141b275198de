import { describe, expect, it } from "vitest"

import { reasonOfToken } from "../../src/auth/TokenFailure.ts"

const user = "ann@example.com"
const signIn = { kind: "sign-in", user } as const
const serviceAccount = { kind: "service-account", user, clientId: "104" } as const

const answer = (status: number, error = "", description = "") => ({
  status,
  error,
  description,
  code: undefined
})
const noAnswer = (code: string | undefined) => ({ status: undefined, error: "", description: "", code })

describe("what the token endpoint says", () => {
  it.each([
    [
      answer(400, "invalid_grant", "Token has been expired or revoked."),
      signIn,
      "AuthFailed",
      /Testing.*7 days.*password.*revoked.*6 months.*mailferry auth login gmail --user ann@example\.com/u
    ],
    [answer(400, "invalid_grant", "Bad Request"), signIn, "AuthFailed", /mailferry auth login gmail/u],
    [
      answer(400, "invalid_grant", "reauth related error (invalid_rapt)"),
      signIn,
      "AuthFailed",
      /how long a session lasts/u
    ],
    [
      answer(400, "invalid_grant", "Not a valid email"),
      serviceAccount,
      "AuthFailed",
      /no ann@example\.com in this Workspace domain/u
    ],
    [
      answer(400, "invalid_grant", "Invalid email or User ID"),
      serviceAccount,
      "AuthFailed",
      /ann@example\.com exists/u
    ],
    [
      answer(400, "invalid_grant", "Invalid JWT Signature."),
      serviceAccount,
      "AuthFailed",
      /key was deleted.*clock/u
    ],
    [
      answer(400, "invalid_grant", "Invalid grant: account not found"),
      serviceAccount,
      "AuthFailed",
      /service account was deleted/u
    ],
    [
      answer(
        401,
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."
      ),
      serviceAccount,
      "AuthFailed",
      /client 104.*24 h.*mailferry auth delegation gmail --key FILE --user ann@example\.com/u
    ],
    [answer(401, "unauthorized_client", "Unauthorized"), signIn, "AuthFailed", /Desktop app/u],
    [
      answer(401, "invalid_client", "The OAuth client was not found."),
      signIn,
      "AuthFailed",
      /download its JSON anew/u
    ],
    [
      answer(401, "deleted_client", "The OAuth client was deleted."),
      signIn,
      "AuthFailed",
      /download its JSON anew/u
    ],
    [answer(400, "admin_policy_enforced", ""), signIn, "AuthFailed", /administrator blocks this app/u],
    [answer(400, "invalid_scope", ""), signIn, "AuthFailed", /fault of mailferry/u],
    [answer(400, "something_new", "Never seen"), signIn, "AuthFailed", /Sign in again/u],
    [answer(429, "rate_limit_exceeded", "Rate Limit Exceeded"), signIn, "Throttled", /^$/u],
    [answer(200), signIn, "Fatal", /network wants a sign-in/u],
    [answer(307), signIn, "Fatal", /network wants a sign-in/u],
    [answer(503), signIn, "Transient", /^$/u],
    [answer(500, "internal_failure", "backend"), signIn, "Transient", /^$/u],
    [answer(408), signIn, "Transient", /^$/u],
    [noAnswer("ENOTFOUND"), signIn, "Transient", /^$/u],
    [noAnswer("TimeoutError"), signIn, "Transient", /^$/u],
    [noAnswer(undefined), signIn, "Transient", /^$/u],
    [noAnswer("SELF_SIGNED_CERT_IN_CHAIN"), signIn, "Fatal", /proxy that opens TLS/u],
    [noAnswer("ERR_TLS_CERT_ALTNAME_INVALID"), signIn, "Fatal", /proxy/u]
  ] as const)("%o to %o is %s", (fault, owner, tag, advice) => {
    const reason = reasonOfToken(fault, owner)
    expect(reason._tag).toBe(tag)
    expect(reason.advice ?? "").toMatch(advice)
  })

  it("is repeated word for word, so that it can be looked up", () => {
    expect(reasonOfToken(answer(400, "invalid_grant", "Bad Request"), signIn).detail).toBe(
      "invalid_grant: Bad Request"
    )
    expect(reasonOfToken(answer(502), signIn).detail).toBe("the token endpoint answers HTTP 502")
    expect(reasonOfToken(noAnswer("ENOTFOUND"), signIn).detail).toBe(
      "the token endpoint cannot be reached (ENOTFOUND)"
    )
  })
})
