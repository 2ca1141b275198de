import { randomBytes } from "node:crypto"

import { OctetSink, type SpillDirectory } from "../http/Octets.ts"
import { ApiError, badUpload } from "./ApiError.ts"

/** Chunks but the last are multiples of it, and what a cut request leaves behind is one too. Bytes. */
export const chunkMultiple = 256 * 1024

/** How a session ended: the answer it gives from then on. */
export type SessionEnd =
  | { readonly kind: "stored"; readonly answer: unknown }
  | { readonly kind: "refused"; readonly error: ApiError }

export interface Sending {
  /** Cuts its connection. */
  readonly cut: () => void
  /** Settles when nothing more comes of it. */
  readonly ended: Promise<void>
}

/** One upload that can be taken up again. */
export interface ResumableSession {
  readonly id: string
  /** As in `messages.import`. */
  readonly call: string
  readonly user: string
  /** The query of the request that began it: import's parameters. */
  readonly query: URLSearchParams
  readonly metadata: Readonly<Record<string, unknown>>
  /** X-Upload-Content-Length, where it was said. */
  readonly declared: number | undefined
  readonly sink: OctetSink
  /** The request that is sending bytes to it. */
  sending: Sending | undefined
  end: SessionEnd | undefined
}

export class ResumableSessions {
  private readonly open = new Map<string, ResumableSession>()
  private readonly gone = new Set<string>()
  private readonly spill: SpillDirectory

  constructor(spill: SpillDirectory) {
    this.spill = spill
  }

  begin(parts: Omit<ResumableSession, "id" | "sink" | "sending" | "end">): ResumableSession {
    const id = `AHmUCY${randomBytes(45).toString("base64url")}`
    const session = { ...parts, id, sink: new OctetSink(this.spill), sending: undefined, end: undefined }
    this.open.set(id, session)
    return session
  }

  /** 410 for one that was ended, 404 for one nobody ever knew. */
  find(id: string, user: string): ResumableSession {
    const session = this.open.get(id)
    if (session !== undefined && session.user === user) return session
    if (this.gone.has(id)) throw new ApiError({ code: 410, message: "Gone", reason: "gone" })
    throw new ApiError({ code: 404, message: "Not Found", reason: "notFound" })
  }

  /** Ends one on the client's wish. */
  cancel(session: ResumableSession): void {
    if (session.end === undefined) session.sink.discard()
    this.open.delete(session.id)
    this.gone.add(session.id)
  }

  /** Ends all: `gone` answers 410 for them, `forgotten` 404. */
  endAll(how: "gone" | "forgotten"): void {
    for (const session of this.open.values()) {
      this.cancel(session)
      if (how === "forgotten") this.gone.delete(session.id)
    }
  }
}

export type ContentRange =
  | { readonly kind: "query"; readonly total: number | undefined }
  | {
      readonly kind: "chunk"
      readonly first: number
      readonly last: number
      readonly total: number | undefined
    }

const total = (text: string | undefined): number | undefined =>
  text === undefined || text === "*" ? undefined : Number(text)

/** `bytes 0-524287/2000000`, with `*` for a total not known yet; `bytes * /2000000` (without the space) asks how far it got. */
export const parseContentRange = (field: string): ContentRange => {
  const query = /^bytes \*\/(\d+|\*)$/u.exec(field)
  if (query !== null) return { kind: "query", total: total(query[1]) }
  const chunk = /^bytes (\d+)-(\d+)\/(\d+|\*)$/u.exec(field)
  if (chunk === null) throw badUpload("Failed to parse Content-Range header.")
  const first = Number(chunk[1])
  const last = Number(chunk[2])
  const whole = total(chunk[3])
  if (last < first || (whole !== undefined && last >= whole)) {
    throw badUpload("Failed to parse Content-Range header.")
  }
  return { kind: "chunk", first, last, total: whole }
}
