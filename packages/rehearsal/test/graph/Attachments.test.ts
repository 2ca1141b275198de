import { randomBytes } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { describe, expect, it, onTestFinished, vi } from "vitest"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { type Answer, call, create, started } from "./GraphForTest.ts"

const part = 3_276_800

const fileOf = (octets: Uint8Array, changes: object = {}) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "a.bin",
  contentBytes: Buffer.from(octets).toString("base64"),
  ...changes
})

const item = (size: number, changes: object = {}) => ({
  AttachmentItem: {
    attachmentType: "file",
    name: "large.bin",
    size,
    contentType: "application/pdf",
    ...changes
  }
})

const begun = async (server: RehearsalGraph, size: number, changes: object = {}) => {
  const message = (await create(server)).json.id as string
  const path = `messages/${message}/attachments/createUploadSession`
  return { message, session: await call(server, "POST", path, { body: item(size, changes) }) }
}

const put = (
  server: RehearsalGraph,
  url: string,
  octets: Uint8Array,
  range: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<Answer> =>
  call(server, "PUT", url, {
    token: "",
    body: octets,
    headers: { "content-type": "application/octet-stream", "content-range": range, ...headers }
  })

const sendAll = async (
  server: RehearsalGraph,
  url: string,
  octets: Uint8Array
): Promise<ReadonlyArray<Answer>> => {
  const answers: Array<Answer> = []
  for (let at = 0; at < octets.length; at += part) {
    const piece = octets.subarray(at, at + part)
    answers.push(await put(server, url, piece, `bytes ${at}-${at + piece.length - 1}/${octets.length}`))
  }
  return answers
}

describe("an attachment by POST", () => {
  it("is there octet for octet, and named where it was created", async () => {
    const server = await started()
    const octets = randomBytes(1000)
    const { json } = await create(server)
    const path = `messages/${json.id}/attachments`
    const made = await call(server, "POST", path, {
      body: fileOf(octets, { isInline: true, contentId: "a@b" })
    })
    expect(made.status).toBe(201)
    expect(made.headers.get("location")).toContain(made.json.id)
    const read = await call(server, "GET", `${path}/${made.json.id}`)
    expect(read.json).toMatchObject({
      isInline: true,
      contentId: "a@b",
      contentType: "application/octet-stream"
    })
    expect(Buffer.from(read.json.contentBytes, "base64")).toEqual(octets)
    expect(server.account.messages[0]?.attachments[0]?.octets.read()).toEqual(octets)
  })

  it("of more than 3 MB does not fit into a request", async () => {
    const server = await started()
    const { json } = await create(server)
    const fits = fileOf(Buffer.alloc(3_100_000))
    const path = `messages/${json.id}/attachments`
    expect((await call(server, "POST", path, { body: fits })).status).toBe(201)
    const answer = await call(server, "POST", path, { body: fileOf(Buffer.alloc(3_145_728)) })
    expect(answer.status).toBe(413)
    expect(answer.json.error.message).toContain("4MB")
  })

  it("needs its content", async () => {
    const server = await started()
    const { json } = await create(server)
    const { contentBytes: _, ...body } = fileOf(Buffer.alloc(1))
    const answer = await call(server, "POST", `messages/${json.id}/attachments`, { body })
    expect([answer.status, answer.code]).toEqual([400, "ErrorRequiredPropertyMissing"])
  })

  it("conflicts with another one to the same message at the same time", async () => {
    const server = await started({ latencyMillis: 1500 })
    const { json } = await create(server)
    const send = () =>
      call(server, "POST", `messages/${json.id}/attachments`, { body: fileOf(randomBytes(10)) })
    const answers = await Promise.all([send(), send()])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
    expect(answers.find(({ status }) => status === 409)?.code).toBe("ErrorIrresolvableConflict")
    expect(server.account.messages[0]?.attachments).toHaveLength(1)
  })

  it("makes the message too large beyond the mailbox's limit, which no limit of a request tells", async () => {
    const server = await started({ messageSizeLimit: 4_000_000 })
    const { json } = await create(server)
    const send = () =>
      call(server, "POST", `messages/${json.id}/attachments`, { body: fileOf(Buffer.alloc(2_500_000)) })
    expect((await send()).status).toBe(201)
    const answer = await send()
    expect([answer.status, answer.code]).toEqual([413, "ErrorMessageSizeExceeded"])
  })
})

describe("an upload session", () => {
  it("takes parts in order, and answers the last with 201, no body, and where the attachment is", async () => {
    const server = await started()
    const octets = randomBytes(2 * part + 5)
    const { message, session } = await begun(server, octets.length)
    expect(session.json.nextExpectedRanges).toEqual(["0-"])
    const answers = await sendAll(server, session.json.uploadUrl, octets)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201])
    // Another case of the keys than Graph's own, and no dash.
    expect(answers[0]?.json.NextExpectedRanges).toEqual([String(part)])
    expect(answers[0]?.json.ExpirationDateTime).toBe(session.json.expirationDateTime)
    expect(answers[2]?.text).toBe("")
    const id = /Attachments\('([^']+)'\)$/u.exec(answers[2]?.headers.get("location") ?? "")?.[1] ?? ""
    const read = await call(server, "GET", `messages/${message}/attachments/${id}/$value`)
    expect(read.headers.get("content-type")).toBe("application/pdf")
    expect(server.account.messages[0]?.attachments[0]?.octets.read().equals(octets)).toBe(true)
  })

  it("is another server's: a token is refused there", async () => {
    const server = await started()
    const { session } = await begun(server, 4_000_000)
    const range = "bytes 0-9/4000000"
    const answer = await put(server, session.json.uploadUrl, Buffer.alloc(10), range, {
      authorization: `Bearer ${server.token}`
    })
    expect([answer.status, answer.code]).toEqual([401, "InvalidAudience"])
  })

  it("tells where it stands, and goes on from there", async () => {
    const server = await started()
    const octets = randomBytes(part + 10)
    const { session } = await begun(server, octets.length)
    const url = session.json.uploadUrl as string
    server.commitThenDrop()
    const first = put(server, url, octets.subarray(0, part), `bytes 0-${part - 1}/${octets.length}`)
    await expect(first).rejects.toThrow()
    const state = await call(server, "GET", url, { token: "" })
    expect(state.json.nextExpectedRanges).toEqual([String(part)])
    const last = await put(server, url, octets.subarray(part), `bytes ${part}-${part + 9}/${octets.length}`)
    expect(last.status).toBe(201)
    expect(server.account.messages[0]?.attachments[0]?.octets.read().equals(octets)).toBe(true)
  })

  it.each([
    ["out of order", 10, "bytes 10-19/4000000", 416],
    ["with a range of another length", 10, "bytes 0-10/4000000", 400],
    ["with another size in all", 10, "bytes 0-9/4000001", 400],
    ["without a range", 10, "", 400],
    ["of 4 MB", 4_194_304, "bytes 0-4194303/5000000", 413]
  ])("refuses a part %s", async (_, length, range, status) => {
    const server = await started()
    const { session } = await begun(server, status === 413 ? 5_000_000 : 4_000_000)
    const answer = await put(server, session.json.uploadUrl, Buffer.alloc(length), range)
    expect(answer.status).toBe(status)
    const state = await call(server, "GET", session.json.uploadUrl, { token: "" })
    expect(state.json.nextExpectedRanges).toEqual(["0"])
  })

  it.each([
    [3_145_727, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"],
    [157_286_401, "ErrorAttachmentSizeLimitExceeded"]
  ])("is not for %i bytes", async (size, code) => {
    const server = await started()
    expect((await begun(server, size)).session.code).toBe(code)
  })

  it("may be given up", async () => {
    const server = await started()
    const { session } = await begun(server, 4_000_000)
    expect((await call(server, "DELETE", session.json.uploadUrl, { token: "" })).status).toBe(204)
    expect((await call(server, "GET", session.json.uploadUrl, { token: "" })).status).toBe(404)
  })

  it("ends with its message, and when its time is over", async () => {
    const server = await started()
    const octets = Buffer.alloc(3_200_000)
    const { message, session } = await begun(server, octets.length)
    server.uploadSessionExpires()
    const range = `bytes 0-${octets.length - 1}/${octets.length}`
    expect((await put(server, session.json.uploadUrl, octets, range)).status).toBe(404)
    const path = `messages/${message}/attachments/createUploadSession`
    const next = await call(server, "POST", path, { body: item(octets.length) })
    await call(server, "POST", `messages/${message}/permanentDelete`)
    expect((await put(server, next.json.uploadUrl, octets, range)).code).toBe("ErrorItemNotFound")
  })

  it("finds only at its end that the message has become too large", async () => {
    const server = await started({ messageSizeLimit: 5_000_000 })
    const octets = Buffer.alloc(6_000_000)
    const { session } = await begun(server, octets.length)
    expect(session.status).toBe(201)
    const answers = await sendAll(server, session.json.uploadUrl, octets)
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [200, undefined],
      [413, "ErrorMessageSizeExceeded"]
    ])
    expect(server.account.messages[0]?.attachments).toEqual([])
    const state = await call(server, "GET", session.json.uploadUrl, { token: "" })
    expect(state.json.nextExpectedRanges).toEqual([String(part)])
  })

  it("counts against the limits like every other request", async () => {
    const server = await started()
    const octets = randomBytes(part)
    const { session } = await begun(server, octets.length)
    const before = server.stats.incomingBytes
    await sendAll(server, session.json.uploadUrl, octets)
    expect(server.stats.incomingBytes - before).toBe(part)
  })

  it("keeps what is large in files, and leaves none of them behind", async () => {
    const directory = mkdtempSync(join(tmpdir(), "kept-"))
    vi.stubEnv("TMPDIR", directory)
    onTestFinished(() => {
      vi.unstubAllEnvs()
      rmSync(directory, { recursive: true })
    })
    const server = await started({ inMemoryBytes: 1000 })
    const octets = randomBytes(part + 5)
    const { session } = await begun(server, octets.length)
    await sendAll(server, session.json.uploadUrl, octets)
    const given = await begun(server, octets.length)
    await put(server, given.session.json.uploadUrl, octets.subarray(0, 5000), `bytes 0-4999/${octets.length}`)
    expect(server.account.messages[0]?.attachments[0]?.octets.read().equals(octets)).toBe(true)
    const files = () =>
      readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith(".octets"))
    expect(files()).toHaveLength(2)
    await call(server, "DELETE", given.session.json.uploadUrl, { token: "" })
    expect(files()).toHaveLength(1)
    await server.stop()
    expect(readdirSync(directory)).toEqual([])
  })
})
