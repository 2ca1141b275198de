import { describe, expect, it } from "vitest"

import { call, create, letter, started } from "./GraphForTest.ts"

const inbox = "mailFolders/inbox"

describe("who may do what", () => {
  it.each([
    ["no token", "", "Access token is empty."],
    ["something else", "abc", "IDX14100"],
    ["a token of another's", "a.b.c", "Invalid signature"]
  ])("is asked first: %s is refused", async (_, token, words) => {
    const server = await started()
    const answer = await call(server, "GET", inbox, { token })
    expect([answer.status, answer.code]).toEqual([401, "InvalidAuthenticationToken"])
    expect(answer.json.error.message).toContain(words)
    expect(answer.headers.get("www-authenticate")).toContain("authorization_uri")
  })

  it("does not go to a token whose time is over", async () => {
    const server = await started()
    const token = server.issueToken({ seconds: 0 })
    const answer = await call(server, "GET", inbox, { token })
    expect([answer.status, answer.code]).toEqual([401, "InvalidAuthenticationToken"])
    expect(answer.json.error.message).toContain("expired")
    server.expireTokens()
    expect((await call(server, "GET", inbox)).status).toBe(401)
    expect((await call(server, "GET", inbox, { token: server.issueToken() })).status).toBe(200)
  })

  it("does not go to a token for another service", async () => {
    const server = await started()
    const token = server.issueToken({
      audience: "https://outlook.office.com",
      scopes: ["IMAP.AccessAsUser.All"]
    })
    expect((await call(server, "GET", inbox, { token })).json.error.message).toContain("Invalid audience")
  })

  it.each([
    ["reading", "GET", inbox, "Mail.Read", 200],
    ["writing with a right to read", "POST", "messages", "Mail.Read", 403],
    ["writing", "POST", "messages", "Mail.ReadWrite", 201],
    ["categories with mail's right", "GET", "outlook/masterCategories", "Mail.ReadWrite", 403],
    ["categories", "GET", "outlook/masterCategories", "MailboxSettings.ReadWrite", 200]
  ])("depends on the permissions: %s", async (_, method, path, scope, status) => {
    const server = await started()
    const token = server.issueToken({ scopes: [scope] })
    const answer = await call(server, method, path, {
      token,
      ...(method === "POST" ? { body: letter() } : {})
    })
    expect(answer.status).toBe(status)
    expect(answer.code).toBe(status === 403 ? "ErrorAccessDenied" : undefined)
  })

  it("tells an account's other addresses to who asks for them, where an organisation knows them", async () => {
    const users = [{ address: "ann@example.com", aliases: ["a.smith@example.com"] }]
    const asked = async (server: Awaited<ReturnType<typeof started>>, query: string) => {
      const token = server.issueToken({ user: "ann@example.com" })
      const answer = await call(server, "GET", query, { token })
      return answer.json.proxyAddresses as unknown
    }
    const work = await started({ users })
    const query = "/v1.0/me?$select=proxyAddresses"
    expect(await asked(work, query)).toEqual(["SMTP:ann@example.com", "smtp:a.smith@example.com"])
    expect(await asked(work, "/v1.0/me")).toBeUndefined()
    expect(await asked(await started({ users, personal: true }), query)).toBeUndefined()
  })

  it("tells an account who it is with User.Read only", async () => {
    const server = await started()
    const me = await call(server, "GET", "/v1.0/me")
    expect(me.json).toMatchObject({
      mail: "you@example.com",
      userPrincipalName: "you@example.com",
      displayName: "You"
    })
    const token = server.issueToken({ scopes: ["Mail.ReadWrite"] })
    expect((await call(server, "GET", "/v1.0/me", { token })).code).toBe("Authorization_RequestDenied")
  })

  it("does not reach other mailboxes, unless they are shared and that right was given", async () => {
    const users = ["other@example.com", { address: "team@example.com", sharedWith: ["You@example.com"] }]
    const server = await started({ users })
    const shared = server.issueToken({ scopes: ["Mail.ReadWrite", "Mail.ReadWrite.Shared"] })
    const at = (user: string, token: string) => call(server, "GET", `/v1.0/users/${user}/${inbox}`, { token })
    expect((await at("you@example.com", server.token)).status).toBe(200)
    expect((await at("team@example.com", server.token)).status).toBe(403)
    expect((await at("team@example.com", shared)).status).toBe(200)
    expect((await at("other@example.com", shared)).status).toBe(403)
  })

  it("is for applications by themselves where they name the mailbox", async () => {
    const server = await started({ users: ["other@example.com"] })
    const token = server.issueToken({ app: true })
    expect((await call(server, "GET", inbox, { token })).json.error.message).toContain(
      "delegated authentication flow"
    )
    expect((await call(server, "GET", `/v1.0/users/other@example.com/${inbox}`, { token })).status).toBe(200)
    const nobody = await call(server, "GET", `/v1.0/users/nobody@example.com/${inbox}`, { token })
    expect([nobody.status, nobody.code]).toEqual([404, "ErrorInvalidUser"])
  })

  it("is limited to mailboxes that an administrator picked for the application", async () => {
    const server = await started({ users: ["other@example.com"], appOnlyMailboxes: ["you@example.com"] })
    const token = server.issueToken({ app: true })
    expect((await call(server, "GET", `/v1.0/users/you@example.com/${inbox}`, { token })).status).toBe(200)
    const answer = await call(server, "GET", `/v1.0/users/other@example.com/${inbox}`, { token })
    expect([answer.status, answer.code]).toEqual([403, "ErrorAccessDenied"])
    expect(answer.json.error.message).toContain("AppOnly AccessPolicy")
  })

  it("ends where there is no mailbox", async () => {
    const server = await started({ users: [{ address: "none@example.com", hasMailbox: false }] })
    const token = server.issueToken({ user: "none@example.com" })
    const answer = await call(server, "GET", inbox, { token })
    expect([answer.status, answer.code]).toEqual([404, "MailboxNotEnabledForRESTAPI"])
    expect((await call(server, "GET", "/v1.0/me", { token })).json.mail).toBeNull()
  })

  it("answers every request with its id, and the client's with it", async () => {
    const server = await started()
    const headers = { "client-request-id": "11111111-2222-3333-4444-555555555555" }
    const good = await create(server)
    expect(good.headers.get("request-id")).toMatch(/^[0-9a-f-]{36}$/u)
    const bad = await call(server, "GET", "messages/none", { headers })
    expect(bad.headers.get("client-request-id")).toBe(headers["client-request-id"])
    expect(bad.json.error.innerError["client-request-id"]).toBe(headers["client-request-id"])
  })

  it("ends at what Graph has and this server has not, which it says", async () => {
    const server = await started()
    expect((await call(server, "GET", "events")).code).toBe("NotRehearsed")
    expect((await call(server, "GET", "mesages")).json.error.message).toContain("'mesages'")
    expect((await call(server, "GET", "/beta/me")).status).toBe(400)
  })
})
