import { ApiError, badUpload, tooLarge } from "./ApiError.ts"
import type { GmailWorld } from "./GmailWorld.ts"
import { QueryParameters } from "./QueryParameters.ts"
import {
  chunkMultiple,
  type ContentRange,
  parseContentRange,
  type ResumableSession
} from "./ResumableSessions.ts"
import { checkMediaType, maxMetadata, parseMetadata, type UploadRequest } from "./UploadRequest.ts"

const incomplete = (session: ResumableSession): Readonly<Record<string, string>> => ({
  "x-guploader-uploadid": session.id,
  "content-length": "0",
  ...(session.sink.size === 0 ? {} : { range: `bytes=0-${session.sink.size - 1}` })
})

/**
 * The resumable protocol (developers.google.com/workspace/gmail/api/guides/uploads). A session that ended keeps its
 * answer and gives it again to whoever asks.
 */
export class ResumableUploads {
  private readonly world: GmailWorld

  constructor(world: GmailWorld) {
    this.world = world
  }

  async begin({ exchange, method, user }: UploadRequest): Promise<void> {
    const said = exchange.header("x-upload-content-length")
    const type = exchange.header("x-upload-content-type") ?? "message/rfc822"
    const limit = method.maxUpload ?? 0
    if (said !== undefined && !/^\d{1,15}$/u.test(said))
      throw badUpload("Invalid X-Upload-Content-Length header.")
    if (said !== undefined && Number(said) > limit) throw tooLarge(limit)
    checkMediaType(type)
    const octets = await exchange.whole(maxMetadata)
    const metadata = parseMetadata(octets, exchange.header("content-type") ?? "", method)
    const session = this.world.sessions.begin({
      call: method.id,
      user: user.account.email,
      query: exchange.log.query,
      metadata,
      declared: said === undefined ? undefined : Number(said)
    })
    const query = new URLSearchParams(exchange.log.query)
    query.set("upload_id", session.id)
    exchange.empty(200, {
      location: `${this.world.url}${exchange.log.path}?${query.toString()}`,
      "x-guploader-uploadid": session.id
    })
  }

  async proceed(upload: UploadRequest): Promise<void> {
    const { exchange, user } = upload
    const session = this.world.sessions.find(exchange.log.query.get("upload_id") ?? "", user.account.email)
    if (exchange.log.method === "DELETE") {
      this.world.sessions.cancel(session)
      return exchange.json(499, { error: { code: 499, message: "Client Closed Request" } })
    }
    if (exchange.log.method !== "PUT") throw badUpload("The bytes of a session are sent by PUT.")
    const field = exchange.header("content-range")
    const range = field === undefined ? undefined : parseContentRange(field)
    await this.cutEarlier(session)
    if (session.end !== undefined) return this.replay(upload, session)
    if (range?.kind === "query") {
      this.checkTotal(session, range.total)
      return exchange.empty(308, incomplete(session))
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    session.sending = { cut: () => exchange.request.socket.destroy(), ended: promise }
    try {
      await this.receive(upload, session, range)
    } finally {
      session.sending = undefined
      resolve()
    }
  }

  /** Whoever comes to a session last has it: a client that lost its connection knows so before the server does. */
  private async cutEarlier(session: ResumableSession): Promise<void> {
    while (session.sending !== undefined) {
      session.sending.cut()
      await session.sending.ended
    }
  }

  private replay({ exchange, select }: UploadRequest, { end }: ResumableSession): void {
    if (end?.kind === "refused") throw end.error
    exchange.json(200, select(end?.answer))
  }

  private checkTotal({ declared }: ResumableSession, total: number | undefined): void {
    if (declared !== undefined && total !== undefined && declared !== total) {
      throw badUpload(
        `Invalid request. The total size ${total} does not match the declared upload size ${declared}.`
      )
    }
  }

  private async receive(
    upload: UploadRequest,
    session: ResumableSession,
    range: Extract<ContentRange, { kind: "chunk" }> | undefined
  ): Promise<void> {
    const { exchange, method } = upload
    const { sink } = session
    const first = range?.first ?? 0
    this.checkTotal(session, range?.total)
    // All in one request begins anew, whatever is there.
    if (range === undefined) sink.truncate(0)
    if (first !== sink.size) {
      throw badUpload(
        `Invalid request. According to the Content-Range header, the upload offset is ${first} byte(s), which does not match the ${sink.size} byte(s) received so far.`
      )
    }
    const limit = method.maxUpload ?? 0
    if ((range?.total ?? 0) > limit) throw tooLarge(limit)
    try {
      for await (const chunk of exchange.body()) {
        if (sink.size + chunk.length > limit) throw tooLarge(limit)
        sink.write(chunk)
      }
      await this.received(upload, session, range, sink.size - first)
    } catch (failure) {
      // What a cut request leaves behind is kept in whole blocks.
      if (session.end === undefined) sink.truncate(sink.size - (sink.size % chunkMultiple))
      throw failure
    }
  }

  private async received(
    upload: UploadRequest,
    session: ResumableSession,
    range: Extract<ContentRange, { kind: "chunk" }> | undefined,
    count: number
  ): Promise<void> {
    const { sink, declared } = session
    if (range !== undefined && count !== range.last - range.first + 1) {
      sink.truncate(range.first)
      throw badUpload(
        `Invalid request. The Content-Range header says ${range.last - range.first + 1} byte(s), the request has ${count}.`
      )
    }
    const whole = range === undefined ? (declared ?? sink.size) : (range.total ?? Infinity)
    if (sink.size < whole) {
      if (range === undefined)
        throw badUpload(`Invalid request. ${whole} bytes were declared, ${sink.size} came.`)
      if (count % chunkMultiple !== 0) {
        sink.truncate(range.first)
        throw badUpload(
          `Invalid request. The number of bytes uploaded is required to be equal or greater than ${chunkMultiple}, except for the final request (it's recommended to be the exact multiple of ${chunkMultiple}). The received request contained ${count} bytes, which does not meet this requirement.`
        )
      }
      return upload.exchange.empty(308, incomplete(session))
    }
    if (sink.size > whole)
      throw badUpload(`Invalid request. ${whole} bytes were declared, ${sink.size} came.`)
    await this.finish(upload, session)
  }

  private async finish(upload: UploadRequest, session: ResumableSession): Promise<void> {
    const settings = new QueryParameters(session.query, upload.method.parameters ?? [])
    try {
      const answer = await upload.carryOut(session.metadata, session.sink.octets(), settings, (stored) => {
        session.end = { kind: "stored", answer: stored }
        session.sink.close()
      })
      upload.exchange.json(200, upload.select(answer))
    } catch (failure) {
      if (failure instanceof ApiError) {
        session.end = { kind: "refused", error: failure }
        session.sink.discard()
      }
      throw failure
    }
  }
}
