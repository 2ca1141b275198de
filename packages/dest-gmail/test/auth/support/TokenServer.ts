import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

export interface TokenAnswer {
  readonly status?: number
  readonly location?: string
  readonly body: unknown
}

/** A token endpoint that answers as it is told and remembers what it was asked. */
export class TokenServer {
  readonly asked: Array<URLSearchParams> = []
  readonly paths: Array<string> = []
  answer: (form: URLSearchParams, asked: number) => TokenAnswer
  readonly #server: Server

  private constructor(server: Server, answer: TokenServer["answer"]) {
    this.#server = server
    this.answer = answer
  }

  static async start(answer: TokenServer["answer"]): Promise<TokenServer> {
    const server = createServer()
    const made = new TokenServer(server, answer)
    server.on("request", (request, response) => {
      const parts: Array<Buffer> = []
      request.on("data", (part: Buffer) => parts.push(part))
      request.on("end", () => {
        const form = new URLSearchParams(Buffer.concat(parts).toString("utf8"))
        made.asked.push(form)
        made.paths.push(request.url ?? "")
        const { body, location, status = 200 } = made.answer(form, made.asked.length)
        const headers = { "content-type": "application/json" }
        response.writeHead(status, location === undefined ? headers : { ...headers, location })
        response.end(typeof body === "string" ? body : JSON.stringify(body))
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve)
    })
    return made
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }
}
