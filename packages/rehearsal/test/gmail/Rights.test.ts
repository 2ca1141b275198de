import { describe, expect, it } from "vitest"

import { call, importMail, mail, started } from "./GmailForTest.ts"

const scope = (name: string): string => `https://www.googleapis.com/auth/gmail.${name}`

describe("a request without a good token", () => {
  it.each([
    ["none", {}, "Login Required.", "required"],
    ["another's", { authorization: "Bearer ya29.guessed" }, "Invalid Credentials", "authError"],
    ["no bearer's", { authorization: "Basic eW91OnB3" }, "Invalid Credentials", "authError"]
  ])("is refused with 401: %s", async (_, headers, message, reason) => {
    const server = await started()
    const { status, json } = await call(server, "GET", "profile", { token: "", headers })
    expect([status, json.error.status, json.error.errors]).toEqual([
      401,
      "UNAUTHENTICATED",
      [{ message, domain: "global", reason, location: "Authorization", locationType: "header" }]
    ])
  })

  it("is one whose token expired, by the clock or at once", async () => {
    const server = await started()
    const short = server.issueToken({ seconds: 0 })
    expect((await call(server, "GET", "profile", { token: short })).status).toBe(401)
    expect((await call(server, "GET", "profile")).status).toBe(200)
    server.expireTokens()
    expect((await call(server, "GET", "profile")).status).toBe(401)
    expect((await call(server, "GET", "profile", { token: server.issueToken() })).status).toBe(200)
  })
})

/** A call without its query. */
const nameOf = (verb: string, path: string): string => `${verb} ${path.split("?")[0]}`

describe("a token may do what its scopes say", () => {
  const message = "messages/19a0000000010f2b"
  const calls: ReadonlyArray<readonly [string, string, object?]> = [
    ["GET", "profile"],
    ["GET", "labels"],
    ["POST", "labels", { name: "x" }],
    ["GET", "messages"],
    ["GET", `${message}?format=minimal`],
    ["POST", `${message}/modify`, { addLabelIds: ["STARRED"] }],
    ["POST", "messages/import", { raw: mail({}).toString("base64url") }],
    ["POST", "drafts", { message: { raw: mail({}).toString("base64url") } }],
    ["GET", "history?startHistoryId=1000"],
    ["DELETE", message]
  ]

  it.each([
    [[scope("insert")], ["POST messages/import"]],
    [[scope("labels")], ["GET labels", "POST labels"]],
    [[scope("readonly")], ["GET profile", "GET labels", "GET messages", `GET ${message}`, "GET history"]],
    [[scope("metadata")], ["GET profile", "GET labels", "GET messages", `GET ${message}`, "GET history"]],
    [[scope("compose")], ["GET profile", "POST drafts"]],
    [
      [scope("modify")],
      calls.filter(([verb]) => verb !== "DELETE").map(([verb, path]) => nameOf(verb, path))
    ],
    [["https://mail.google.com/"], calls.map(([verb, path]) => nameOf(verb, path))],
    [["openid"], []]
  ])("%j", async (scopes, allowed) => {
    const server = await started()
    server.account.deposit(mail({}), ["INBOX"])
    const token = server.issueToken({ scopes })
    const outcomes = new Map<string, unknown>()
    for (const [verb, path, body] of calls) {
      const { status, json } = await call(server, verb, path, {
        token,
        ...(body === undefined ? {} : { body })
      })
      outcomes.set(nameOf(verb, path), status < 300 ? "done" : [status, json.error.errors[0].reason])
    }
    const refused = [403, "insufficientPermissions"]
    expect([...outcomes]).toEqual(
      calls.map(([verb, path]) => {
        const name = nameOf(verb, path)
        return [name, (allowed as ReadonlyArray<string>).includes(name) ? "done" : refused]
      })
    )
  })

  it("and gmail.metadata takes away what the others give", async () => {
    const server = await started()
    const { id } = server.account.deposit(mail({}), [])
    const token = server.issueToken({ scopes: [scope("metadata"), scope("modify")] })
    const search = await call(server, "GET", "messages?q=in:inbox", { token })
    expect([search.status, search.json.error.message]).toEqual([
      403,
      "Metadata scope does not support 'q' parameter"
    ])
    const raw = await call(server, "GET", `messages/${id}?format=raw`, { token })
    expect([raw.status, raw.json.error.message]).toEqual([403, "Metadata scope doesn't allow format RAW"])
    expect((await call(server, "GET", `messages/${id}?format=metadata`, { token })).status).toBe(200)
  })
})

describe("a mailbox", () => {
  it("is one's own, by `me` or by its address", async () => {
    const server = await started({ users: ["ann@example.org"] })
    const token = server.issueToken({ user: "ann@example.org" })
    await importMail(server, mail({}), { token })
    expect(server.accountOf("ann@example.org").messages).toHaveLength(1)
    const own = await call(server, "GET", "/gmail/v1/users/Ann%40example.org/profile", { token })
    expect(own.json).toMatchObject({ emailAddress: "ann@example.org", messagesTotal: 1, threadsTotal: 1 })
    const other = await call(server, "GET", "/gmail/v1/users/you@gmail.com/profile", { token })
    expect([other.status, other.json.error.message]).toEqual([403, "Delegation denied for ann@example.org"])
  })

  it("has no batch endpoint here, and no page where nothing is", async () => {
    const server = await started()
    const batch = await call(server, "POST", "/batch/gmail/v1", { body: "x" })
    expect([batch.status, batch.json.error.message]).toEqual([501, expect.stringContaining("batch")])
    expect((await call(server, "POST", "messages/send", { body: {} })).json.error.message).toContain(
      "messages/send"
    )
    expect((await call(server, "GET", "/gmail/v1/users/me/nothing")).status).toBe(404)
    expect((await call(server, "GET", "/gmail/v1/users/%zz/labels")).status).toBe(403)
    expect((await call(server, "GET", "/")).status).toBe(404)
  })
})
