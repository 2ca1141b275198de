import { Effect } from "effect"
import { describe, expect, it } from "vitest"

import type { SeenRequest } from "../../src/http/SeenRequest.ts"
import { graphScoped } from "../../src/RehearsalGraphScoped.ts"
import { call, create, property, readAndNotDraft, started } from "./GraphForTest.ts"

describe("faults", () => {
  it("cut the connection when the message is there already", async () => {
    const server = await started()
    server.commitThenDrop()
    await expect(create(server)).rejects.toThrow()
    expect(server.account.messages).toHaveLength(1)
    expect((await create(server)).status).toBe(201)
  })

  it("cut the connection before anything is there", async () => {
    const server = await started()
    server.dropBeforeCommit()
    await expect(create(server)).rejects.toThrow()
    expect(server.account.messages).toEqual([])
  })

  it("answer with an error though the message is there", async () => {
    const server = await started()
    server.commitThenFail(504)
    const answer = await create(server)
    expect([answer.status, answer.code, server.account.messages.length]).toEqual([
      504,
      "ErrorTimeoutExpired",
      1
    ])
  })

  it.each([
    [7, "7"],
    [400, "400"],
    ["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"],
    [undefined, null]
  ])("throttle with Retry-After %j", async (after, expected) => {
    const server = await started()
    server.throttle("IncomingBytes", after)
    const answer = await create(server)
    expect([answer.status, answer.code, answer.headers.get("retry-after")]).toEqual([
      429,
      "ApplicationThrottled",
      expected
    ])
    expect(server.account.messages).toEqual([])
  })

  it("count who does not wait for as long as was said", async () => {
    const server = await started()
    server.throttle("MailboxConcurrency", 100, 1)
    await create(server)
    await create(server)
    expect(server.stats).toMatchObject({ throttled: 1, heedless: 1 })
  })

  it.each([500, 502, 503, 504] as const)("answer %i, by themselves or for some requests", async (status) => {
    const server = await started()
    server.serverError(status, 1, ({ call: name }) => name === "mailFolders.get")
    expect((await create(server)).status).toBe(201)
    expect((await call(server, "GET", "mailFolders/inbox")).status).toBe(status)
    expect((await call(server, "GET", "mailFolders/inbox")).status).toBe(200)
  })

  it("answer without a body, or with a page", async () => {
    const server = await started()
    server.emptyError(503, 1, undefined, 5)
    const empty = await create(server)
    expect([empty.status, empty.text, empty.headers.get("retry-after")]).toEqual([503, "", "5"])
    server.htmlError()
    const html = await create(server)
    expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html; charset=UTF-8"])
  })

  it("refuse for as long as a conflict lasts", async () => {
    const server = await started()
    const { json } = await create(server)
    server.conflict(2)
    server.conflict(1, undefined, 412)
    const change = () => call(server, "PATCH", `messages/${json.id}`, { body: { isRead: false } })
    const codes = [await change(), await change(), await change(), await change()].map(({ status }) => status)
    expect(codes).toEqual([409, 409, 412, 200])
  })

  it("answer 200 where it should be 201, with and without the message", async () => {
    const server = await started()
    server.okInsteadOfCreated()
    const there = await create(server)
    expect([there.status, server.account.messages.length]).toEqual([200, 1])
    server.vanish()
    const gone = await create(server)
    expect([gone.status, gone.text, server.account.messages.length]).toEqual([200, "", 1])
  })

  it("find a mailbox, a folder or a message too full", async () => {
    const server = await started()
    server.mailboxFull()
    expect((await create(server)).code).toBe("ErrorQuotaExceeded")
    server.mailboxFull(false)
    server.folderFull("inbox")
    expect((await create(server)).code).toBe("ErrorMessagePerFolderCountReceiveQuotaExceeded")
    expect((await create(server, {}, "archive")).status).toBe(201)
    server.messageTooLarge()
    expect((await create(server, {}, "archive")).code).toBe("ErrorMessageSizeExceeded")
  })

  it.each([
    ["0x007D", { singleValueExtendedProperties: [readAndNotDraft, property("String 0x007D", "A: b\r\n")] }],
    ["xHeaders", { internetMessageHeaders: [{ name: "x-a", value: "b" }] }],
    ["replyTo", { replyTo: [{ emailAddress: { address: "a@x.org" } }] }]
  ] as const)("refuse what has %s, step by step of the ladder", async (offence, changes) => {
    const server = await started()
    server.refuse(offence)
    expect((await create(server, changes)).status).toBe(400)
    expect((await create(server)).status).toBe(201)
  })

  it("refuse the sender, everything, or what a test looks for", async () => {
    const server = await started()
    server.refuse("sender", "ErrorInvalidRecipients")
    expect((await create(server)).code).toBe("ErrorInvalidRecipients")
    expect((await create(server, { sender: undefined })).status).toBe(201)
    server.behave()
    server.refuse(({ subject }) => subject === "Bad")
    expect((await create(server)).status).toBe(201)
    expect((await create(server, { subject: "Bad" })).code).toBe("ErrorInvalidProperty")
    server.refuse("everything")
    expect((await create(server)).status).toBe(400)
  })

  it("leave a client without an answer", async () => {
    const server = await started()
    server.hang()
    const signal = AbortSignal.timeout(50)
    await expect(
      fetch(`${server.url}/v1.0/me`, { headers: { authorization: `Bearer ${server.token}` }, signal })
    ).rejects.toThrow()
    expect((await call(server, "GET", "/v1.0/me")).status).toBe(200)
  })

  it("let a test look at each request, and end it", async () => {
    const server = await started()
    const seen: Array<string> = []
    server.onRequest(({ call: name }: SeenRequest, phase) => {
      seen.push(`${name ?? ""} ${phase} ${server.account.messages.length}`)
      return phase === "committed" ? "drop" : undefined
    })
    await expect(create(server)).rejects.toThrow()
    expect(seen).toEqual(["messages.create arrived 0", "messages.create committed 1"])
    server.behave()
    expect((await create(server)).status).toBe(201)
  })

  it("read bodies as slowly as is said: a client gives up before all was read", async () => {
    const server = await started()
    server.slowRead(1)
    const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" }
    const options = { method: "POST", headers, body: "{}", signal: AbortSignal.timeout(50) }
    await expect(fetch(`${server.url}/v1.0/me/messages`, options)).rejects.toThrow()
    expect(server.account.messages).toEqual([])
  })

  it("end with the scope", async () => {
    const url = await Effect.runPromise(Effect.scoped(Effect.map(graphScoped(), (server) => server.url)))
    await expect(fetch(`${url}/v1.0/me`)).rejects.toThrow()
  })
})
