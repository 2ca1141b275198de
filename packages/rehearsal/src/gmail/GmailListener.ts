import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

import { ApiError } from "./ApiError.ts"
import { ApiServer, callOf } from "./ApiServer.ts"
import { Ended, Exchange } from "./Exchange.ts"
import type { GmailWorld } from "./GmailWorld.ts"
import type { LoggedRequest } from "./RequestLog.ts"
import type { SignIn } from "./signin/SignIn.ts"

/** Reasons that mean the client was too fast. */
const byQuota = new Set(["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"])

const cutByClient = (failure: unknown): boolean =>
  failure instanceof Error &&
  ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"].includes(
    String((failure as NodeJS.ErrnoException).code)
  )

/** Listens on loopback, keeps the books, and passes each request to the sign-in or the API. */
export class GmailListener {
  private readonly world: GmailWorld
  private readonly api: ApiServer
  private readonly signIn: SignIn
  private readonly server: Server

  constructor(world: GmailWorld, signIn: SignIn) {
    this.world = world
    this.signIn = signIn
    this.api = new ApiServer(world)
    // Google keeps idle connections for minutes; Node would close them after five seconds.
    this.server = createServer({ keepAliveTimeout: 240_000, requestTimeout: 0 }, (request, response) => {
      void this.answer(request, response)
    })
    this.server.on("connection", () => {
      world.stats.connections += 1
    })
  }

  async open(host: string, port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.server.once("error", reject)
    this.server.listen(port, host, resolve)
    await promise
    return (this.server.address() as AddressInfo).port
  }

  shut(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { stats } = this.world
    const exchange = new Exchange(request, response, this.logged(request))
    stats.inFlight += 1
    stats.peakInFlight = Math.max(stats.peakInFlight, stats.inFlight)
    try {
      await this.serve(exchange)
    } catch (failure) {
      this.fail(exchange, failure)
    } finally {
      stats.inFlight -= 1
      const { status, reason } = exchange.log
      if (status !== undefined && status >= 400) stats.refused += 1
      if (reason !== undefined && byQuota.has(reason)) stats.refusedByQuota += 1
    }
  }

  private async serve(exchange: Exchange): Promise<void> {
    exchange.obey(await this.world.hook?.(exchange.log, "arrived"))
    if (this.signIn.serves(exchange.log.path)) return await this.signIn.serve(exchange)
    await this.api.serve(exchange)
  }

  private fail(exchange: Exchange, failure: unknown): void {
    if (failure instanceof Ended || cutByClient(failure)) return
    if (failure instanceof ApiError) return exchange.error(failure)
    const message = `Internal error encountered: ${failure instanceof Error ? failure.message : String(failure)}`
    exchange.error(new ApiError({ code: 500, message, reason: "backendError" }))
  }

  private logged(request: IncomingMessage): LoggedRequest {
    const { requests, stats } = this.world
    stats.requests += 1
    const [path = "/", ...query] = (request.url ?? "/").split("?")
    const method = request.method ?? "GET"
    const entry: LoggedRequest = {
      number: stats.requests,
      method,
      path,
      query: new URLSearchParams(query.join("?")),
      call: callOf(method, path),
      host: request.headers.host ?? "",
      at: Date.now(),
      bodyBytes: 0,
      status: undefined,
      reason: undefined
    }
    requests.push(entry)
    return entry
  }
}
