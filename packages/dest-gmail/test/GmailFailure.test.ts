import { assert, describe, it } from "@effect/vitest"

import { failureOf } from "../src/GmailFailure.ts"

describe("reading an error of the client library", () => {
  const answered = (status: number, data: unknown, headers = new Headers()) =>
    Object.assign(new Error("Request failed"), {
      status,
      config: { data: "body of the message", url: new URL("https://gmail.example/upload?upload_id=key") },
      response: { status, data, headers }
    })

  it("reason and words come from Google's error body, old form and new", () => {
    const old = answered(403, {
      error: { code: 403, message: "Daily Limit Exceeded", errors: [{ reason: "dailyLimitExceeded" }] }
    })
    assert.deepInclude(failureOf(old), { reason: "dailyLimitExceeded", text: "Daily Limit Exceeded" })
    const recent = answered(403, {
      error: { code: 403, message: "disabled", details: [{ reason: "SERVICE_DISABLED" }] }
    })
    assert.deepInclude(failureOf(recent), { reason: "SERVICE_DISABLED", text: "disabled" })
  })

  it("a page is read without its markup, and cut short", () => {
    const page = `<html><head><title>x</title><style>p{color:red}</style></head><body><p>Bad <b>Gateway</b></p>${"z".repeat(900)}</body></html>`
    const { isPage, text } = failureOf(answered(502, page))
    assert.isTrue(isPage)
    assert.match(text, /^Bad Gateway z+/u)
    assert.isBelow(text.length, 320)
  })

  it("the Retry-After header is kept, and when the server says that it answered", () => {
    const headers = new Headers({ "Retry-After": "3", Date: "Sat, 21 Nov 2026 12:00:00 GMT" })
    const failure = failureOf(answered(429, { error: { message: "x" } }, headers))
    assert.deepInclude(failure, { retryAfter: "3", answeredAt: Date.parse("2026-11-21T12:00:00Z") })
  })

  it("neither the request's octets nor its URL are kept", () => {
    const failure = failureOf(
      Object.assign(
        new Error("request to https://gmail.example/upload?upload_id=key failed, reason: socket hang up"),
        {
          code: "ECONNRESET",
          config: { data: "body of the message" }
        }
      )
    )
    assert.deepStrictEqual(failure, { _tag: "GmailFailure", text: "socket hang up", errno: "ECONNRESET" })
    assert.notInclude(JSON.stringify(failureOf(answered(500, "oops"))), "body of the message")
  })

  it("an error that is none still becomes a failure", () => {
    assert.deepStrictEqual(failureOf(undefined), { _tag: "GmailFailure", text: "undefined" })
    assert.deepStrictEqual(failureOf("broken"), { _tag: "GmailFailure", text: "broken" })
  })
})
