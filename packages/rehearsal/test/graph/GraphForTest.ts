import { onTestFinished } from "vitest"

import type { RehearsalGraphOptions } from "../../src/graph/GraphOptions.ts"
import { RehearsalGraph } from "../../src/RehearsalGraph.ts"

/** A server that ends with the test. */
export const started = async (options: RehearsalGraphOptions = {}): Promise<RehearsalGraph> => {
  const server = await RehearsalGraph.start(options)
  onTestFinished(() => server.stop())
  return server
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Of an answer that is JSON. */
  readonly json: any
  /** `error.code` of a refusal. */
  readonly code: string | undefined
}

export interface CallOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON unless it is text or octets. */
  readonly body?: Uint8Array | string | object
}

/** `path` after `/v1.0/me/`, or from the root with a slash in front, or a URL. */
export const call = async (
  server: RehearsalGraph,
  method: string,
  path: string,
  { token = server.token, headers = {}, body }: CallOptions = {}
): Promise<Answer> => {
  const plain = typeof body === "string" || body instanceof Uint8Array
  const url = path.startsWith("http") ? path : server.url + (path.startsWith("/") ? path : `/v1.0/me/${path}`)
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
  const text = await response.text()
  const json: any = response.headers.get("content-type")?.startsWith("application/json")
    ? JSON.parse(text)
    : undefined
  return { status: response.status, headers: response.headers, text, json, code: json?.error?.code }
}

export const keyId = "String {8fe7a3a4-2a55-4d7e-9f3a-5d9c6a1b7e10} Name MigrationKey"

export const readAndNotDraft = { id: "Integer 0x0E07", value: "1" }

export const property = (id: string, value: string) => ({ id, value })

/** A message as an importer sends it: read, no draft, of 2010. */
export const letter = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  subject: "Hello",
  body: { contentType: "html", content: "<p>Hello</p>" },
  from: { emailAddress: { name: "Ann", address: "ann@example.org" } },
  sender: { emailAddress: { address: "ann@example.org" } },
  toRecipients: [{ emailAddress: { name: "You", address: "you@example.com" } }],
  internetMessageId: "<one@example.org>",
  singleValueExtendedProperties: [
    readAndNotDraft,
    property("SystemTime 0x0E06", "2010-03-02T10:11:12Z"),
    property("SystemTime 0x0039", "2010-03-02T10:11:09Z")
  ],
  ...changes
})

export const create = (
  server: RehearsalGraph,
  changes: Readonly<Record<string, unknown>> = {},
  folder = "inbox"
): Promise<Answer> => call(server, "POST", `mailFolders/${folder}/messages`, { body: letter(changes) })

/** MIME as Graph takes it: base64 as text/plain. */
export const createMime = (server: RehearsalGraph, mime: string, path = "messages"): Promise<Answer> =>
  call(server, "POST", path, {
    headers: { "content-type": "text/plain" },
    body: Buffer.from(mime, "latin1").toString("base64")
  })
