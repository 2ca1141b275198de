import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import { type GmailFailure, strangeAnswer } from "./GmailFailure.ts"
import {
  type GmailMessage,
  type Stored,
  storedOrStrange,
  type UploadMethod,
  uploadParams
} from "./GmailUpload.ts"
import type { GmailWire, Sending } from "./GmailWire.ts"
import { octetSlices } from "./OctetSlices.ts"

/** An upload session: its URI is the key by which Google tells what became of it. */
const Ticket = Schema.fromJsonString(
  Schema.Struct({
    session: Schema.NonEmptyString,
    /** Octets of the message: a question about the session must say how many there are. */
    size: Schema.Int
  })
)
type Ticket = typeof Ticket.Type

const ticketOf = Schema.decodeUnknownOption(Ticket)
const textOf = Schema.encodeSync(Ticket)

const uploadPath = {
  import: "/upload/gmail/v1/users/me/messages/import",
  insert: "/upload/gmail/v1/users/me/messages"
}

/** Google's guide to resumable uploads shows sessions on this host, opened on another of its own. */
const googleHosts = new Set(["https://gmail.googleapis.com", "https://www.googleapis.com"])

/** Whether a session is on the configured server: any other is refused, since octets and token would go there. */
const belongsTo = (rootUrl: string, session: string): boolean => {
  const url = URL.parse(session)
  if (url === null) return false
  const { origin } = new URL(rootUrl)
  return url.origin === origin || (googleHosts.has(origin) && googleHosts.has(url.origin))
}

const foreign: GmailFailure = {
  _tag: "GmailFailure",
  status: 308,
  text: "the upload session is on another server than the configured one, so nothing was sent there"
}

/** A header of an answer of gaxios's own. */
const locationOf = (headers: Headers): string => headers.get("location") ?? ""

/** Opens a session and gives its URI. Nothing of the message is sent yet. */
const open = (wire: GmailWire, method: UploadMethod, message: GmailMessage) => {
  const { userId, ...params } = uploadParams(method, message)
  const url = new URL(`${wire.rootUrl}${uploadPath[method].replace("me", userId)}`)
  url.searchParams.set("uploadType", "resumable")
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value))
  return wire
    .request("append", async ({ http, options }) => {
      const { headers } = await http.request({
        ...withHeaders(options, {
          "Content-Type": "application/json; charset=UTF-8",
          "X-Upload-Content-Type": "message/rfc822",
          "X-Upload-Content-Length": String(message.bytes.length)
        }),
        url,
        method: "POST",
        data: JSON.stringify({ labelIds: message.labelIds })
      })
      return locationOf(headers)
    })
    .pipe(
      Effect.filterOrFail(
        (session) => session !== "",
        () => strangeAnswer("the server opened an upload session and did not say where")
      ),
      Effect.filterOrFail(
        (session) => belongsTo(wire.rootUrl, session),
        () => foreign
      ),
      // Whatever became of this request: nobody knows the session, so nothing is ever stored by it.
      Effect.mapError((error) => (error._tag === "GmailFailure" ? { ...error, isHarmless: true } : error))
    )
}

const withHeaders = (options: Sending["options"], headers: Readonly<Record<string, string>>) => {
  const { rootUrl: _, ...rest } = options
  return { ...rest, headers: { ...options.headers, ...headers } }
}

/** 308 says that the session waits for octets (Google's own meaning of it, not RFC 9110's). */
const isWaiting = 308

const validateStatus = (status: number) => (status >= 200 && status < 300) || status === isWaiting

const put = (wire: GmailWire, { session, size }: Ticket, bytes: Uint8Array) =>
  wire.upload(
    "append",
    () => octetSlices(bytes),
    async ({ http, options }, body) => {
      const { data, status } = await http.request<unknown>({
        ...withHeaders(options, { "Content-Type": "message/rfc822", "Content-Length": String(size) }),
        url: session,
        method: "PUT",
        data: body,
        validateStatus
      })
      return { data, status }
    }
  )

/**
 * Sends a message through an upload session of its own. `note` is given the ticket, and must have kept it when it
 * returns: only then the octets go out, so that whatever happens can be asked about.
 */
export const uploadInSession = Effect.fnUntraced(function* (
  wire: GmailWire,
  method: UploadMethod,
  message: GmailMessage,
  note: (ticket: string) => Effect.Effect<void, MailError>
): Effect.fn.Return<Stored, GmailFailure | MailError> {
  const ticket = { session: yield* open(wire, method, message), size: message.bytes.length }
  yield* note(textOf(ticket))
  const { data, status } = yield* put(wire, ticket, message.bytes)
  if (status === isWaiting) {
    return yield* Effect.fail(strangeAnswer("the server took less than the whole message"))
  }
  return yield* storedOrStrange(data)
})

/** Statuses of a session that nobody can send to any more, or that never was. */
const isOver = (error: GmailFailure | MailError): boolean =>
  error._tag === "GmailFailure" && [400, 404, 410].includes(error.status ?? 0)

/**
 * What a session came to. None when it waits for octets, which nobody will send now, or is gone. Sends none itself.
 */
export const askSession = (
  wire: GmailWire,
  ticketText: string
): Effect.Effect<Option.Option<Stored>, GmailFailure | MailError> => {
  const ticket = Option.filter(ticketOf(ticketText), ({ session }) => belongsTo(wire.rootUrl, session))
  if (Option.isNone(ticket)) return Effect.succeedNone
  const { session, size } = ticket.value
  return wire
    .request("recall", async ({ http, options }) => {
      const { data, status } = await http.request<unknown>({
        ...withHeaders(options, { "Content-Range": `bytes */${size}` }),
        url: session,
        method: "PUT",
        validateStatus
      })
      return { data, status }
    })
    .pipe(
      Effect.flatMap(({ data, status }) =>
        status === isWaiting ? Effect.succeedNone : Effect.asSome(storedOrStrange(data))
      ),
      Effect.catchIf(isOver, () => Effect.succeedNone)
    )
}
