import { request as httpRequest } from "node:http"

import { onTestFinished } from "vitest"

import type { RehearsalGmailOptions } from "../../src/gmail/GmailOptions.ts"
import { RehearsalGmail } from "../../src/RehearsalGmail.ts"

/** A server that ends with the test. */
export const started = async (options: RehearsalGmailOptions = {}): Promise<RehearsalGmail> => {
  const server = await RehearsalGmail.start({ quotaPerMinute: Infinity, indexDelayMillis: 0, ...options })
  onTestFinished(() => server.stop())
  return server
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Of an answer that is JSON. */
  readonly json: any
}

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const json: unknown = response.headers.get("content-type")?.startsWith("application/json")
    ? JSON.parse(text)
    : undefined
  return { status: response.status, headers: response.headers, text, json }
}

export interface CallOptions {
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | object
}

/** `path` after `/gmail/v1/users/me/`, or from the root with a slash in front. */
export const call = async (
  server: RehearsalGmail,
  method: string,
  path: string,
  { token = server.token, headers = {}, body }: CallOptions = {}
): Promise<Answer> => {
  const plain = typeof body === "string" || body instanceof Uint8Array
  const url = path.startsWith("http")
    ? path
    : server.url + (path.startsWith("/") ? path : `/gmail/v1/users/me/${path}`)
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || plain ? {} : { "content-type": "application/json" }),
      ...headers
    },
    ...(body === undefined ? {} : { body: plain ? (body as string) : JSON.stringify(body) })
  })
  return answerOf(response)
}

/** `text` in Latin-1 is the message. */
export const mail = (headers: Readonly<Record<string, string>>, text = "Hello\r\n"): Buffer => {
  const all = { From: "Ann <ann@example.org>", Subject: "Test", ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${lines.join("")}\r\n${text}`, "latin1")
}

const uploadPath = "/upload/gmail/v1/users/me/messages/import"

export interface ImportOptions {
  readonly metadata?: object
  readonly query?: string
  readonly path?: string
  readonly token?: string
  readonly boundary?: string
}

/** A multipart/related body, as clients of Google's write it. */
export const multipart = (octets: Uint8Array, metadata: object, boundary: string): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--${boundary}\r\nContent-Type: message/rfc822\r\n\r\n`
    ),
    octets,
    Buffer.from(`\r\n--${boundary}--`)
  ])

export const importMail = (
  server: RehearsalGmail,
  octets: Uint8Array,
  {
    metadata = {},
    query = "",
    path = uploadPath,
    token = server.token,
    boundary = "b0undary"
  }: ImportOptions = {}
): Promise<Answer> =>
  call(server, "POST", `${path}?uploadType=multipart${query}`, {
    token,
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    body: multipart(octets, metadata, boundary)
  })

/** The session URI of a new resumable upload. */
export const beginUpload = async (
  server: RehearsalGmail,
  metadata: object = {},
  headers: Readonly<Record<string, string>> = {},
  path = uploadPath
): Promise<string> => {
  const answer = await call(server, "POST", `${path}?uploadType=resumable`, {
    headers: { "x-upload-content-type": "message/rfc822", ...headers },
    body: metadata
  })
  return answer.headers.get("location") ?? ""
}

/** Sends the pieces one after the other by one chunked request, as they come. */
export const sendPieces = (
  server: RehearsalGmail,
  path: string,
  headers: Readonly<Record<string, string>>,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
): Promise<{ readonly status: number; readonly text: string }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const request = httpRequest(
    server.url + path,
    { method: "POST", headers: { authorization: `Bearer ${server.token}`, ...headers } },
    (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      )
      response.on("error", reject)
    }
  )
  request.on("error", reject)
  const send = async () => {
    for await (const piece of pieces) {
      if (!request.write(piece)) await new Promise((drained) => request.once("drain", drained))
    }
    request.end()
  }
  void send().catch((cause: unknown) => reject(cause as Error))
  return promise
}
