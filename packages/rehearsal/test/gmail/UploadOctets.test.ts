import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

import { describe, expect, it, onTestFinished, vi } from "vitest"

import { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { beginUpload, call, importMail, mail, multipart, sendPieces, started } from "./GmailForTest.ts"

const awkward = mail(
  { "Message-ID": "<awkward@x>" },
  "8 bit \xe9\xff, NUL \0, bare \n and \r, \r\n--b0undary and --b0undary-- look-alikes\n--b0undary--\r\nend without a line end"
)

/** Bytes in buffers that something still refers to. */
const heldBytes = async (): Promise<number> => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  // What was collected is freed by another thread.
  await new Promise(setImmediate)
  collect()
  return process.memoryUsage().arrayBuffers
}

const importPath = "/upload/gmail/v1/users/me/messages/import"

describe("a message is kept octet for octet", () => {
  it("by multipart, with its length said and without", async () => {
    const server = await started({ importDeduplicates: false })
    const headers = { "content-type": 'multipart/related; boundary="b0undary"' }
    const body = multipart(awkward, { labelIds: ["INBOX"] }, "b0undary")
    const path = `${importPath}?uploadType=multipart`
    expect((await call(server, "POST", path, { headers, body })).status).toBe(200)
    const pieces = Array.from({ length: body.length }, (_, at) => body.subarray(at, at + 1))
    expect((await sendPieces(server, path, headers, pieces)).status).toBe(200)
    expect(server.account.messages.map(({ raw }) => raw)).toEqual([awkward, awkward])
    expect(server.account.messages[0]?.labels).toEqual(["INBOX"])
  })

  it("by media, which can name no labels", async () => {
    const server = await started()
    const headers = { "content-type": "message/rfc822" }
    const { json } = await call(server, "POST", `${importPath}?uploadType=media`, { headers, body: awkward })
    expect(json.labelIds).toEqual([])
    expect(server.account.messages[0]?.raw).toEqual(awkward)
  })

  it("by a resumable upload", async () => {
    const server = await started()
    const uri = await beginUpload(server, { labelIds: ["STARRED"] })
    expect((await call(server, "PUT", uri, { body: awkward })).json.labelIds).toEqual(["STARRED"])
    expect(server.account.messages[0]?.raw).toEqual(awkward)
  })

  it("by JSON, and as `raw` gives it back", async () => {
    const server = await started()
    const body = { raw: awkward.toString("base64url"), labelIds: ["UNREAD"] }
    const { json } = await call(server, "POST", "messages/import", { body })
    const got = await call(server, "GET", `messages/${json.id}?format=raw`)
    expect(Buffer.from(got.json.raw, "base64url")).toEqual(awkward)
  })

  it("unless the server is told to do to `raw` what Gmail may do", async () => {
    const server = await started({ byteExactRaw: false })
    const { json } = await importMail(server, awkward)
    const got = await call(server, "GET", `messages/${json.id}?format=raw`)
    const raw = Buffer.from(got.json.raw, "base64url").toString("latin1")
    expect(raw).toMatch(/^Received: from /u)
    expect(raw).not.toMatch(/[^\r]\n/u)
    expect(server.account.messages[0]?.raw).toEqual(awkward)
  })
})

it("takes 30 MB as they come without holding them in memory", async () => {
  const server = await started()
  const line = Buffer.from(`${"0123456789abcdef".repeat(4)}\r\n`)
  const block = Buffer.concat(Array.from({ length: 4000 }, () => line))
  const count = 115
  const hash = createHash("sha256")
  let most = 0
  const [begin, end] = multipart(Buffer.from("@"), { labelIds: ["INBOX"] }, "bb")
    .toString()
    .split("@")
  const pieces = async function* () {
    const head = mail({ "Message-ID": "<big@x>" }, "")
    hash.update(head)
    yield Buffer.from(begin ?? "")
    yield head
    for (let at = 0; at < count; at += 1) {
      hash.update(block)
      yield block
      if (at % 20 === 0) most = Math.max(most, await heldBytes())
    }
    yield Buffer.from(end ?? "")
  }
  const before = await heldBytes()
  const headers = { "content-type": "multipart/related; boundary=bb" }
  const answer = await sendPieces(server, `${importPath}?uploadType=multipart`, headers, pieces())
  expect(answer.status).toBe(200)
  const [message] = server.account.messages
  expect(message?.size).toBeGreaterThan(30_000_000)
  expect(message?.octets.sha256).toBe(hash.digest("hex"))
  expect(most - before).toBeLessThan(16_000_000)
})

it("leaves no file behind of what it refused, merged, deleted or was not sent to the end", async () => {
  const directory = mkdtempSync(join(tmpdir(), "spilled-"))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(directory, { recursive: true })
  })
  vi.stubEnv("TMPDIR", directory)
  const server = await RehearsalGmail.start({ inMemoryBytes: 0, quotaPerMinute: Infinity })
  try {
    const kept = await importMail(server, awkward)
    const deleted = await importMail(server, mail({}))
    expect(kept.status).toBe(200)
    const files = () =>
      readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith(".octets"))
    expect(files()).toHaveLength(2)
    await importMail(server, awkward)
    await importMail(server, Buffer.from("Subject: from nobody\r\n\r\n"))
    await importMail(server, mail({}), { boundary: "" })
    const uri = await beginUpload(server)
    await call(server, "PUT", uri, { body: Buffer.from("Subject: from nobody\r\n\r\n") })
    await call(server, "DELETE", `messages/${deleted.json.id}`)
    expect(files()).toHaveLength(1)
    expect(server.account.messages[0]?.raw).toEqual(awkward)
    const open = await beginUpload(server)
    const headers = { "content-range": "bytes 0-262143/*" }
    await call(server, "PUT", open, { headers, body: Buffer.alloc(262_144) })
    expect(files()).toHaveLength(2)
  } finally {
    await server.stop()
  }
  expect(readdirSync(directory)).toEqual([])
})

