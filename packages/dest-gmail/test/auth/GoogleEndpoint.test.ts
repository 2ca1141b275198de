import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"

import { GoogleEndpoint, urlsOf } from "../../src/auth/GoogleEndpoint.ts"

const accepted = (url: string) => Option.isSome(Schema.decodeUnknownOption(GoogleEndpoint)({ token: url }))

describe("the endpoint of a job", () => {
  it("is Google where nothing is said", () => {
    expect(urlsOf()).toEqual({
      api: "https://gmail.googleapis.com",
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      revoke: "https://oauth2.googleapis.com/revoke"
    })
  })

  it("moves every page of the sign-in along with the token URL", () => {
    expect(urlsOf({ api: "http://127.0.0.1:8080/", token: "http://127.0.0.1:8080/token" })).toEqual({
      api: "http://127.0.0.1:8080",
      authorize: "http://127.0.0.1:8080/o/oauth2/v2/auth",
      token: "http://127.0.0.1:8080/token",
      revoke: "http://127.0.0.1:8080/revoke"
    })
  })

  it("may have its consent page elsewhere", () => {
    const endpoint = { token: "https://proxy.example/token", authorize: "https://pages.example/auth" }
    expect(urlsOf(endpoint)).toMatchObject({ authorize: "https://pages.example/auth" })
  })

  it.each([
    ["https://proxy.example/token", true],
    ["http://127.0.0.1:1/token", true],
    ["http://[::1]:1/token", true],
    ["http://localhost:1/token", true],
    ["http://proxy.example/token", false],
    ["http://127.0.0.1.example/token", false],
    ["ftp://127.0.0.1/token", false],
    ["no url", false]
  ])("%s is accepted: %s, since secrets go there", (url, ok) => {
    expect(accepted(url)).toBe(ok)
  })
})
