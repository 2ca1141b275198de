import { request as httpRequest } from "node:http"

import { describe, expect, it } from "vitest"

import type { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { beginUpload, call, mail, started } from "./GmailForTest.ts"

const multiple = 262_144

/** Exactly two chunks and a bit. */
const long = mail({ "Message-ID": "<long@x>" }, "y".repeat(2 * multiple + 1000))

const put = (server: RehearsalGmail, uri: string, range: string, body?: Uint8Array) =>
  call(server, "PUT", uri, { headers: { "content-range": range }, ...(body === undefined ? {} : { body }) })

const status = (server: RehearsalGmail, uri: string, total: number | string = long.length) =>
  put(server, uri, `bytes */${total}`)

/** Sends the first `count` bytes of what it says is all, and cuts. */
const cutAfter = async (server: RehearsalGmail, uri: string, count: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const request = httpRequest(uri, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.token}`, "content-length": String(long.length) }
  })
  request.on("error", () => resolve())
  request.write(long.subarray(0, count))
  const seen = () => server.requests.at(-1)
  while (!((seen()?.method === "PUT" ? seen()?.bodyBytes : 0) === count)) await new Promise(setImmediate)
  request.destroy()
  await promise
}

describe("a resumable upload", () => {
  it("is begun at a URI of this very server, which carries its parameters", async () => {
    const server = await started()
    const uri = await beginUpload(server, {}, {}, "/upload/gmail/v1/users/me/messages")
    expect(uri.startsWith(`${server.url}/upload/gmail/v1/users/me/messages?`)).toBe(true)
    expect(new URL(uri).searchParams.get("upload_id")).not.toBeNull()
  })

  it("comes in chunks, each answered with how far it got", async () => {
    const server = await started()
    const uri = await beginUpload(server, { labelIds: ["INBOX"] })
    const fresh = await status(server, uri)
    expect([fresh.status, fresh.headers.get("range")]).toEqual([308, null])
    const first = await put(server, uri, `bytes 0-${multiple - 1}/*`, long.subarray(0, multiple))
    expect([first.status, first.headers.get("range")]).toEqual([308, `bytes=0-${multiple - 1}`])
    expect((await status(server, uri)).headers.get("range")).toBe(`bytes=0-${multiple - 1}`)
    const rest = long.subarray(multiple)
    const last = await put(server, uri, `bytes ${multiple}-${long.length - 1}/${long.length}`, rest)
    expect([last.status, last.json.labelIds]).toEqual([200, ["INBOX"]])
    expect(server.account.messages[0]?.raw).toEqual(long)
  })

  it("that is finished gives its answer again to whoever asks, and stores nothing twice", async () => {
    const server = await started()
    const uri = await beginUpload(server)
    server.commitThenDrop()
    await expect(call(server, "PUT", uri, { body: long })).rejects.toThrow("fetch failed")
    const [message] = server.account.messages
    const asked = await status(server, uri)
    expect([asked.status, asked.json.id]).toEqual([200, message?.id])
    expect((await status(server, uri, "*")).json.id).toBe(message?.id)
    expect((await call(server, "PUT", uri, { body: long })).json.id).toBe(message?.id)
    expect(server.account.messages).toHaveLength(1)
    expect(message?.merges).toBe(0)
  })

  it.each([0, Infinity])(
    "that was cut keeps whole blocks and goes on behind them, %d in memory",
    async (inMemoryBytes) => {
      const server = await started({ inMemoryBytes })
      const uri = await beginUpload(server)
      await cutAfter(server, uri, 300_000)
      const asked = await status(server, uri)
      expect([asked.status, asked.headers.get("range")]).toEqual([308, `bytes=0-${multiple - 1}`])
      const wrong = await put(
        server,
        uri,
        `bytes 300000-${long.length - 1}/${long.length}`,
        long.subarray(300_000)
      )
      expect([wrong.status, wrong.json.error.message]).toEqual([
        400,
        expect.stringContaining("upload offset")
      ])
      const rest = long.subarray(multiple)
      const last = await put(server, uri, `bytes ${multiple}-${long.length - 1}/${long.length}`, rest)
      expect(last.status).toBe(200)
      expect(server.account.messages.map(({ raw }) => raw)).toEqual([long])
    }
  )

  it.each([0, Infinity])(
    "that was cut before it was stored has its blocks still, %d in memory",
    async (inMemoryBytes) => {
      const server = await started({ inMemoryBytes })
      const uri = await beginUpload(server)
      server.dropBeforeCommit()
      await expect(call(server, "PUT", uri, { body: long })).rejects.toThrow("fetch failed")
      expect(server.account.messages).toEqual([])
      expect((await status(server, uri)).headers.get("range")).toBe(`bytes=0-${2 * multiple - 1}`)
      expect((await call(server, "PUT", uri, { body: long })).status).toBe(200)
      expect(server.account.messages[0]?.raw).toEqual(long)
    }
  )

  it("belongs to whoever comes last: a question cuts the request that still sends", async () => {
    const server = await started()
    const uri = await beginUpload(server)
    const { promise: cut, resolve } = Promise.withResolvers<Error>()
    const sending = httpRequest(uri, {
      method: "PUT",
      headers: { authorization: `Bearer ${server.token}`, "content-length": String(long.length) }
    })
    sending.on("error", resolve)
    sending.write(long.subarray(0, multiple + 5))
    while (server.requests.at(-1)?.bodyBytes !== multiple + 5) await new Promise(setImmediate)
    expect((await status(server, uri)).headers.get("range")).toBe(`bytes=0-${multiple - 1}`)
    expect(await cut).toHaveProperty("code", "ECONNRESET")
  })

  it("takes no chunk but the last that is no multiple of 256 KiB", async () => {
    const server = await started()
    const uri = await beginUpload(server)
    const { status: code, json } = await put(
      server,
      uri,
      `bytes 0-999/${long.length}`,
      long.subarray(0, 1000)
    )
    expect(code).toBe(400)
    expect(json.error.message).toContain("The received request contained 1000 bytes")
    expect((await status(server, uri)).headers.get("range")).toBeNull()
  })

  it.each(["bytes 5-4/10", "bytes 0-10/10", "bytes=0-9/10", "0-9"])("refuses the range %s", async (range) => {
    const server = await started()
    const uri = await beginUpload(server)
    const { status: code, json } = await put(server, uri, range, Buffer.from("0123456789"))
    expect([code, json.error.message]).toEqual([400, "Failed to parse Content-Range header."])
  })

  it("is held to the size it declared", async () => {
    const server = await started()
    const uri = await beginUpload(server, {}, { "x-upload-content-length": String(long.length + 1) })
    expect((await call(server, "PUT", uri, { body: long })).status).toBe(400)
    expect((await status(server, uri)).status).toBe(400)
    expect(server.account.messages).toEqual([])
  })

  it("that ended is 410, one nobody began is 404, and another's is none", async () => {
    const server = await started({ users: ["ann@example.org"] })
    const uri = await beginUpload(server)
    const token = server.issueToken({ user: "ann@example.org" })
    expect((await call(server, "PUT", uri, { token, body: long })).status).toBe(404)
    server.expireSessions()
    expect((await status(server, uri)).status).toBe(410)
    const other = await beginUpload(server)
    server.expireSessions("forgotten")
    expect((await status(server, other)).status).toBe(404)
    const cancelled = await beginUpload(server)
    expect((await call(server, "DELETE", cancelled)).status).toBe(499)
    expect((await status(server, cancelled)).status).toBe(410)
  })

  it("whose message is refused stays refused", async () => {
    const server = await started()
    const uri = await beginUpload(server)
    const body = Buffer.from("Subject: nobody sent this\r\n\r\n")
    expect((await call(server, "PUT", uri, { body })).json.error.message).toBe(
      "Expected a single 'From' header"
    )
    const again = await status(server, uri, body.length)
    expect([again.status, again.json.error.message]).toEqual([400, "Expected a single 'From' header"])
  })

  it("costs once, when it is begun, and outlives its first token", async () => {
    const server = await started()
    const uri = await beginUpload(server)
    server.expireTokens()
    expect((await call(server, "PUT", uri, { body: long })).status).toBe(401)
    const token = server.issueToken()
    expect((await call(server, "PUT", uri, { token, body: long })).status).toBe(200)
    expect(server.stats.units).toBe(25)
  })
})
