import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

import * as Effect from "effect/Effect"

export interface ToyRequest {
  readonly method: string
  /** Path and query. */
  readonly url: URL
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
  /** Where the server is. */
  readonly origin: string
  /** How many requests came before. */
  readonly place: number
}

export interface ToyAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON unless it is text. */
  readonly body?: unknown
}

export interface ToyServer {
  readonly url: string
  readonly requests: ReadonlyArray<ToyRequest>
  /** Requests that were begun and whose connection the client has ended. */
  readonly aborted: () => number
}

export type ToyHandler = (request: ToyRequest) => ToyAnswer | "hang" | "drop"

const answerWith = (response: ServerResponse, { body = {}, headers = {}, status = 200 }: ToyAnswer) => {
  const isText = typeof body === "string"
  response.writeHead(status, { "Content-Type": isText ? "text/html" : "application/json", ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

/**
 * A server that answers each request as a test says, for what a well-behaved one never does. `early` answers before
 * the body was read.
 */
export const toyServer = (handler: ToyHandler, early?: ToyHandler) =>
  Effect.acquireRelease(
    Effect.callback<ToyServer & { readonly stop: () => void }>((resume) => {
      const requests: Array<ToyRequest> = []
      let aborted = 0
      let origin = ""
      const server = createServer((incoming, response) => {
        const chunks: Array<Buffer> = []
        const toy = (): ToyRequest => ({
          method: incoming.method ?? "",
          url: new URL(incoming.url ?? "/", "http://toy.invalid"),
          headers: incoming.headers,
          body: Buffer.concat(chunks),
          origin,
          place: requests.length
        })
        const act = (made: ToyAnswer | "hang" | "drop") => {
          if (made === "drop") incoming.socket.destroy()
          else if (made !== "hang") answerWith(response, made)
        }
        response.once("close", () => {
          if (!response.writableFinished) aborted++
        })
        incoming.on("error", () => undefined)
        if (early !== undefined) {
          incoming.once("data", (chunk: Buffer) => {
            chunks.push(chunk)
            const request = toy()
            requests.push(request)
            act(early(request))
          })
          return
        }
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("end", () => {
          const request = toy()
          requests.push(request)
          act(handler(request))
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        origin = `http://127.0.0.1:${port}`
        resume(
          Effect.succeed({
            url: origin,
            requests,
            aborted: () => aborted,
            stop: () => {
              server.closeAllConnections()
              server.close()
            }
          })
        )
      })
    }),
    ({ stop }) => Effect.sync(stop)
  )
