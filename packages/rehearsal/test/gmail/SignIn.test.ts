import { createPublicKey, createVerify } from "node:crypto"

import { describe, expect, it } from "vitest"

import { call, started } from "./GmailForTest.ts"
import {
  consented,
  consentPath,
  exchanged,
  insertScope,
  labelsScope,
  postForm,
  redirectUri,
  ticked
} from "./SignInForTest.ts"

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())

describe("the consent page", () => {
  it("shows the account and a ticked box for each right, but none for who one is", async () => {
    const server = await started({ users: ["ann@example.org"] })
    const { status, text } = await call(
      server,
      "GET",
      consentPath(server, { login_hint: "ann@example.org" }),
      {
        token: ""
      }
    )
    expect(status).toBe(200)
    expect(ticked(text, "account")).toEqual(["ann@example.org"])
    expect(ticked(text, "scope")).toEqual([insertScope, labelsScope])
    expect(text).toContain("Add emails into your Gmail mailbox")
    expect(text).toMatch(/<button[^>]*value="allow">Allow<[^]*<button[^>]*value="cancel">Cancel</u)
  })

  it("sends the browser back with the state and a code, or with access_denied", async () => {
    const server = await started()
    const allowed = await consented(server, consentPath(server))
    expect(allowed.origin + allowed.pathname).toBe(redirectUri)
    expect(allowed.searchParams.get("state")).toBe("st&te")
    expect(allowed.searchParams.get("code")).toMatch(/^4\/0A/u)
    const cancelled = await consented(server, consentPath(server), { action: "cancel" })
    expect(cancelled.searchParams.get("error")).toBe("access_denied")
    expect(cancelled.searchParams.get("state")).toBe("st&te")
    expect(cancelled.searchParams.has("code")).toBe(false)
  })

  it("takes an answer once", async () => {
    const server = await started()
    const { text } = await call(server, "GET", consentPath(server), { token: "" })
    const fields = { request: ticked(text, "request")[0] ?? "", account: server.user, action: "allow" }
    expect((await postForm(server, "/o/oauth2/v2/auth/consent", fields)).status).toBe(302)
    expect((await postForm(server, "/o/oauth2/v2/auth/consent", fields)).status).toBe(400)
  })

  it.each([
    [
      "a redirect to another computer",
      { redirect_uri: "https://evil.example/" },
      400,
      "redirect_uri_mismatch"
    ],
    [
      "a loopback look-alike",
      { redirect_uri: "http://127.0.0.1.evil.example/" },
      400,
      "redirect_uri_mismatch"
    ],
    ["an unknown client", { client_id: "other" }, 401, "invalid_client"],
    ["an unknown scope", { scope: "https://example.org/all" }, 400, "invalid_scope"],
    ["no scope", { scope: "" }, 400, "invalid_request"],
    ["another response type", { response_type: "token" }, 400, "unsupported_response_type"],
    ["an unknown challenge method", { code_challenge_method: "S1" }, 400, "invalid_request"]
  ])("tells the person and not the application of %s", async (_, changes, status, error) => {
    const server = await started()
    const answer = await call(server, "GET", consentPath(server, changes), { token: "" })
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(`Error ${status}: ${error}`)
    expect(answer.headers.has("location")).toBe(false)
  })
})

it("answers an application that wants no page that it needs one", async () => {
  const server = await started()
  const answer = await call(server, "GET", consentPath(server, { prompt: "none" }), { token: "" })
  const back = new URL(answer.headers.get("location") ?? "")
  expect([back.searchParams.get("error"), back.searchParams.get("state")]).toEqual([
    "interaction_required",
    "st&te"
  ])
})

