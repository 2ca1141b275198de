import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

import { Ended, Exchange } from "./Exchange.ts"
import type { LoggedRequest } from "./LoggedRequest.ts"

/** What a listener counts. */
export interface ListenerStats {
  requests: number
  /** Requests answered with 4xx or 5xx. */
  refused: number
  inFlight: number
  peakInFlight: number
  /** Connections the clients opened. */
  connections: number
}

/** The service behind a listener. */
export interface Service {
  readonly stats: ListenerStats
  readonly requests: Array<LoggedRequest>
  /** The service's name for what a request asks for. */
  callOf(method: string, path: string): string | undefined
  serve(exchange: Exchange): Promise<void>
  /** Answers what `serve` threw. */
  fail(exchange: Exchange, failure: unknown): void
  /** After each request, however it ended. */
  over?(exchange: Exchange): void
}

const cutByClient = (failure: unknown): boolean =>
  failure instanceof Error &&
  ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"].includes(
    String((failure as NodeJS.ErrnoException).code)
  )

/** Listens on loopback, keeps the books, and passes each request to the service. */
export class LoopbackListener {
  private readonly service: Service
  private readonly server: Server

  constructor(service: Service) {
    this.service = service
    // The services keep idle connections for minutes; Node would close them after five seconds.
    this.server = createServer({ keepAliveTimeout: 240_000, requestTimeout: 0 }, (request, response) => {
      void this.answer(request, response)
    })
    this.server.on("connection", () => {
      service.stats.connections += 1
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
    const { stats } = this.service
    const exchange = new Exchange(request, response, this.logged(request))
    stats.inFlight += 1
    stats.peakInFlight = Math.max(stats.peakInFlight, stats.inFlight)
    try {
      await this.service.serve(exchange)
    } catch (failure) {
      if (!(failure instanceof Ended) && !cutByClient(failure)) this.service.fail(exchange, failure)
    } finally {
      stats.inFlight -= 1
      const { status } = exchange.log
      if (status !== undefined && status >= 400) stats.refused += 1
      this.service.over?.(exchange)
    }
  }

  private logged(request: IncomingMessage): LoggedRequest {
    const { requests, stats } = this.service
    stats.requests += 1
    const [path = "/", ...query] = (request.url ?? "/").split("?")
    const method = request.method ?? "GET"
    const entry: LoggedRequest = {
      number: stats.requests,
      method,
      path,
      query: new URLSearchParams(query.join("?")),
      call: this.service.callOf(method, path),
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
