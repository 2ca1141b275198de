import type { IncomingMessage, ServerResponse } from "node:http"

import type { LoggedRequest } from "./LoggedRequest.ts"
import type { HookAction } from "./RequestHook.ts"

/** Thrown to end a request that has its answer, or whose connection is gone. */
export class Ended extends Error {}

/** Thrown where a body is longer than it may be. */
export class BodyTooLong extends Error {
  /** Bytes it may have. */
  readonly limit: number

  constructor(limit: number) {
    super(`The body has more than ${limit} bytes`)
    this.limit = limit
  }
}

/** How a service says no. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly body: object
  readonly headers: Readonly<Record<string, string>>
}

/** One request and its answer. */
export class Exchange {
  readonly log: LoggedRequest
  readonly request: IncomingMessage
  /** Awaited for each piece of the body before it is used: it may take its time, or fail. */
  pace: (size: number) => Promise<void> = () => Promise.resolve()
  private readonly response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse, log: LoggedRequest) {
    this.request = request
    this.response = response
    this.log = log
  }

  get answered(): boolean {
    return this.response.headersSent || this.response.destroyed
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return Array.isArray(value) ? value.join(", ") : value
  }

  /** The body as it arrives. */
  async *body(): AsyncGenerator<Buffer> {
    // Leaving the loop early must not cut the connection: the refusal is still to be sent.
    for await (const chunk of this.request.iterator({ destroyOnReturn: false })) {
      const octets = chunk as Buffer
      this.log.bodyBytes += octets.length
      await this.pace(octets.length)
      yield octets
    }
  }

  /** All of the body. Fails where it is longer than `limit` bytes. */
  async whole(limit: number): Promise<Buffer> {
    if (Number(this.header("content-length") ?? 0) > limit) throw new BodyTooLong(limit)
    const chunks: Array<Buffer> = []
    let size = 0
    for await (const chunk of this.body()) {
      size += chunk.length
      if (size > limit) throw new BodyTooLong(limit)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  json(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.send(code, JSON.stringify(body, undefined, 2), {
      "content-type": "application/json; charset=UTF-8",
      vary: "Origin, X-Origin, Referer",
      ...headers
    })
  }

  html(code: number, page: string, headers: Readonly<Record<string, string>> = {}): void {
    this.send(code, page, { "content-type": "text/html; charset=UTF-8", ...headers })
  }

  octets(code: number, body: Buffer, headers: Readonly<Record<string, string>>): void {
    this.send(code, body, headers)
  }

  /** An answer without a body: 204, 308, a redirect. */
  empty(code: number, headers: Readonly<Record<string, string>> = {}): void {
    this.send(code, "", headers)
  }

  error(error: Refusal): void {
    this.log.reason = error.reason
    this.json(error.code, error.body, error.headers)
  }

  /** Cuts the connection. */
  drop(): never {
    this.request.socket.destroy()
    throw new Ended()
  }

  /** Does what a hook wants. */
  obey(action: HookAction): void {
    if (action === undefined) return
    if (action === "drop") this.drop()
    this.send(action.status, action.body, {
      "content-type": "application/json; charset=UTF-8",
      ...action.headers
    })
    throw new Ended()
  }

  private send(code: number, body: Buffer | string, headers: Readonly<Record<string, string>>): void {
    if (this.answered) return
    this.log.status = code
    const octets = typeof body === "string" ? Buffer.from(body) : body
    this.response.writeHead(code, {
      ...headers,
      ...(code === 204 ? {} : { "content-length": String(octets.length) })
    })
    this.response.end(octets)
    // What is still coming is read and thrown away, so that the client gets to see the answer.
    this.request.resume()
  }
}