describe("the code", () => {
  it("buys tokens, the scopes that were granted, and who it was", async () => {
    const server = await started({ users: ["ann@example.org"] })
    const back = await consented(server, consentPath(server), {
      account: "ann@example.org",
      untick: [labelsScope]
    })
    const { status, json } = await exchanged(server, back.searchParams.get("code") ?? "")
    expect(status).toBe(200)
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3599, refresh_token: expect.any(String) })
    expect(json.scope.split(" ")).toContain(insertScope)
    expect(json.scope.split(" ")).not.toContain(labelsScope)
    expect(claimsOf(json.id_token)).toMatchObject({
      iss: "https://accounts.google.com",
      aud: server.client.id,
      email: "ann@example.org"
    })
    const who = await call(server, "GET", "/userinfo", { token: json.access_token })
    expect(who.json).toMatchObject({ email: "ann@example.org", email_verified: true })
    const labels = await call(server, "GET", "labels", { token: json.access_token })
    expect([labels.status, labels.json.error.errors[0].reason]).toEqual([403, "insufficientPermissions"])
  })

  it("buys an id_token that the published key has signed, and tokens that can be asked about", async () => {
    const server = await started()
    const back = await consented(server, consentPath(server, { nonce: "n0nce" }))
    const { json } = await exchanged(server, back.searchParams.get("code") ?? "")
    const { keys } = (await call(server, "GET", "/oauth2/v3/certs", { token: "" })).json
    const [header = "", claims = "", signature = ""] = json.id_token.split(".")
    const signed = createVerify("RSA-SHA256").update(`${header}.${claims}`)
    const key = createPublicKey({ key: keys[0], format: "jwk" })
    expect(signed.verify(key, signature, "base64url")).toBe(true)
    expect(claimsOf(json.id_token)).toHaveProperty("nonce", "n0nce")
    const info = await postForm(server, "/tokeninfo", { access_token: json.access_token })
    expect(info.json).toMatchObject({ aud: server.client.id, email: "you@gmail.com", scope: json.scope })
    server.expireTokens()
    const after = await postForm(server, "/tokeninfo", { access_token: json.access_token })
    expect([after.status, after.json.error]).toEqual([400, "invalid_token"])
  })

  it("is good once, for its client and its redirect", async () => {
    const server = await started()
    const code = async () => (await consented(server, consentPath(server))).searchParams.get("code") ?? ""
    const used = await code()
    expect((await exchanged(server, used)).status).toBe(200)
    expect((await exchanged(server, used)).json).toEqual({
      error: "invalid_grant",
      error_description: "Bad Request"
    })
    expect((await exchanged(server, "4/bogus")).json).toEqual({
      error: "invalid_grant",
      error_description: "Malformed auth code."
    })
    const elsewhere = await exchanged(server, await code(), { redirect_uri: "http://127.0.0.1:1/" })
    expect(elsewhere.json.error).toBe("redirect_uri_mismatch")
  })

  it("is worth nothing without its verifier, and spent by the wrong one", async () => {
    const server = await started()
    const back = await consented(server, consentPath(server))
    const code = back.searchParams.get("code") ?? ""
    const wrong = await exchanged(server, code, { code_verifier: "another" })
    expect([wrong.status, wrong.json.error_description]).toEqual([400, "Invalid code verifier."])
    expect((await exchanged(server, code)).status).toBe(400)
    const again = (await consented(server, consentPath(server))).searchParams.get("code") ?? ""
    const without = await exchanged(server, again, { code_verifier: "" })
    expect(without.json.error).toBe("invalid_grant")
  })

  it.each([
    ["no secret", { client_secret: "" }, 400, "client_secret is missing."],
    ["the wrong secret", { client_secret: "guess" }, 401, "Unauthorized"],
    ["another client", { client_id: "other" }, 401, "The OAuth client was not found."]
  ])("is refused to a client with %s", async (_, changes, status, description) => {
    const server = await started()
    const answer = await exchanged(server, "4/any", changes)
    expect([answer.status, answer.json.error_description]).toEqual([status, description])
  })

  it("brings a refresh token with the first consent, and later only when asked to consent again", async () => {
    const server = await started()
    const tokens = async (changes: Record<string, string>) => {
      const back = await consented(server, consentPath(server, changes))
      return (await exchanged(server, back.searchParams.get("code") ?? "")).json
    }
    expect(await tokens({ access_type: "online" })).not.toHaveProperty("refresh_token")
    expect(await tokens({ prompt: "select_account" })).not.toHaveProperty("refresh_token")
    expect(await tokens({ prompt: "consent" })).toHaveProperty("refresh_token")
  })
})

describe("refreshing", () => {
  const refresh = (
    server: Awaited<ReturnType<typeof started>>,
    file: ReturnType<typeof server.authorizedUser>
  ) =>
    postForm(server, "/token", {
      grant_type: "refresh_token",
      refresh_token: file.refresh_token,
      client_id: file.client_id,
      client_secret: file.client_secret
    })

  it("gives a new access token with the same rights and no refresh token", async () => {
    const server = await started({ accessTokenSeconds: 60 })
    const { json } = await refresh(server, server.authorizedUser({ scopes: [insertScope] }))
    expect(json).toMatchObject({ scope: insertScope, expires_in: 59 })
    expect(json).not.toHaveProperty("refresh_token")
    expect((await call(server, "GET", "profile", { token: json.access_token })).status).toBe(403)
  })

  it("ends with invalid_grant once it was taken back, and the access tokens with it", async () => {
    const server = await started()
    const file = server.authorizedUser()
    const { json } = await refresh(server, file)
    expect((await call(server, "GET", "profile", { token: json.access_token })).status).toBe(200)
    server.revoke()
    expect((await call(server, "GET", "profile", { token: json.access_token })).status).toBe(401)
    const after = await refresh(server, file)
    expect([after.status, after.json]).toEqual([
      400,
      { error: "invalid_grant", error_description: "Token has been expired or revoked." }
    ])
  })

  it("ends for one application when it revokes its own token, by either of the two", async () => {
    const server = await started()
    const one = server.authorizedUser()
    const other = server.authorizedUser()
    const { json } = await refresh(server, one)
    expect((await postForm(server, "/revoke", { token: json.access_token })).status).toBe(200)
    expect((await refresh(server, one)).json.error).toBe("invalid_grant")
    expect((await refresh(server, other)).status).toBe(200)
    expect((await postForm(server, "/revoke", { token: other.refresh_token })).status).toBe(200)
    const again = await postForm(server, "/revoke", { token: other.refresh_token })
    expect([again.status, again.json.error]).toEqual([400, "invalid_token"])
  })

  it("kills the oldest of more than a hundred refresh tokens without a word", async () => {
    const server = await started()
    const files = Array.from({ length: 101 }, () => server.authorizedUser())
    expect((await refresh(server, files[0] ?? server.authorizedUser())).status).toBe(400)
    expect((await refresh(server, files[100] ?? server.authorizedUser())).status).toBe(200)
  })
})
