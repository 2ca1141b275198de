import { createSign, generateKeyPairSync } from "node:crypto"

import { describe, expect, it } from "vitest"

import type { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { type Answer, call, started } from "./GmailForTest.ts"
import { insertScope, labelsScope, postForm } from "./SignInForTest.ts"

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

const asserted = (
  server: RehearsalGmail,
  changes: object = {},
  key = server.serviceAccount().private_key
): Promise<Answer> => {
  const file = server.serviceAccount()
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: file.client_email,
    aud: file.token_uri,
    iat: now,
    exp: now + 3600,
    sub: "ann@example.org",
    scope: insertScope,
    ...changes
  }
  const text = `${segment({ alg: "RS256", typ: "JWT" })}.${segment(claims)}`
  return postForm(server, "/token", {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`
  })
}

const domain = () =>
  started({
    users: ["ann@example.org", { email: "robot@example.org", mailService: false }],
    delegatedScopes: [insertScope]
  })

describe("a service account", () => {
  it("acts for a user of the domain, within the scopes it was given there", async () => {
    const server = await domain()
    const { status, json } = await asserted(server)
    expect([status, json.expires_in]).toEqual([200, 3599])
    const body = { raw: Buffer.from("From: a@x\r\n\r\nhi").toString("base64url") }
    const stored = await call(server, "POST", "messages/import", { token: json.access_token, body })
    expect(stored.status).toBe(200)
    expect(server.accountOf("ann@example.org").messages).toHaveLength(1)
    expect(server.account.messages).toHaveLength(0)
  })

  it("gets nothing at all where one of the scopes was not delegated", async () => {
    const server = await domain()
    const { status, json } = await asserted(server, { scope: `${insertScope} ${labelsScope}` })
    expect([status, json.error]).toEqual([401, "unauthorized_client"])
  })

  it.each([
    ["a stranger", { sub: "bob@elsewhere.example" }, "Invalid email or User ID"],
    ["something that is no address", { sub: "ann" }, "Not a valid email."],
    ["an hour and more", { exp: Math.floor(Date.now() / 1000) + 4000 }, /short-lived token/u],
    ["another server", { aud: "https://example.org/token" }, /audience/u],
    ["another account", { iss: "other@example.org" }, "Invalid JWT Signature."]
  ])("is refused an assertion for %s", async (_, changes, description) => {
    const server = await domain()
    const { status, json } = await asserted(server, changes)
    expect([status, json.error]).toEqual([400, "invalid_grant"])
    expect(json.error_description).toMatch(description)
  })

  it("is refused an assertion signed by another key", async () => {
    const server = await domain()
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
    expect((await asserted(server, {}, pem)).json.error_description).toBe("Invalid JWT Signature.")
  })

  it("has no mailbox of its own, and finds none where Gmail is off", async () => {
    const server = await domain()
    const own = await asserted(server, { sub: undefined })
    const token = own.json.access_token
    const refused = await call(server, "GET", "labels", { token })
    expect([refused.status, refused.json.error.message]).toEqual([400, "Precondition check failed."])
    const robot = await asserted(server, { sub: "robot@example.org" })
    const off = await call(server, "GET", "labels", { token: robot.json.access_token })
    expect([off.status, off.json.error.message]).toEqual([400, "Mail service not enabled"])
  })
})
