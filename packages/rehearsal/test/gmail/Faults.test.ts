import { Effect } from "effect"
import { describe, expect, it } from "vitest"

import type { SeenRequest } from "../../src/http/SeenRequest.ts"
import { gmailScoped } from "../../src/RehearsalGmailScoped.ts"
import { beginUpload, call, importMail, mail, multipart, sendPieces, started } from "./GmailForTest.ts"

const one = mail({ "Message-ID": "<a@x>" })

describe("a fault", () => {
  it("stores and cuts, as often as asked, and a retry finds what is there", async () => {
    const server = await started()
    server.commitThenDrop(2)
    await expect(importMail(server, one)).rejects.toThrow("fetch failed")
    await expect(importMail(server, one)).rejects.toThrow("fetch failed")
    expect((await importMail(server, one)).json.id).toBe(server.account.messages[0]?.id)
    expect(server.account.messages).toHaveLength(1)
    expect(server.requests.map(({ status }) => status)).toEqual([undefined, undefined, 200])
  })

  it("stores and answers 503 with a page", async () => {
    const server = await started()
    server.commitThen503()
    const { status, headers } = await importMail(server, one)
    expect([status, headers.get("content-type")]).toEqual([503, "text/html; charset=UTF-8"])
    expect(server.account.messages).toHaveLength(1)
  })

  it("cuts without having stored", async () => {
    const server = await started()
    server.dropBeforeCommit()
    await expect(importMail(server, one)).rejects.toThrow("fetch failed")
    expect(server.account.messages).toEqual([])
    expect(server.requests[0]?.bodyBytes).toBeGreaterThan(one.length)
  })

  it("can be meant for some requests only, and ends with behave", async () => {
    const server = await started()
    server.html503(Infinity, ({ call: name }) => name === "labels.list")
    expect((await call(server, "GET", "profile")).status).toBe(200)
    const page = await call(server, "GET", "labels")
    expect([page.status, page.json, page.text]).toEqual([
      503,
      undefined,
      expect.stringContaining("<!DOCTYPE html>")
    ])
    server.behave()
    expect((await call(server, "GET", "labels")).status).toBe(200)
  })

  it.each([
    ["tooManyConcurrent", 429, "rateLimitExceeded", "Too many concurrent requests for user"],
    ["userRateLimit", 403, "userRateLimitExceeded", "User Rate Limit Exceeded"],
    ["resourceExhausted", 429, "rateLimitExceeded", "Resource has been exhausted (e.g. check quota)."],
    ["backendError", 500, "backendError", "Backend Error"],
    ["badRequest", 400, "badRequest", "Bad Request"],
    ["failedPrecondition", 400, "failedPrecondition", "Precondition check failed."]
  ] as const)("%s answers in Google's words, so many times", async (fault, code, reason, message) => {
    const server = await started()
    server[fault](2)
    for (let times = 0; times < 2; times += 1) {
      const { status, json } = await importMail(server, one)
      expect([status, json.error.errors[0].reason, json.error.message]).toEqual([code, reason, message])
    }
    expect((await importMail(server, one)).status).toBe(200)
    expect(server.account.messages).toHaveLength(1)
  })

  it.each([
    ["dailyLimit", "dailyLimitExceeded", "Daily Limit Exceeded"],
    ["disabledApi", "accessNotConfigured", "Gmail API has not been used in project 123456789012"],
    ["domainPolicy", "domainPolicy", "domain administrators"],
    ["storageFull", "storageQuotaExceeded", "storage quota"]
  ] as const)("%s lasts until it is turned off", async (fault, reason, message) => {
    const server = await started()
    server[fault]()
    for (let times = 0; times < 2; times += 1) {
      const { status, json } = await importMail(server, one)
      expect([status, json.error.errors[0].reason]).toEqual([403, reason])
      expect(json.error.message).toContain(message)
    }
    server[fault](false)
    expect((await importMail(server, one)).status).toBe(200)
  })

  it("refuses early, while the client still sends", async () => {
    const server = await started()
    server.earlyReject()
    const [begin = "", end = ""] = multipart(Buffer.from("@"), {}, "bb").toString().split("@")
    let sent = 0
    const pieces = async function* () {
      yield Buffer.from(begin)
      for (; server.requests[0]?.status === undefined; sent += 1) {
        yield Buffer.alloc(1000, "x")
        await new Promise(setImmediate)
      }
      yield Buffer.from(end)
    }
    const headers = { "content-type": "multipart/related; boundary=bb" }
    const path = "/upload/gmail/v1/users/me/messages/import?uploadType=multipart"
    expect((await sendPieces(server, path, headers, pieces())).status).toBe(400)
    expect(server.requests[0]?.bodyBytes).toBeLessThan(begin.length + sent * 1000 + end.length)
    expect((await importMail(server, one)).status).toBe(200)
  })

  it("reads slowly, without losing any of it", async () => {
    const server = await started()
    server.slowRead(2000)
    const stored = importMail(server, one)
    const quick = call(server, "GET", "labels")
    expect((await Promise.race([stored, quick])).json).toHaveProperty("labels")
    expect((await stored).status).toBe(200)
    expect(server.account.messages[0]?.raw).toEqual(one)
  })

  it("hangs without an answer until the client gives up", async () => {
    const server = await started()
    server.hang()
    const answer = fetch(`${server.url}/gmail/v1/users/me/labels`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: AbortSignal.timeout(50)
    })
    await expect(answer).rejects.toThrow("timeout")
    expect((await call(server, "GET", "labels")).status).toBe(200)
  })

  it("is none of the sign-in's unless it is meant for it", async () => {
    const server = await started()
    server.html503()
    const token = () => fetch(`${server.url}/token`, { method: "POST" })
    expect((await token()).status).toBe(400)
    server.behave()
    server.html503(1, ({ path }) => path === "/token")
    expect((await token()).status).toBe(503)
  })
})

