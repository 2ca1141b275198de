import { MailError, Transient } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { GraphFailure } from "../graph/GraphFailure.ts"
import type { Spend } from "../graph/GraphWire.ts"
import { listAll, readAs } from "../graph/Paged.ts"
import type { LaterAttachment } from "../message/GraphMessage.ts"
import { graphAttachment } from "../message/RequestSize.ts"
import { octetsOfPart, uploadParts } from "../message/UploadParts.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"

/** Graph and the server of upload sessions spell the same keys in two ways. */
const Progress = Schema.Struct({
  uploadUrl: Schema.optionalKey(Schema.String),
  UploadUrl: Schema.optionalKey(Schema.String),
  nextExpectedRanges: Schema.optionalKey(Schema.Array(Schema.String)),
  NextExpectedRanges: Schema.optionalKey(Schema.Array(Schema.String))
})

const readProgress = readAs(Progress)

/** The first octet that is still wanted: `2097152`, or `2097152-4194303`. */
const wantedFrom = (progress: typeof Progress.Type): number | undefined => {
  const [range] = progress.nextExpectedRanges ?? progress.NextExpectedRanges ?? []
  const from = Number.parseInt(range ?? "", 10)
  return Number.isSafeInteger(from) ? from : undefined
}

/** What is there is counted before the same is tried again. */
const unfinished = new MailError({
  adapter: "o365",
  operation: "append",
  reason: new Transient({
    detail: "an upload session took all octets of an attachment and did not end",
    applied: "no",
    atMost: 5
  })
})

/** A session is gone, or not ours. What is refused for now is asked again later: to begin anew would cost all of it again. */
const isOver = ({ status }: GraphFailure): boolean =>
  status >= 400 && status < 500 && ![408, 423, 425, 429].includes(status)

/** Repeating any of these calls does no harm: what is there is looked at before anything is sent again. */
const repeatable = { notRepeatable: false, missing: "message" } as const
const ofSession = { notRepeatable: false, missing: "session" } as const

/**
 * Adds attachments to a message that exists, one strictly after the other: Exchange refuses two at a time with
 * ErrorIrresolvableConflict (graph.md section 2.3).
 */
export const makeAttaching = ({ mailboxPath, told, wire }: O365Mailbox) => {
  const all = listAll(wire, told)
  /** Upload sessions of this process by message and number, so that one that was cut off goes on where it stopped. */
  const sessions = new Map<string, string>()

  const pathOf = (id: string) => `${mailboxPath}/messages/${encodeURIComponent(id)}/attachments`

  /** How many are there. */
  const present = (id: string, spend: Spend): Effect.Effect<number, MailError> =>
    Effect.map(all("append", `${pathOf(id)}?$select=id&$top=100`, spend), (found) => found.length)

  const post = (id: string, file: LaterAttachment, spend: Spend) =>
    told(
      "append",
      wire.call("append", {
        method: "POST",
        path: pathOf(id),
        json: graphAttachment(file),
        spend,
        expects: 201
      }),
      repeatable
    )

  const open = Effect.fnUntraced(function* (id: string, file: LaterAttachment, spend: Spend) {
    const { contentId, contentType, isInline, name, octets } = file
    const item = { attachmentType: "file", name, size: octets.length, contentType, isInline }
    const { json } = yield* told(
      "append",
      wire.call("append", {
        method: "POST",
        path: `${pathOf(id)}/createUploadSession`,
        json: { AttachmentItem: { ...item, ...(contentId === undefined ? {} : { contentId }) } },
        spend,
        expects: 201
      }),
      repeatable
    )
    const progress = yield* readProgress("append", json)
    return { url: progress.uploadUrl ?? progress.UploadUrl ?? "", from: wantedFrom(progress) ?? 0 }
  })

  /** Where a session that was begun stands; undefined when it is over. */
  const resumed = (url: string, spend: Spend) =>
    Effect.andThen(spend(0), wire.session("append", url)).pipe(
      Effect.flatMap(({ json }) => readProgress("append", json)),
      Effect.map((progress) => ({ url, from: wantedFrom(progress) ?? 0 })),
      Effect.catchTag("GraphFailure", (failure) =>
        isOver(failure) ? Effect.succeed(undefined) : told("append", Effect.fail(failure), ofSession)
      )
    )

  const upload = Effect.fnUntraced(function* (id: string, at: number, file: LaterAttachment, spend: Spend) {
    const name = `${id} ${at}`
    const known = sessions.get(name)
    const session =
      (known === undefined ? undefined : yield* resumed(known, spend)) ?? (yield* open(id, file, spend))
    sessions.set(name, session.url)
    const size = file.octets.length
    for (let from = session.from; ;) {
      const [part] = uploadParts(size, from)
      if (part === undefined) return yield* unfinished
      const octets = octetsOfPart(file.octets, part)
      const sent = wire.put("append", { url: session.url, octets, start: part.start, size, spend })
      const { json, status } = yield* told("append", sent, ofSession)
      if (status === 201 && part.end === size) break
      const wanted = json === undefined ? undefined : wantedFrom(yield* readProgress("append", json))
      from = wanted ?? part.end
    }
    sessions.delete(name)
  })

  /** Adds what is still to come; `done` are there. */
  const attach = Effect.fnUntraced(function* (
    id: string,
    later: ReadonlyArray<LaterAttachment>,
    done: number,
    spend: Spend
  ) {
    for (const [at, file] of later.entries()) {
      if (at < done) continue
      yield* file.route === "post" ? post(id, file, spend) : upload(id, at, file, spend)
    }
  })

  return { present, attach }
}
