import { randomUUID } from "node:crypto"

import { BodyTooLong, type Exchange } from "../http/Exchange.ts"
import type { LoggedRequest } from "../http/LoggedRequest.ts"
import type { Service } from "../http/LoopbackListener.ts"
import { serveBatch } from "./BatchServer.ts"
import { badRequest, GraphError, type RequestIds, requestTooLong } from "./GraphError.ts"
import type { GraphAnswer } from "./GraphMethod.ts"
import { callOf, GraphServer, wholeBody } from "./GraphServer.ts"
import type { GraphStats, GraphWorld } from "./GraphWorld.ts"
import { MailboxGate, RawRefusal } from "./MailboxGate.ts"
import { isUploadPath, UploadServer } from "./UploadServer.ts"

const idsOf = (exchange: Exchange): RequestIds => {
  const requestId = randomUUID()
  return { requestId, clientRequestId: exchange.header("client-request-id") ?? requestId }
}

const idHeaders = ({ requestId, clientRequestId }: RequestIds): Readonly<Record<string, string>> => ({
  "request-id": requestId,
  "client-request-id": clientRequestId,
  "cache-control": "private",
  "odata-version": "4.0",
  "x-ms-ags-diagnostic":
    '{"ServerInfo":{"DataCenter":"Rehearsal","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"REHEARSAL"}}'
})

/** What faults and hooks know requests to an upload session by. */
const uploadCalls: Readonly<Record<string, string>> = {
  DELETE: "attachments.cancelUpload",
  GET: "attachments.uploadStatus",
  PUT: "attachments.putPart"
}

const jsonType =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

/** Sends what a call came to. */
const send = (exchange: Exchange, { status, body, headers }: GraphAnswer, ids: RequestIds): void => {
  const all = { ...idHeaders(ids), ...headers }
  if (body === undefined) return exchange.empty(status, all)
  if (Buffer.isBuffer(body)) return exchange.octets(status, body, all)
  exchange.json(status, body, { "content-type": jsonType, ...all })
}

/** The sign-in. */
export interface AuthorityService {
  serves(path: string): boolean
  serve(exchange: Exchange): Promise<void>
}

/** Passes each request to the sign-in, Graph, or the server that takes large attachments. */
export class GraphService implements Service {
  readonly stats: GraphStats
  readonly requests: Array<LoggedRequest>
  private readonly world: GraphWorld
  private readonly gate: MailboxGate
  private readonly graph: GraphServer
  private readonly uploads: UploadServer
  private readonly authority: AuthorityService

  constructor(world: GraphWorld, authority: AuthorityService) {
    this.gate = new MailboxGate(world)
    this.world = world
    this.stats = world.stats
    this.requests = world.requests
    this.graph = new GraphServer(world, this.gate)
    this.uploads = new UploadServer(world, this.gate)
    this.authority = authority
  }

  callOf(method: string, path: string): string | undefined {
    return isUploadPath(path) ? uploadCalls[method] : callOf(method, path)
  }

  async serve(exchange: Exchange): Promise<void> {
    const { log } = exchange
    exchange.obey(await this.world.hook?.(log, "arrived"))
    if (this.authority.serves(log.path)) {
      await this.gate.arrived(exchange, log)
      return await this.authority.serve(exchange)
    }
    if (isUploadPath(log.path)) return await this.uploads.serve(exchange)
    const ids = idsOf(exchange)
    const path = /^\/v1\.0(\/.*)$/u.exec(log.path)?.[1]
    if (path === undefined) throw badRequest(`Invalid version: ${log.path.split("/")[1] ?? ""}.`)
    if (log.call === "batch" && log.method === "POST") {
      return send(exchange, await serveBatch(this.world, this.graph, exchange, ids), ids)
    }
    const answer = await this.graph.perform({
      request: { method: log.method, path, query: log.query, header: (name) => exchange.header(name) },
      exchange,
      seen: log,
      announced: Number(exchange.header("content-length") ?? 0),
      body: () => wholeBody(exchange)
    })
    send(exchange, answer, ids)
  }

  fail(exchange: Exchange, failure: unknown): void {
    if (failure instanceof RawRefusal) {
      const { status, text, headers = {} } = failure.answer
      return text === "" ? exchange.empty(status, headers) : exchange.html(status, text, headers)
    }
    const ids = idsOf(exchange)
    const error =
      failure instanceof GraphError
        ? failure
        : failure instanceof BodyTooLong
          ? requestTooLong()
          : new GraphError(
              500,
              "InternalServerError",
              failure instanceof Error ? failure.message : String(failure)
            )
    const refusal = error.for(ids)
    exchange.error({ ...refusal, headers: { ...idHeaders(ids), ...refusal.headers } })
  }

  over({ log: { status } }: Exchange): void {
    if (status === 429) this.stats.throttled += 1
  }
}
