import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"

import type { Connections } from "./Connections.ts"

export interface HttpRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** As it goes out; no body when absent. */
  readonly body?: Buffer
  readonly signal: AbortSignal
}

/** An answer with all that came after its header. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly octets: Buffer
}

/** No whole answer came. */
export class NoAnswer extends Error {
  /** `no`: no connection came about, so nobody can have carried out what was asked. */
  readonly sent: "no" | "unknown"

  constructor(cause: unknown, sent: "no" | "unknown") {
    super("no whole answer", { cause })
    this.sent = sent
  }
}

/** A request that would have gone to a server that mail has no business with. */
export const elsewhere = (): Error =>
  Object.assign(new Error("the request would go to another server"), { code: "ERR_ELSEWHERE" })

const headersOf = (raw: ReadonlyArray<string>): Headers => {
  const headers = new Headers()
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] ?? "", raw[i + 1] ?? "")
  return headers
}

/**
 * One request and its answer, over node's own client: it follows no redirect, repeats nothing, and sends the octets of
 * a view and no others. fetch cannot be told to use the proxy of the environment, and copies every body.
 */
export const sendRequest = (
  connections: Connections,
  { body, headers, method, signal, url }: HttpRequest
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const open = url.protocol === "http:" ? requestHttp : requestHttps
    const length =
      body === undefined && method === "GET" ? {} : { "Content-Length": String(body?.length ?? 0) }
    const request = open(url, {
      method,
      headers: { ...headers, ...length },
      agent: connections.to(url),
      signal
    })
    let isConnected = false
    request.once("socket", (socket) => {
      if (!socket.connecting) isConnected = true
      else socket.once(url.protocol === "http:" ? "connect" : "secureConnect", () => (isConnected = true))
    })
    request.on("error", (error) => {
      const sent = isConnected ? "unknown" : "no"
      reject(new NoAnswer(signal.aborted ? signal.reason : error, sent))
    })
    request.once("response", (incoming) => {
      const chunks: Array<Buffer> = []
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
      incoming.once("error", (error) =>
        reject(new NoAnswer(signal.aborted ? signal.reason : error, "unknown"))
      )
      incoming.once("end", () => {
        // It was refused before all of it was there: the rest would go out for nothing.
        if (!request.writableFinished) request.destroy()
        const { rawHeaders, statusCode = 0 } = incoming
        resolve({ status: statusCode, headers: headersOf(rawHeaders), octets: Buffer.concat(chunks) })
      })
    })
    request.end(body)
  })