describe("an upload is refused", () => {
  const upload = (type: string, body: Uint8Array | string, uploadType = "multipart") => ({
    path: `${importPath}?uploadType=${uploadType}`,
    options: { headers: { "content-type": type }, body }
  })
  const related = "multipart/related; boundary=b0undary"
  const typed = (json: string, media: string) =>
    multipart(mail({}), {}, "b0undary")
      .toString("latin1")
      .replace("application/json", json)
      .replace("message/rfc822", media)

  it.each([
    [
      "without a last delimiter",
      upload(related, multipart(mail({}), {}, "b0undary").subarray(0, -4)),
      "Missing end boundary"
    ],
    [
      "that is no multipart/related",
      upload("multipart/mixed; boundary=b0undary", typed("application/json", "message/rfc822")),
      "multipart/related"
    ],
    [
      "whose media is no message",
      upload(related, typed("application/json", "text/plain")),
      "Media type 'text/plain' is not supported. Valid media types: [message/*]"
    ],
    ["whose metadata is no JSON", upload(related, typed("text/plain", "message/rfc822")), "Metadata part"],
    [
      "of media that is no message",
      upload("application/octet-stream", "x", "media"),
      "Media type 'application/octet-stream'"
    ],
    ["of an unknown type", upload("message/rfc822", "x", "other"), "uploadType"],
    [
      "of an empty message",
      upload("message/rfc822", "", "media"),
      "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    ]
  ])("%s", async (_, { path, options }, message) => {
    const server = await started()
    const { status, json } = await call(server, "POST", path, options)
    expect(status).toBe(400)
    expect(json.error.message).toContain(message)
    expect(server.account.messages).toEqual([])
  })

  it("with a field nobody knows, by its name", async () => {
    const server = await started()
    const { status, json } = await importMail(server, mail({}), { metadata: { labels: ["INBOX"] } })
    expect([status, json.error.message]).toEqual([
      400,
      `Invalid JSON payload received. Unknown name "labels" at 'message': Cannot find field.`
    ])
    const query = await importMail(server, mail({}), { query: "&neverMarkAsSpam=true" })
    expect(query.json.error.message).toContain(`Unknown name "neverMarkAsSpam": Cannot bind query parameter.`)
  })

  it("when it is over 150 MiB, before it is sent where its size is said", async () => {
    const server = await started()
    const begun = await call(server, "POST", `${importPath}?uploadType=resumable`, {
      headers: { "x-upload-content-length": "157286401" },
      body: {}
    })
    expect([begun.status, begun.json.error.message]).toEqual([
      413,
      "Request payload size exceeds the limit: 157286400 bytes."
    ])
    const draft = await call(server, "POST", "/upload/gmail/v1/users/me/drafts?uploadType=resumable", {
      headers: { "x-upload-content-length": "36700161" },
      body: {}
    })
    expect(draft.status).toBe(413)
  })

  it("when it turns out too long only as it comes", async () => {
    const server = await started()
    const block = Buffer.alloc(1_048_576, "x")
    const draft = function* () {
      yield Buffer.from("Subject: long\r\n\r\n")
      for (let sent = 0; sent < 35; sent += 1) yield block
    }
    const path = "/upload/gmail/v1/users/me/drafts?uploadType=media"
    const answer = await sendPieces(server, path, { "content-type": "message/rfc822" }, draft())
    expect([answer.status, answer.text]).toEqual([413, expect.stringContaining("36700160 bytes")])
    const uri = await beginUpload(server)
    const headers = { "content-range": "bytes 0-262143/157286401" }
    expect((await call(server, "PUT", uri, { headers, body: block.subarray(0, 262_144) })).status).toBe(413)
    const json = { "content-type": "application/json" }
    const raw = [Buffer.from('{"raw":"'), block, Buffer.from('"}')]
    const long = await sendPieces(server, "/gmail/v1/users/me/messages/import", json, raw)
    expect([long.status, long.text]).toEqual([413, expect.stringContaining("1048576 bytes")])
  })

  it("as JSON over 1 MiB, before it is sent where its length is said", async () => {
    const server = await started()
    const headers = { "content-type": "application/json", "content-length": "1048577" }
    const begun = async function* () {
      yield Buffer.from("{")
      while (server.requests[0]?.status === undefined) await new Promise(setImmediate)
    }
    const answer = await sendPieces(server, "/gmail/v1/users/me/messages/import", headers, begun())
    expect(answer.status).toBe(413)
  })

  it("as JSON when that is over 1 MiB", async () => {
    const server = await started()
    const raw = mail({}, "x".repeat(900_000)).toString("base64url")
    const { status, json } = await call(server, "POST", "messages/import", { body: { raw } })
    expect([status, json.error.message]).toEqual([
      413,
      "Request payload size exceeds the limit: 1048576 bytes."
    ])
  })
})
