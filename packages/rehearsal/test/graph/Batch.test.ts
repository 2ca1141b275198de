import { describe, expect, it } from "vitest"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { type Answer, call, letter, started } from "./GraphForTest.ts"

const batch = (server: RehearsalGraph, requests: ReadonlyArray<object | null>): Promise<Answer> =>
  call(server, "POST", "/v1.0/$batch", { body: { requests } })

const byId = ({ json }: Answer): Readonly<Record<string, any>> =>
  Object.fromEntries(json.responses.map((each: any) => [each.id, each]))

const inbox = (id: string, more: object = {}) => ({
  id,
  method: "GET",
  url: "/me/mailFolders/inbox",
  ...more
})

describe("a batch", () => {
  it("answers each of its requests by its id, whatever became of the others", async () => {
    const server = await started()
    const post = {
      method: "POST",
      url: "/me/mailFolders/inbox/messages",
      headers: { "Content-Type": "application/json" }
    }
    const answer = await batch(server, [
      { id: "a", ...post, body: letter() },
      { id: "b", ...post, body: { subjekt: 1 } },
      { id: "c", method: "GET", url: "/me/messages/none" }
    ])
    expect(answer.status).toBe(200)
    const { a, b, c } = byId(answer)
    expect([a.status, b.status, c.status]).toEqual([201, 400, 404])
    expect(a.body.isDraft).toBe(false)
    expect(c.body.error.code).toBe("ErrorItemNotFound")
    expect(server.account.messages).toHaveLength(1)
  })

  it("counts each request for itself, and throttles inside a good answer", async () => {
    const server = await started({ requestsPer10Minutes: 2 })
    const answer = await batch(server, [inbox("1"), inbox("2"), inbox("3")])
    expect(answer.status).toBe(200)
    const statuses = answer.json.responses.map(({ status }: any) => status as number)
    expect(statuses.toSorted((a: number, b: number) => a - b)).toEqual([200, 200, 429])
    const refused = answer.json.responses.find(({ status }: any) => status === 429)
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(500)
    expect(server.stats.throttled).toBe(1)
  })

  it("runs four at once and no more", async () => {
    const server = await started({ latencyMillis: 20 })
    const answer = await batch(
      server,
      Array.from({ length: 12 }, (_, n) => inbox(String(n)))
    )
    expect(new Set(answer.json.responses.map(({ status }: any) => status))).toEqual(new Set([200]))
    expect(server.stats.peakPerMailbox).toBe(4)
  })

  it("carries out what depends on others after them, and not at all where they failed", async () => {
    const server = await started()
    const post = { method: "POST", url: "/me/mailFolders", headers: { "content-type": "application/json" } }
    const answer = await batch(server, [
      { id: "1", ...post, body: { displayName: "Work" } },
      { id: "2", ...post, body: { displayName: "work" }, dependsOn: ["1"] },
      inbox("3", { dependsOn: ["2"] })
    ])
    const { 1: first, 2: second, 3: third } = byId(answer)
    expect([first.status, second.status, third.status]).toEqual([201, 409, 424])
  })

  it.each([
    ["more than 20", Array.from({ length: 21 }, (_, n) => inbox(String(n)))],
    ["an id twice", [inbox("1"), inbox("1")]],
    ["an unknown dependency", [inbox("1", { dependsOn: ["x"] })]],
    ["nothing", []],
    ["no request", [null]],
    ["a request to nowhere", [{ id: "1", method: "GET" }]],
    ["a header that is no text", [inbox("1", { headers: { prefer: 1 } })]]
  ])("is refused with %s", async (_, requests) => {
    expect((await batch(await started(), requests)).status).toBe(400)
  })

  it("asks for a token itself", async () => {
    const server = await started()
    const answer = await call(server, "POST", "/v1.0/$batch", { token: "", body: { requests: [inbox("1")] } })
    expect(answer.code).toBe("InvalidAuthenticationToken")
  })
})
