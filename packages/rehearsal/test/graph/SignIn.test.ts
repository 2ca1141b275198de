import { describe, expect, it } from "vitest"

import { call, started } from "./GraphForTest.ts"
import {
  aadsts,
  answered,
  authorizePath,
  claimsOf,
  exchanged,
  formOf,
  postForm,
  redirectUri,
  scope,
  tokens
} from "./SignInForTest.ts"

const inbox = "mailFolders/inbox"

describe("the page people agree on", () => {
  it("shows the accounts and what is asked for, and sends the answer by a form to loopback", async () => {
    const server = await started({ users: ["other@example.com"] })
    const page = await call(server, "GET", authorizePath(server, { login_hint: "Other@example.com" }), {
      token: ""
    })
    expect(page.text).toContain("Read and write access to your mail")
    expect(page.text).toContain(server.clientId)
    expect(formOf(page.text).fields["account"]).toBe("other@example.com")
    const back = await answered(server, authorizePath(server))
    expect(back).toMatchObject({ to: redirectUri, state: "st&te" })
    expect(back["code"]).toBeDefined()
  })

  it.each([
    ["query", "search"],
    ["fragment", "hash"]
  ] as const)("sends it by %s where that is asked for", async (mode, part) => {
    const server = await started()
    const page = await call(server, "GET", authorizePath(server, { response_mode: mode }), { token: "" })
    const form = formOf(page.text)
    const back = await postForm(server, form.action, { ...form.fields, action: "accept" })
    const url = new URL(back.headers.get("location") ?? "")
    expect(new URLSearchParams(url[part].slice(1)).get("code")).toBeTruthy()
  })

  it("sends access_denied where the person cancels", async () => {
    const server = await started()
    expect(await answered(server, authorizePath(server), "cancel")).toMatchObject({
      error: "access_denied",
      error_subcode: "cancel",
      state: "st&te"
    })
  })

  it("is answered once", async () => {
    const server = await started()
    const page = await call(server, "GET", authorizePath(server), { token: "" })
    const form = formOf(page.text)
    expect((await postForm(server, form.action, { ...form.fields, action: "accept" })).status).toBe(200)
    expect((await postForm(server, form.action, { ...form.fields, action: "accept" })).status).toBe(400)
  })

  it("says that an administrator is needed, until one agreed", async () => {
    const server = await started({ adminConsentNeeded: true })
    const page = await call(server, "GET", authorizePath(server), { token: "" })
    expect(page.text).toContain("Need admin approval")
    const refused = await answered(server, authorizePath(server), "back")
    expect(refused["error_description"]).toContain("AADSTS90094")
    const query = new URLSearchParams({ client_id: server.clientId, redirect_uri: redirectUri, state: "s" })
    const admin = await call(server, "GET", `/organizations/v2.0/adminconsent?${query.toString()}`, {
      token: ""
    })
    const form = formOf(admin.text)
    const back = await postForm(server, form.action, { ...form.fields, action: "accept" })
    const url = new URL(back.headers.get("location") ?? "")
    expect(url.searchParams.get("admin_consent")).toBe("True")
    expect(url.searchParams.get("tenant")).toBe(server.tenantId)
    expect((await answered(server, authorizePath(server)))["code"]).toBeDefined()
  })

  it.each([
    ["another application", { client_id: "x" }, 700016],
    ["a redirect to elsewhere", { redirect_uri: "https://example.com/" }, 50011],
    ["a redirect to no port", { redirect_uri: "http://localhost:99999/" }, 50011],
    ["an unknown permission", { scope: "Mail.Everything" }, 70011],
    ["an unknown way back", { response_mode: "post" }, 9002313]
  ])("is not shown for %s", async (_, changes, number) => {
    const server = await started()
    const page = await call(server, "GET", authorizePath(server, changes), { token: "" })
    expect(page.status).toBe(400)
    expect(page.text).toContain(`AADSTS${number}`)
  })

  it("is for the accounts that the authority is for", async () => {
    const work = await started()
    const home = await started({ personal: true })
    const status = async (server: typeof work, tenant: string) =>
      (await call(server, "GET", authorizePath(server, {}, tenant), { token: "" })).status
    expect(await status(work, "organizations")).toBe(200)
    expect(await status(work, "example.com")).toBe(200)
    expect(await status(work, "consumers")).toBe(400)
    expect(await status(home, "consumers")).toBe(200)
    expect(await status(home, "organizations")).toBe(400)
  })

  it("takes consent to two services at once, and the token that comes of it is for the first", async () => {
    const server = await started()
    const imap = "https://outlook.office.com/IMAP.AccessAsUser.All"
    const { code = "" } = await answered(server, authorizePath(server, { scope: `${scope} ${imap}` }))
    const { json } = await exchanged(server, code)
    expect(claimsOf(json.access_token)).toMatchObject({ aud: "https://graph.microsoft.com" })
    expect(json.scope).not.toContain("IMAP")
    const ask = { grant_type: "refresh_token", refresh_token: json.refresh_token }
    const second = await tokens(server, { ...ask, scope: imap })
    expect(claimsOf(second.json.access_token)).toMatchObject({ aud: "https://outlook.office.com" })
    expect(aadsts(await tokens(server, { ...ask, scope: `Mail.ReadWrite ${imap}` }))).toBe(28000)
  })

  it("cannot be answered silently", async () => {
    const server = await started()
    const page = await call(server, "GET", authorizePath(server, { prompt: "none" }), { token: "" })
    expect(formOf(page.text).fields["error"]).toBe("login_required")
  })
})