describe("a hook", () => {
  it("sees each request as it arrives and once it was carried out, with its number and call", async () => {
    const server = await started()
    const seen: Array<string> = []
    server.onRequest((request: SeenRequest, phase) => {
      seen.push(`${request.number} ${phase} ${request.method} ${request.call}`)
      return undefined
    })
    await importMail(server, one)
    await call(server, "PUT", await beginUpload(server), { body: one })
    await call(server, "GET", "messages/19a0")
    expect(seen).toEqual([
      "1 arrived POST messages.import",
      "1 committed POST messages.import",
      "2 arrived POST messages.import",
      "3 arrived PUT messages.import",
      "3 committed PUT messages.import",
      "4 arrived GET messages.get"
    ])
  })

  it("may cut at a chosen request, before or after it is carried out, or answer itself", async () => {
    const server = await started()
    server.onRequest(({ number }, phase) => {
      if (number === 1 && phase === "arrived") return "drop"
      if (number === 2 && phase === "committed") return "drop"
      return number === 3 ? { status: 418, body: "{}" } : undefined
    })
    await expect(importMail(server, one)).rejects.toThrow("fetch failed")
    expect(server.account.messages).toHaveLength(0)
    await expect(importMail(server, one)).rejects.toThrow("fetch failed")
    expect(server.account.messages).toHaveLength(1)
    expect((await importMail(server, one)).status).toBe(418)
    expect((await importMail(server, one)).status).toBe(200)
  })
})

it("keeps a log of requests with the host they were meant for, and nothing of what they carried", async () => {
  const server = await started()
  await call(server, "GET", "/gmail/v1/users/me/labels?fields=labels(id)")
  expect(server.requests).toEqual([
    {
      number: 1,
      method: "GET",
      path: "/gmail/v1/users/me/labels",
      query: new URLSearchParams({ fields: "labels(id)" }),
      call: "labels.list",
      host: `127.0.0.1:${server.port}`,
      at: expect.any(Number),
      bodyBytes: 0,
      status: 200,
      reason: undefined
    }
  ])
})

it("lives as long as its scope", async () => {
  const url = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* gmailScoped({ user: "ann@example.org" })
        const answer = yield* Effect.promise(() => call(server, "GET", "profile"))
        expect(answer.json.emailAddress).toBe("ann@example.org")
        return server.url
      })
    )
  )
  await expect(fetch(url)).rejects.toThrow("fetch failed")
})
