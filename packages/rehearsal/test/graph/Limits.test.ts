import { describe, expect, it } from "vitest"

import { RateWindow } from "../../src/graph/RateWindow.ts"
import { call, create, started } from "./GraphForTest.ts"

const retryAfter = (headers: Headers | undefined): number => Number(headers?.get("retry-after"))

describe("the limits of a mailbox", () => {
  it("let four requests in at once, and the fifth is throttled", async () => {
    // Long enough for all five to be on their way, however busy the machine is.
    const server = await started({ latencyMillis: 2000 })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call(server, "GET", "mailFolders/inbox"))
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(1)
    expect(refused[0]?.code).toBe("ApplicationThrottled")
    expect(refused[0]?.json.error.message).toBe("Application is over its MailboxConcurrency limit.")
    expect(retryAfter(refused[0]?.headers)).toBe(1)
    expect(server.stats).toMatchObject({ throttled: 1, peakPerMailbox: 4 })
  })

  it("count a request no longer once it was answered, refused ones too", async () => {
    const server = await started({ concurrentPerMailbox: 1 })
    for (const path of ["mailFolders/inbox", "messages/none", "mailFolders/inbox"]) {
      expect((await call(server, "GET", path)).status).not.toBe(429)
    }
    server.commitThenDrop()
    await expect(create(server)).rejects.toThrow()
    expect((await call(server, "GET", "mailFolders/inbox")).status).toBe(200)
  })

  it("are each mailbox's own", async () => {
    const server = await started({ latencyMillis: 60, concurrentPerMailbox: 1, users: ["other@example.com"] })
    const token = server.issueToken({ user: "other@example.com" })
    const answers = await Promise.all([
      call(server, "GET", "mailFolders/inbox"),
      call(server, "GET", "mailFolders/inbox", { token })
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })

  it("count requests, refused ones too, and tell when there is room", async () => {
    const server = await started({ requestsPer10Minutes: 2 })
    await call(server, "GET", "mailFolders/inbox")
    await call(server, "GET", "mailFolders/inbox")
    const third = await call(server, "GET", "mailFolders/inbox")
    expect([third.status, third.json.error.message]).toEqual([
      429,
      "Application is over its MailboxRequests limit."
    ])
    expect(retryAfter(third.headers)).toBeGreaterThan(590)
    expect(server.stats.heedless).toBe(0)
    await call(server, "GET", "mailFolders/inbox")
    expect(server.stats.heedless).toBe(1)
  })

  it("count the bytes of what is sent, as they are on the wire", async () => {
    const server = await started({ octetsPer5Minutes: 5000 })
    const body = { contentType: "text", content: "x".repeat(2000) }
    expect((await create(server, { body })).status).toBe(201)
    const sent = server.stats.incomingBytes
    expect(sent).toBe(server.requests[0]?.bodyBytes)
    expect((await create(server, { body })).status).toBe(201)
    const third = await create(server, { body })
    expect([third.status, third.json.error.message]).toEqual([
      429,
      "Application is over its IncomingBytes limit."
    ])
    expect(retryAfter(third.headers)).toBeGreaterThan(290)
    expect(server.account.messages).toHaveLength(2)
    expect((await call(server, "GET", "messages")).status).toBe(200)
  })

  it("forget faster with a faster clock, while Retry-After stays in seconds of the real one", async () => {
    const server = await started({ requestsPer10Minutes: 1, clockScale: 600 })
    await call(server, "GET", "mailFolders/inbox")
    const { status, headers } = await call(server, "GET", "mailFolders/inbox")
    expect([status, retryAfter(headers)]).toEqual([429, 1])
  })

  it("end with the mailbox's quota", async () => {
    const server = await started({ mailboxQuota: 20_000 })
    expect((await create(server)).status).toBe(201)
    const large = { contentType: "text", content: "x".repeat(20_000) }
    const answer = await create(server, { body: large })
    expect([answer.status, answer.code]).toEqual([507, "ErrorQuotaExceeded"])
  })

  it("end with the number of messages a folder takes", async () => {
    const server = await started({ folderItemLimit: 1 })
    await create(server)
    expect((await create(server)).code).toBe("ErrorMessagePerFolderCountReceiveQuotaExceeded")
    expect((await create(server, {}, "archive")).status).toBe(201)
  })

  it("end at 4 MB for one request", async () => {
    const server = await started()
    const body = { contentType: "html", content: "x".repeat(4_194_304) }
    const answer = await create(server, { body })
    expect([answer.status, server.account.messages.length]).toEqual([413, 0])
  })
})

describe("a window of time", () => {
  it("has room again when what was spent first is forgotten", async () => {
    const window = new RateWindow(10, 1000, 1000)
    window.add(6)
    window.add(4)
    expect(window.wait(1)).toBeGreaterThan(0)
    await expect.poll(() => window.wait(10)).toBe(0)
  })

  it("waits its whole length for what never fits", () => {
    expect(new RateWindow(10, 1000, 10).wait(11)).toBe(100)
  })
})