describe("tokens for a code", () => {
  it("are good for Graph, and say who it was", async () => {
    const server = await started()
    const { code = "" } = await answered(server, authorizePath(server))
    const { status, json } = await exchanged(server, code)
    expect(status).toBe(200)
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599 })
    expect(json.scope).not.toContain("offline_access")
    expect(claimsOf(json.id_token)).toMatchObject({
      aud: server.clientId,
      tid: server.tenantId,
      nonce: "n0nce",
      preferred_username: "you@example.com"
    })
    const info = JSON.parse(Buffer.from(json.client_info, "base64url").toString())
    expect(info).toEqual({ uid: claimsOf(json.id_token).oid, utid: server.tenantId })
    expect((await call(server, "GET", inbox, { token: json.access_token })).status).toBe(200)
  })

  it("are refused to who does not know the verifier, and the second time", async () => {
    const server = await started()
    const wrong = await answered(server, authorizePath(server))
    expect(aadsts(await exchanged(server, wrong["code"] ?? "", { code_verifier: "x".repeat(43) }))).toBe(
      501481
    )
    const right = await answered(server, authorizePath(server))
    expect((await exchanged(server, right["code"] ?? "")).status).toBe(200)
    expect(aadsts(await exchanged(server, right["code"] ?? ""))).toBe(54005)
  })

  it("are refused where the client shows a secret that it cannot keep, or another way back", async () => {
    const server = await started()
    const { code = "" } = await answered(server, authorizePath(server))
    expect(aadsts(await exchanged(server, code, { client_secret: "x" }))).toBe(700025)
    expect(aadsts(await exchanged(server, code, { redirect_uri: "http://localhost:1/" }))).toBe(50011)
  })

  it("are what nobody can read where the account is a personal one", async () => {
    const server = await started({ personal: true, user: "you@outlook.com" })
    const { code = "" } = await answered(server, authorizePath(server))
    const { json } = await exchanged(server, code)
    expect(json.access_token).toMatch(/^EwB[^.]+$/u)
    expect(server.tenantId).toBe("9188040d-6c67-4c5b-b112-36a304b66dad")
  })

  it("have no refresh token without offline_access", async () => {
    const server = await started()
    const { code = "" } = await answered(server, authorizePath(server, { scope: "Mail.ReadWrite" }))
    const { json } = await exchanged(server, code)
    expect([json.refresh_token, json.id_token]).toEqual([undefined, undefined])
  })
})

describe("refresh tokens", () => {
  const refresh = (
    server: Awaited<ReturnType<typeof started>>,
    token: string,
    more: Readonly<Record<string, string>> = {}
  ) => tokens(server, { grant_type: "refresh_token", refresh_token: token, scope, ...more })

  it("give another one each time", async () => {
    const server = await started()
    const first = server.refreshToken()
    const { status, json } = await refresh(server, first)
    expect(status).toBe(200)
    expect(json.refresh_token).not.toBe(first)
    expect((await refresh(server, json.refresh_token)).status).toBe(200)
  })

  it("give tokens for another service, where that was agreed to", async () => {
    const server = await started()
    const imap = "https://outlook.office.com/IMAP.AccessAsUser.All"
    const refused = await refresh(server, server.refreshToken(), { scope: imap })
    expect([aadsts(refused), refused.json.error, refused.json.suberror]).toEqual([
      65001,
      "invalid_grant",
      "consent_required"
    ])
    const { status, json } = await refresh(server, server.refreshToken({ scope: `${imap} offline_access` }), {
      scope: imap
    })
    expect(status).toBe(200)
    expect((await call(server, "GET", inbox, { token: json.access_token })).json.error.message).toContain(
      "audience"
    )
  })

  it("are worth nothing after a new password, and what came from them neither", async () => {
    const server = await started()
    const token = server.refreshToken()
    const { json } = await refresh(server, token)
    server.revoke()
    const answer = await refresh(server, token)
    expect([aadsts(answer), answer.json.error]).toEqual([50173, "invalid_grant"])
    expect((await call(server, "GET", inbox, { token: json.access_token })).status).toBe(401)
  })

  it("are refused for whatever reason a test wants", async () => {
    const server = await started()
    server.refuseTokens(50076)
    const answer = await refresh(server, server.refreshToken())
    expect(answer.json.error_description).toMatch(
      /^AADSTS50076: .* Trace ID: .* Correlation ID: .* Timestamp: /u
    )
    expect((await refresh(server, server.refreshToken())).status).toBe(200)
  })
})

