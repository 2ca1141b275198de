import { afterEach, describe, expect, it, vi } from "vitest"

import { QuotaMinute } from "../../src/gmail/QuotaMinute.ts"
import { call, importMail, mail, started } from "./GmailForTest.ts"

afterEach(() => {
  vi.useRealTimers()
})

/** A user's quota exceeded, to the letter. */
const exceeded = {
  code: 403,
  message:
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:123456789012'.",
  errors: [{ message: expect.any(String), domain: "usageLimits", reason: "rateLimitExceeded" }]
}

describe("the quota", () => {
  it("charges each call its price, and what it refuses nothing", async () => {
    const server = await started({ quotaPerMinute: 100 })
    await call(server, "GET", "profile")
    await call(server, "GET", "labels")
    const { json } = await importMail(server, mail({}))
    await call(server, "GET", `messages/${json.id}?format=minimal`)
    await call(server, "GET", "messages")
    await call(server, "POST", "labels", { body: { name: "x" } })
    expect(server.stats.units).toBe(1 + 1 + 25 + 20 + 5 + 5)
    for (let times = 0; times < 2; times += 1) await importMail(server, mail({}))
    expect(server.stats).toMatchObject({ units: 82, refused: 1, refusedByQuota: 1, stored: 2 })
    const refused = await call(server, "GET", `messages/${json.id}`)
    expect([refused.status, refused.json.error]).toEqual([403, expect.objectContaining(exceeded)])
    expect((await call(server, "GET", "labels")).status).toBe(200)
  })

  it("is each user's own, and all users' of a project together", async () => {
    const server = await started({
      users: ["ann@example.org"],
      quotaPerMinute: 25,
      quotaPerMinuteAndProject: 26
    })
    expect((await importMail(server, mail({}))).status).toBe(200)
    const token = server.issueToken({ user: "ann@example.org" })
    expect((await call(server, "GET", "labels", { token })).status).toBe(200)
    const { json } = await call(server, "GET", "labels", { token })
    expect(json.error.message).toContain("limit 'Queries per minute' of service")
  })

  it("of a minute comes back when the minute is over, which can be shorter than a minute", () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    const quota = new QuotaMinute(100, undefined, 60)
    expect(quota.take(60)).toBe(true)
    vi.advanceTimersByTime(600)
    expect([quota.take(40), quota.take(1)]).toEqual([true, false])
    vi.advanceTimersByTime(399)
    expect(quota.take(1)).toBe(false)
    vi.advanceTimersByTime(1)
    expect([quota.take(60), quota.take(1)]).toEqual([true, false])
  })

  it("of a bucket comes back bit by bit, and never more than the bucket holds", () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    const quota = new QuotaMinute(6000, 50, 1)
    expect([quota.take(50), quota.take(1)]).toEqual([true, false])
    vi.advanceTimersByTime(250)
    expect([quota.take(25), quota.take(1)]).toEqual([true, false])
    vi.advanceTimersByTime(3_600_000)
    expect([quota.take(50), quota.take(1)]).toEqual([true, false])
  })

  it("says too many at once from a number of calls in flight on", async () => {
    const server = await started({ concurrentPerUser: 3 })
    const gate = Promise.withResolvers<undefined>()
    server.onRequest((_, phase) => (phase === "committed" ? gate.promise : undefined))
    const held = [1, 2, 3].map(() => call(server, "GET", "labels"))
    while (server.stats.inFlight < 3) await new Promise(setImmediate)
    const refused = await call(server, "GET", "labels")
    expect([refused.status, refused.json.error.message]).toEqual([
      429,
      "Too many concurrent requests for user"
    ])
    gate.resolve(undefined)
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(server.stats.peakInFlight).toBe(4)
    expect((await call(server, "GET", "labels")).status).toBe(200)
  })
})

describe("a hold", () => {
  const until = (message: string): number =>
    Date.parse(/^User-rate limit exceeded\. {2}Retry after (\S+Z)$/u.exec(message)?.[1] ?? "")

  it("names its end, and is over then", async () => {
    const server = await started()
    const now = Date.parse("2026-11-21T12:00:00.000Z")
    vi.useFakeTimers({ toFake: ["Date"], now })
    server.retryAfter(90_000)
    const { status, json } = await call(server, "GET", "labels")
    expect([status, json.error.status, json.error.errors[0].reason]).toEqual([
      429,
      "RESOURCE_EXHAUSTED",
      "rateLimitExceeded"
    ])
    expect(until(json.error.message)).toBe(now + 90_000)
    vi.setSystemTime(now + 90_000)
    expect((await call(server, "GET", "labels")).status).toBe(200)
    expect(server.holdViolations()).toBe(0)
  })

  it("lasts a quarter of an hour longer for each request that does not wait, and holds one user only", async () => {
    const server = await started({ users: ["ann@example.org"] })
    const now = Date.parse("2026-11-21T12:00:00.000Z")
    const end = now + 60_000
    vi.useFakeTimers({ toFake: ["Date"], now })
    server.retryAfter(new Date(end).toISOString())
    const told = async () => until((await call(server, "GET", "labels")).json.error.message)
    // The second is as close to the first as one that was under way already.
    expect([await told(), await told()]).toEqual([end, end])
    vi.setSystemTime(now + 1000)
    expect(await told()).toBe(end + 900_000)
    vi.setSystemTime(end)
    expect(await told()).toBe(end + 1_800_000)
    expect(server.holdViolations()).toBe(2)
    const token = server.issueToken({ user: "ann@example.org" })
    expect((await call(server, "GET", "labels", { token })).status).toBe(200)
    server.behave()
    expect((await call(server, "GET", "labels")).status).toBe(200)
  })
})
