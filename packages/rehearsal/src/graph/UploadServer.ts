import { setTimeout as sleep } from "node:timers/promises"

import type { Exchange } from "../http/Exchange.ts"
import { attach, newAttachment } from "./Attaching.ts"
import { badRequest, GraphError, irresolvableConflict, itemNotFound, maxRequest } from "./GraphError.ts"
import { type GraphWorld, halfLatency } from "./GraphWorld.ts"
import type { MailboxGate } from "./MailboxGate.ts"
import { expiryOf, type UploadSession } from "./UploadSessions.ts"

const sessionPath =
  /^\/api\/gv1\.0\/Users\('([^']+)'\)\/Messages\('([^']+)'\)\/AttachmentSessions\('([^']+)'\)$/u

/** Whether a request is for this server and not for Graph proper. */
export const isUploadPath = (path: string): boolean => path.startsWith("/api/gv1.0/")

const invalidAudience = (): GraphError =>
  new GraphError(401, "InvalidAudience", "The audience claim value is invalid for current resource.")

const invalidRange = (message: string, session: UploadSession): GraphError =>
  new GraphError(416, "ErrorInvalidContentRange", `${message} Next expected: ${session.sink.size}.`)

const contentRange = /^bytes (\d+)-(\d+)\/(\d+)$/u

/** Outlook's spelling here is not Graph's, nor the same in every answer, and the range has no dash. */
const progress = (session: UploadSession, ranges: "NextExpectedRanges" | "nextExpectedRanges"): object => ({
  "@odata.context":
    "https://outlook.office.com/api/gv1.0/$metadata#Users('')/Messages('')/AttachmentSessions/$entity",
  ExpirationDateTime: expiryOf(session),
  [ranges]: [String(session.sink.size)]
})

/** The place to which the parts of large attachments go. */
export class UploadServer {
  private readonly world: GraphWorld
  private readonly gate: MailboxGate

  constructor(world: GraphWorld, gate: MailboxGate) {
    this.world = world
    this.gate = gate
  }

  async serve(exchange: Exchange): Promise<void> {
    const { log } = exchange
    if (exchange.header("authorization") !== undefined) throw invalidAudience()
    const id = sessionPath.exec(log.path)?.[3] ?? ""
    const session = this.world.sessions.find(id, log.query.get("authtoken"))
    if (session === undefined) throw itemNotFound()
    if (this.world.faults.fires("uploadSessionGone", log)) {
      this.world.sessions.end(session)
      throw itemNotFound()
    }
    if (log.method === "GET") return exchange.json(200, progress(session, "nextExpectedRanges"))
    if (log.method === "DELETE") {
      this.world.sessions.end(session)
      return exchange.empty(204)
    }
    if (log.method !== "PUT") throw new GraphError(405, "ErrorInvalidRequest", "The method is not allowed.")
    await this.gate.arrived(exchange, log, session.person)
    const leave = this.gate.enter(session.person, "PUT", Number(exchange.header("content-length") ?? 0))
    try {
      await this.part(exchange, session)
    } finally {
      leave()
    }
  }

  private async part(exchange: Exchange, session: UploadSession): Promise<void> {
    const { world } = this
    const [, from, to, total] = (contentRange.exec(exchange.header("content-range") ?? "") ?? []).map(Number)
    if (from === undefined || to === undefined || total === undefined) {
      throw badRequest("The Content-Range header is missing or malformed.", "ErrorInvalidContentRange")
    }
    const versionSeen = session.message.version
    exchange.pace = (size) => this.slow(size)
    // Each part has to be smaller than what Graph takes at once.
    const octets = await exchange.whole(maxRequest - 1)
    if (octets.length !== to - from + 1) {
      throw badRequest(
        "The Content-Range does not match the length of the content.",
        "ErrorInvalidContentRange"
      )
    }
    if (total !== session.item.size) {
      throw badRequest("The total size differs from that of the attachment item.", "ErrorInvalidContentRange")
    }
    if (from !== session.sink.size || to >= total) throw invalidRange("The range is out of order.", session)
    await halfLatency(world)
    this.gate.beforeCommit(exchange, exchange.log)
    if (from !== session.sink.size) throw invalidRange("The range is out of order.", session)
    if (session.message.version !== versionSeen) throw irresolvableConflict()
    const answer = this.take(session, octets)
    await this.gate.committed(exchange, exchange.log)
    await halfLatency(world)
    if (answer === undefined) exchange.json(200, progress(session, "NextExpectedRanges"))
    else exchange.empty(201, { location: answer })
  }

  /** Where the attachment is, once all of it is there. A last part that is refused never came. */
  private take(session: UploadSession, octets: Buffer): string | undefined {
    const { sink, item } = session
    const before = sink.size
    sink.write(octets)
    if (sink.size < item.size) return undefined
    try {
      return this.finish(session)
    } catch (failure) {
      sink.truncate(before)
      throw failure
    }
  }

  private finish(session: UploadSession): string {
    const { world } = this
    const { person, message, item } = session
    if (person.mailbox.message(message.immutableId) === undefined) throw itemNotFound()
    const attachment = newAttachment(person.mailbox, item, session.sink.octets())
    attach(world, person, message, attachment)
    world.sessions.end(session, true)
    return `https://outlook.office.com/api/gv1.0/Users('${encodeURIComponent(person.address)}')/Messages('${message.immutableId}')/Attachments('${attachment.id}')`
  }

  private async slow(size: number): Promise<void> {
    const { readRate } = this.world.faults
    if (readRate > 0) await sleep((size / readRate) * 1000)
  }
}
