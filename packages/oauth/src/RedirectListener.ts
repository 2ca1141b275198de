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

/** A listener of Node's http module on a port the system chose. */
class LoopbackServer {
  readonly #server: Server
  /** Browsers that still wait for their page. */
  readonly #waiting = new Set<ServerResponse>()
  #answered = false

  private constructor(server: Server) {
    this.#server = server
  }

  static open(state: string, heard: (redirected: Redirected) => void): Promise<LoopbackServer> {
    return new Promise((resolve, reject) => {
      const server = createServer()
      const opened = new LoopbackServer(server)
      server.on("request", (request, response) => opened.#take(request, response, state, heard))
      server.once("error", reject)
      // An address and not a name, and no other interface: nobody else on the network may answer (RFC 8252 section 8.3).
      server.listen(0, "127.0.0.1", () => resolve(opened))
    })
  }

  get authority(): string {
    const address = this.#server.address()
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  }

  close(): Promise<void> {
    for (const response of this.#waiting) sendPage(response, abandoned)
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeIdleConnections()
      // One that never ends its request must not hold the program up.
      setTimeout(() => this.#server.closeAllConnections(), 500).unref()
    })
  }

  #take(
    request: IncomingMessage,
    response: ServerResponse,
    state: string,
    heard: (redirected: Redirected) => void
  ): void {
    const url = URL.parse(request.url ?? "", `http://${this.authority}`)
    // A page elsewhere whose name was pointed at 127.0.0.1 sends its own name here.
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
 * Listens on 127.0.0.1 for the browser to come back, and only for that: another path, method or host name gets 404, an
 * answer with another state is told so and not taken, and after the first answer none is. The scope closes it.
 */
export const listenForRedirect = (
  state: string
): Effect.Effect<RedirectListener, AuthorizationFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const answers = yield* Queue.unbounded<Redirected>()
    const server = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => LoopbackServer.open(state, (redirected) => Queue.offerUnsafe(answers, redirected)),
        catch: (cause) => new AuthorizationFailed({ why: "port", detail: String(cause) })
      }),
      (opened) => Effect.promise(() => opened.close())
    )
    return { redirect: `http://${server.authority}`, redirected: Queue.take(answers) }
  })
