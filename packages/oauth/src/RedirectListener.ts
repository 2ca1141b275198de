import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"

import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"

import { type AuthorizationAnswer, answerOf } from "./AuthorizationAnswer.ts"
import { AuthorizationFailed } from "./AuthorizationFailed.ts"
import { type RedirectPage, sendPage } from "./RedirectPage.ts"

/** The one answer, and the browser that waits to hear what came of it. */
export interface Redirected {
  readonly answer: Extract<AuthorizationAnswer, { _tag: "Code" | "Refused" }>
  readonly reply: (page: RedirectPage) => Effect.Effect<void>
}

/**
 * How the service is told the address of this computer. An address is surer than a name (RFC 8252 section 8.3), but a
 * service may register `http://localhost` alone.
 */
export type RedirectHost = "127.0.0.1" | "localhost"

export interface RedirectListener {
  /** Where the service is to send the browser: `http://127.0.0.1:49152`. */
  readonly redirect: string
  /** Waits for the answer; there is one at most. */
  readonly redirected: Effect.Effect<Redirected>
}

const nowhere: RedirectPage = {
  status: 404,
  title: "Nothing here",
  text: "This address is only for the end of a sign-in."
}

const foreign: RedirectPage = {
  status: 400,
  title: "This answer belongs to another sign-in",
  text: "It was not asked for, so nothing was done with it. Use the address that the terminal shows now."
}

const used: RedirectPage = {
  status: 410,
  title: "This sign-in is over",
  text: "It was answered already. Look at the terminal for what came of it."
}

const abandoned: RedirectPage = {
  status: 503,
  title: "Not signed in",
  text: "The program stopped before it was done. Look at the terminal, then begin again."
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // One that never ends its request must not hold the program up.
    setTimeout(() => server.closeAllConnections(), 500).unref()
  })

/** Resolves with the port. */
const listening = (server: Server, port: number, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, address, () => {
      const opened = server.address()
      resolve(typeof opened === "object" && opened !== null ? opened.port : 0)
    })
  })

const isTaken = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE"

/** A listener of Node's http module on a port the system chose. */
class LoopbackServer {
  readonly #servers: ReadonlyArray<Server>
  readonly #host: RedirectHost
  /** Browsers that still wait for their page. */
  readonly #waiting = new Set<ServerResponse>()
  #port = 0
  #answered = false

  private constructor(host: RedirectHost) {
    this.#host = host
    this.#servers = host === "localhost" ? [createServer(), createServer()] : [createServer()]
  }

  static async open(
    host: RedirectHost,
    state: string,
    heard: (redirected: Redirected) => void
  ): Promise<LoopbackServer> {
    const opened = new LoopbackServer(host)
    for (const server of opened.#servers) {
      server.on("request", (request, response) => opened.#take(request, response, state, heard))
    }
    return (await opened.#listen()) ? opened : LoopbackServer.open(host, state, heard)
  }

  get authority(): string {
    return `${this.#host}:${this.#port}`
  }

  /**
   * No other interface: nobody else on the network may answer. A name may stand for either address of this computer, so
   * nobody else here may have the port on the other one; false where somebody has.
   */
  async #listen(): Promise<boolean> {
    const [first, second] = this.#servers
    if (first === undefined) return false
    this.#port = await listening(first, 0, "127.0.0.1")
    if (second === undefined) return true
    try {
      await listening(second, this.#port, "::1")
      return true
    } catch (cause) {
      // A computer without IPv6 has no other address.
      if (!isTaken(cause)) return true
      await this.close()
      return false
    }
  }

  async close(): Promise<void> {
    for (const response of this.#waiting) sendPage(response, abandoned)
    await Promise.all(this.#servers.map(closed))
  }

  #take(
    request: IncomingMessage,
    response: ServerResponse,
    state: string,
    heard: (redirected: Redirected) => void
  ): void {
    const url = URL.parse(request.url ?? "", `http://${this.authority}`)
    // A page elsewhere whose name was pointed at this computer sends its own name here.
    const here = request.headers.host === this.authority
    if (url === null || !here || request.method !== "GET" || url.pathname !== "/") {
      sendPage(response, nowhere)
      return
    }
    const answer = answerOf(url.searchParams, state)
    if (answer._tag === "Nothing") sendPage(response, nowhere)
    else if (answer._tag === "Foreign") sendPage(response, foreign)
    else if (this.#answered) sendPage(response, used)
    else {
      this.#answered = true
      this.#waiting.add(response)
      response.once("close", () => this.#waiting.delete(response))
      heard({
        answer,
        reply: (page) =>
          Effect.sync(() => {
            if (this.#waiting.delete(response)) sendPage(response, page)
          })
      })
    }
  }
}

/**
 * Listens on loopback for the browser to come back, and only for that: another path, method or host name gets 404, an
 * answer with another state is told so and not taken, and after the first answer none is. The scope closes it.
 */
export const listenForRedirect = (
  state: string,
  host: RedirectHost = "127.0.0.1"
): Effect.Effect<RedirectListener, AuthorizationFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const answers = yield* Queue.unbounded<Redirected>()
    const server = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => LoopbackServer.open(host, state, (redirected) => Queue.offerUnsafe(answers, redirected)),
        catch: (cause) => new AuthorizationFailed({ why: "port", detail: String(cause) })
      }),
      (opened) => Effect.promise(() => opened.close())
    )
    return { redirect: `http://${server.authority}`, redirected: Queue.take(answers) }
  })
