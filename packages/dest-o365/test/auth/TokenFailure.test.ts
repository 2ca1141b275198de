import { assert, describe, it } from "@effect/vitest"

import { adminConsentUrl } from "../../src/auth/AdminConsent.ts"
import type { TokenOwner } from "../../src/auth/EntraWords.ts"
import { reasonOfToken } from "../../src/auth/TokenFailure.ts"
import { faultOfAnswer, faultOfCause, noToken } from "../../src/auth/TokenFault.ts"

const correlation = "7c9d2b8e-1a44-4f0b-b0f4-9f6de2a5c711"

const owner: TokenOwner = {
  kind: "sign-in",
  user: "you@example.com",
  client: "2f0e7a1c-5f5b-4a57-8d6e-0b6a4e1c9d33",
  tenant: "common",
  adminConsent: "https://login.example/adminconsent"
}

/** As Microsoft's token endpoint says it. */
const answered = (
  number: number,
  options: {
    readonly error?: string
    readonly status?: number
    readonly headers?: Readonly<Record<string, string>>
  } = {}
) => {
  const { error = "invalid_grant", headers = {}, status = 400 } = options
  return faultOfAnswer({
    status,
    headers,
    body: {
      error,
      error_description: `AADSTS${number}: Words of Microsoft's. Trace ID: 11111111-2222-3333-4444-555555555555 Correlation ID: ${correlation} Timestamp: 2026-11-21 10:00:00Z`,
      error_codes: [number],
      correlation_id: correlation
    }
  })
}

const signInAgain = "mailferry auth login o365 --user you@example.com"

describe("what Microsoft's numbers mean", () => {
  it.each([
    [50011, "http://localhost", "Mobile and desktop applications"],
    [50020, "directory", "--tenant consumers"],
    [50034, "directory", "--tenant"],
    [50055, "password", "https://myaccount.microsoft.com"],
    [50076, "second factor", "without --device"],
    [50079, "second factor", "https://aka.ms/mfasetup"],
    [50105, "not assigned", "Users and groups"],
    [50158, "conditional access", "certificate"],
    [50173, "ended", signInAgain],
    [50194, "one directory", "--tenant"],
    [50199, "confirmed in a browser", "without --device"],
    [53000, "device", "computer that the organisation manages"],
    [53003, "conditional access", "without --device"],
    [530_035, "conditional access", "without --device"],
    [65001, "agreed", owner.adminConsent],
    [65004, "did not agree", signInAgain],
    [70008, "over", signInAgain],
    [70043, "how long", signInAgain],
    [90002, "directory", "--tenant"],
    [90008, "agreed", owner.adminConsent],
    [90094, "administrator", owner.adminConsent],
    [700_016, "no such application", "--client ID"],
    [700_024, "not valid now", "clock"],
    [700_027, "certificate", "Upload"],
    [700_082, "90 days", signInAgain],
    [7_000_215, "secret", "Certificates & secrets"],
    [7_000_218, "public client", "Allow public client flows"],
    [9_002_313, "malformed", "fault of mailferry"],
    [9_002_331, "work and personal", "Supported account types"]
  ])("AADSTS%i is told in words, with what to do", (number, says, next) => {
    const reason = reasonOfToken(answered(number), owner)
    assert.strictEqual(reason._tag, "AuthFailed")
    assert.include(reason.detail, says)
    assert.include(reason.detail, `(AADSTS${number}, correlation id ${correlation})`)
    assert.include(reason._tag === "AuthFailed" ? reason.advice : "", next)
  })

  it("an unknown one is told in Microsoft's own words, without what is for its support", () => {
    const reason = reasonOfToken(answered(123_456), owner)
    assert.strictEqual(
      reason.detail,
      `invalid_grant: Words of Microsoft's. (AADSTS123456, correlation id ${correlation})`
    )
    assert.strictEqual(reason._tag, "AuthFailed")
  })

  it("an application without consent is no person's to consent to", () => {
    const reason = reasonOfToken(answered(65001), { ...owner, kind: "application" })
    assert.strictEqual(
      reason._tag === "AuthFailed" ? reason.advice : "",
      "An administrator agrees for the organisation: https://login.example/adminconsent"
    )
  })

  it.each([
    [50059, "Directory (tenant) ID"],
    [53003, "service principal sign-ins"],
    [700_016, "write them into its file"],
    [700_027, "Upload"],
    [123_456, "registration at entra.microsoft.com"]
  ])("AADSTS%i to an application leads to nobody's sign-in", (number, next) => {
    const reason = reasonOfToken(answered(number), { ...owner, kind: "application" })
    const advice = reason._tag === "AuthFailed" ? (reason.advice ?? "") : ""
    assert.include(advice, next)
    assert.notInclude(advice, "auth login")
  })

  it.each([
    ["too many requests", answered(0, { status: 429, headers: { "retry-after": "17" } }), "Throttled"],
    ["the same asked again and again", answered(50_196), "Throttled"],
    ["a passing trouble with a number", answered(90_033), "Transient"],
    ["a server's trouble", answered(0, { status: 503 }), "Transient"],
    ["temporarily_unavailable", answered(0, { error: "temporarily_unavailable" }), "Transient"],
    ["a name that is not found", faultOfCause({ code: "ENOTFOUND" }), "Transient"],
    ["silence", faultOfCause(new DOMException("late", "TimeoutError")), "Transient"],
    ["a certificate nobody trusts", faultOfCause({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "Fatal"],
    ["a page in the place of a token", noToken(200), "Fatal"],
    ["a redirect", noToken(302), "Fatal"]
  ] as const)("%s is told for what it is", (_, fault, tag) => {
    assert.strictEqual(reasonOfToken(fault, owner)._tag, tag)
  })

  it("waits as long as Microsoft says", () => {
    const reason = reasonOfToken(answered(0, { status: 429, headers: { "retry-after": "17" } }), owner)
    assert.include(JSON.stringify(reason), "17000")
  })
})

describe("the page for an administrator", () => {
  const urls = { graph: "https://graph.microsoft.com", authority: "https://login.microsoftonline.com" }

  it("names application, permissions and a redirect that is registered", () => {
    const url = new URL(adminConsentUrl(urls, owner.client, "example.com", ["Mail.ReadWrite", "User.Read"]))
    assert.strictEqual(
      `${url.origin}${url.pathname}`,
      "https://login.microsoftonline.com/example.com/v2.0/adminconsent"
    )
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      client_id: owner.client,
      redirect_uri: "http://localhost",
      scope: "https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/User.Read"
    })
  })

  it("is an organisation's, whatever was signed in at", () => {
    for (const tenant of ["common", "consumers", "organizations"]) {
      assert.include(adminConsentUrl(urls, owner.client, tenant, []), "/organizations/v2.0/adminconsent?")
    }
  })
})
