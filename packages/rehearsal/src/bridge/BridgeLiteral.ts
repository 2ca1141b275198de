import { fieldValue, headerFields } from "../imap/HeaderBlock.ts"
import type { ProtonMessage } from "../ProtonAccount.ts"
import { type BridgeBody, buildBody } from "./BridgeBody.ts"
import { parseMailDate } from "./MailDate.ts"

interface Field {
  readonly name: string
  readonly octets: Buffer
  readonly value: string
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number): string => String(value).padStart(2, "0")

/** Go's RFC1123Z in UTC, from seconds since 1970. */
export const rfc1123z = (seconds: number): string => {
  const at = new Date(seconds * 1000)
  const date = `${days[at.getUTCDay()]}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  return `${date} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

/** RFC 822's birthday stands in where neither the message nor Proton has a date. */
const lastResort = Date.UTC(1982, 7, 13) / 1000

const field = (name: string, value: string): Field => ({
  name: name.toLowerCase(),
  octets: Buffer.from(`${name}: ${value}\r\n`, "utf8"),
  value
})

const internalReference = (id: string): string => `<${id}@protonmail.internalid>`

const withMessageId = (fields: ReadonlyArray<Field>, message: ProtonMessage): ReadonlyArray<Field> => {
  if (fields.some((each) => each.name === "message-id")) return fields
  const id = message.externalId === undefined ? internalReference(message.id) : `<${message.externalId}>`
  return [...fields, field("Message-Id", id)]
}

/** An unreadable date, or one before 1970, gives way to Proton's; the old words move to X-Original-Date. */
const withDate = (fields: ReadonlyArray<Field>, message: ProtonMessage): ReadonlyArray<Field> => {
  const date = fields.find((each) => each.name === "date")
  const at = parseMailDate(date?.value ?? "")
  if (at !== undefined && at >= 0) return fields
  const sane = field("Date", rfc1123z(message.time > 0 ? message.time : lastResort))
  const dated = date === undefined ? [...fields, sane] : fields.map((each) => (each === date ? sane : each))
  const keep =
    date !== undefined && date.value !== "" && !fields.some((each) => each.name === "x-original-date")
  return keep ? [...dated, field("X-Original-Date", date.value)] : dated
}

/** The header is written anew, one id to a line, whatever it looked like before. */
const withReferences = (fields: ReadonlyArray<Field>, message: ProtonMessage): ReadonlyArray<Field> => {
  const own = internalReference(message.id)
  const references = fields.find((each) => each.name === "references")
  const ids = references?.value.split(/\s+/u).filter((id) => id !== "") ?? []
  const rewritten = field("References", [...ids, ...(ids.includes(own) ? [] : [own])].join("\r\n "))
  if (references === undefined) return [...fields, rewritten]
  return fields.map((each) => (each === references ? rewritten : each))
}

/** Bridge sets its fields and so replaces any of the same name that the sender wrote: nobody can forge an id. */
const withProtonFields = (fields: ReadonlyArray<Field>, message: ProtonMessage): ReadonlyArray<Field> => {
  const own = [
    field("X-Pm-Internal-Id", message.id),
    ...(message.externalId === undefined ? [] : [field("X-Pm-External-Id", `<${message.externalId}>`)]),
    field("X-Pm-Date", rfc1123z(Math.max(0, message.time)))
  ]
  const names = new Set(own.map(({ name }) => name))
  return [...fields.filter(({ name }) => !names.has(name)), ...own]
}

const steps = [withMessageId, withDate, withProtonFields, withReferences]

/** Replaces the first field of that name where it stands, or adds one at the end. */
const withField = (fields: ReadonlyArray<Field>, name: string, value: string): ReadonlyArray<Field> => {
  const next = field(name, value)
  const at = fields.findIndex((each) => each.name === next.name)
  return at === -1 ? [...fields, next] : fields.with(at, next)
}

const withBody = (fields: ReadonlyArray<Field>, body: BridgeBody): ReadonlyArray<Field> => {
  const typed = withField(fields, "Content-Type", body.contentType)
  return body.encoding === undefined
    ? typed.filter((each) => each.name !== "content-transfer-encoding")
    : withField(typed, "Content-Transfer-Encoding", body.encoding)
}

/** The last field of a message that is all header may want its line end. */
const ended = (octets: Buffer): Buffer =>
  octets.at(-1) === 0x0a ? octets : Buffer.concat([octets, Buffer.from("\r\n", "latin1")])

/** mbox separators that strayed into the header, as old imports left them. */
const isMboxLine = (octets: Buffer): boolean => /^>?From /u.test(octets.toString("latin1", 0, 6))

/**
 * The literal Bridge builds of a message, without the Gluon line (proton-bridge `pkg/message/build.go`). The same message
 * always gives the same octets.
 */
export const buildLiteral = (message: ProtonMessage): Buffer => {
  const raw = Buffer.from(message.raw.buffer, message.raw.byteOffset, message.raw.byteLength)
  const original = headerFields(raw)
    .map((each) => ({
      name: each.name.toLowerCase(),
      octets: ended(raw.subarray(each.start, each.end)),
      value: fieldValue(raw, each)
    }))
    .filter((each) => !isMboxLine(each.octets))
  const body = buildBody(message, raw)
  const fields = steps.reduce((sofar, step) => step(sofar, message), withBody(original, body))
  return Buffer.concat([...fields.map((each) => each.octets), Buffer.from("\r\n", "latin1"), body.octets])
}

/** gluon writes its own id above everything else. */
export const withGluonId = (literal: Uint8Array, gluonId: string): Buffer =>
  Buffer.concat([Buffer.from(`X-Pm-Gluon-Id: ${gluonId}\r\n`, "latin1"), literal])