describe("a device without a browser", () => {
  const begin = async (server: Awaited<ReturnType<typeof started>>) =>
    (await postForm(server, "/common/oauth2/v2.0/devicecode", { client_id: server.clientId, scope })).json

  const poll = (server: Awaited<ReturnType<typeof started>>, code: string) =>
    tokens(server, { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code })

  const agree = async (server: Awaited<ReturnType<typeof started>>, code: string, action: string) => {
    const page = await postForm(server, "/devicelogin", { user_code: code.toLowerCase() })
    const form = formOf(page.text)
    return postForm(server, form.action, { ...form.fields, action })
  }

  it("waits until the person has typed its code and agreed", async () => {
    const server = await started({ deviceCodeInterval: 0 })
    const device = await begin(server)
    expect(device).toMatchObject({
      verification_uri: `${server.url}/devicelogin`,
      expires_in: 900,
      interval: 0
    })
    expect(device.message).toContain(device.user_code)
    expect((await poll(server, device.device_code)).json.error).toBe("authorization_pending")
    await agree(server, device.user_code, "accept")
    const { status, json } = await poll(server, device.device_code)
    expect(status).toBe(200)
    expect((await call(server, "GET", inbox, { token: json.access_token })).status).toBe(200)
  })

  it("is told to slow down, that the person declined, or that the code is too old", async () => {
    const server = await started({ deviceCodeInterval: 60 })
    const device = await begin(server)
    await poll(server, device.device_code)
    expect((await poll(server, device.device_code)).json.error).toBe("slow_down")
    await agree(server, device.user_code, "cancel")
    expect((await poll(server, device.device_code)).json.error).toBe("authorization_declined")
    const other = await begin(server)
    server.expireDeviceCodes()
    expect((await poll(server, other.device_code)).json.error).toBe("expired_token")
    expect((await poll(server, "x")).json.error).toBe("bad_verification_code")
  })

  it("is stopped by conditional access in front of the person only", async () => {
    const server = await started()
    server.blockDeviceCode()
    const device = await begin(server)
    const page = await postForm(server, "/devicelogin", { user_code: device.user_code })
    expect(page.text).toContain("AADSTS53003")
    expect((await poll(server, device.device_code)).json.error).toBe("authorization_pending")
  })
})

describe("the documents that say where everything is", () => {
  it("name this server, and Microsoft's issuer", async () => {
    const server = await started()
    const { json } = await call(server, "GET", "/common/v2.0/.well-known/openid-configuration", { token: "" })
    expect(json).toMatchObject({
      token_endpoint: `${server.url}/common/oauth2/v2.0/token`,
      authorization_endpoint: `${server.url}/common/oauth2/v2.0/authorize`,
      issuer: "https://login.microsoftonline.com/{tenantid}/v2.0"
    })
    const keys = await call(server, "GET", json.jwks_uri, { token: "" })
    expect(keys.json.keys[0].kty).toBe("RSA")
    const query =
      "api-version=1.1&authorization_endpoint=https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    const instance = await call(server, "GET", `/common/discovery/instance?${query}`, { token: "" })
    expect(instance.json.metadata[0].aliases).toContain("login.microsoftonline.com")
    expect(instance.json.tenant_discovery_endpoint).toContain(server.url)
  })

  it("fail with the service when a test wants it", async () => {
    const server = await started()
    server.serverError(503, 1, ({ path }) => path.endsWith("/token"))
    expect((await tokens(server, { grant_type: "refresh_token" })).status).toBe(503)
  })
})
