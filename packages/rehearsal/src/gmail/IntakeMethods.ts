import { octetsOf, type Octets } from "../http/Octets.ts"
import { invalidArgument } from "./ApiError.ts"
import type { ApiCall, ApiMethod } from "./ApiMethod.ts"
import { gmailScope } from "./GmailScope.ts"
import { type JsonObject, stringsOf, textOf } from "./JsonBody.ts"
import { type Intake, takeIn } from "./MessageIntake.ts"
import type { StoredMessage } from "./StoredMessage.ts"

const { compose, full, insert, modify } = gmailScope

/** Bytes: `maxSize` in Google's description of the API (gmail.v1, revision 20260727). */
const maxMessage = 157_286_400
const maxDraft = 36_700_160

const messageFields = [
  "id",
  "threadId",
  "labelIds",
  "snippet",
  "historyId",
  "internalDate",
  "payload",
  "sizeEstimate",
  "raw",
  "classificationLabelValues"
]

const fromRaw = (message: JsonObject): Octets => {
  const raw = textOf(message, "raw") ?? ""
  if (!/^[\w+/-]*={0,2}$/u.test(raw)) {
    throw invalidArgument(`Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed`)
  }
  return octetsOf(Buffer.from(raw, "base64url"))
}

const stored = (call: ApiCall, kind: Intake["kind"], message: JsonObject): StoredMessage => {
  const { stats, rules } = call.world
  const octets = call.octets ?? fromRaw(message)
  stats.messageBytes += octets.size
  const before = call.user.account.arrived
  const result = takeIn(
    call.user.account,
    {
      kind,
      octets,
      labelIds: stringsOf(message, "labelIds"),
      threadId: textOf(message, "threadId"),
      internalDateSource: call.query.oneOf("internalDateSource", ["dateHeader", "receivedTime"]),
      neverMarkSpam: call.query.flag("neverMarkSpam")
    },
    rules
  )
  if (call.user.account.arrived === before) {
    stats.merged += 1
    octets.discard()
  } else stats.stored += 1
  return result
}

const shown = ({ id, threadId, labelIds }: StoredMessage): object => ({
  id,
  threadId,
  labelIds: [...labelIds]
})

/** The ways a message comes into an account. */
export const intakeMethods: ReadonlyArray<ApiMethod> = [
  {
    id: "messages.import",
    verb: "POST",
    path: "messages/import",
    units: 25,
    scopes: [full, insert, modify],
    parameters: ["internalDateSource", "neverMarkSpam", "processForCalendar", "deleted"],
    fields: messageFields,
    type: "message",
    maxUpload: maxMessage,
    stores: true,
    handle: (call) => {
      for (const flag of ["processForCalendar", "deleted"]) call.query.flag(flag)
      return shown(stored(call, "import", call.body))
    }
  },
  {
    id: "messages.insert",
    verb: "POST",
    path: "messages",
    units: 25,
    scopes: [full, insert, modify],
    parameters: ["internalDateSource", "deleted"],
    fields: messageFields,
    type: "message",
    maxUpload: maxMessage,
    stores: true,
    handle: (call) => {
      call.query.flag("deleted")
      return shown(stored(call, "insert", call.body))
    }
  },
  {
    id: "drafts.create",
    verb: "POST",
    path: "drafts",
    units: 10,
    scopes: [compose, full, modify],
    fields: ["id", "message"],
    type: "draft",
    maxUpload: maxDraft,
    stores: true,
    handle: (call) => {
      const message = stored(call, "draft", (call.body["message"] ?? {}) as JsonObject)
      return { id: `r-${BigInt(`0x${message.id}`)}`, message: shown(message) }
    }
  }
]
