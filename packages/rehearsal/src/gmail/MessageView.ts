import { fieldValue, headerFields } from "../imap/HeaderBlock.ts"
import { parseMime, type MimePart } from "../imap/MimeTree.ts"
import type { StoredMessage } from "./StoredMessage.ts"

const base64 = (octets: Buffer): string => octets.toString("base64url")

/** What Gmail may do to a message on its way out: nobody promises that `raw` is what was sent. */
const touched = (raw: Buffer): Buffer => {
  const received =
    "Received: from 123456789012 named unknown by gmailapi.google.com with HTTPREST; Mon, 1 Jan 2026 00:00:00 -0800\r\n"
  return Buffer.from(received + raw.toString("latin1").replaceAll(/\r?\n/gu, "\r\n"), "latin1")
}

const headersOf = (octets: Buffer): ReadonlyArray<{ readonly name: string; readonly value: string }> =>
  headerFields(octets).map((field) => ({ name: field.name, value: fieldValue(octets, field) }))

const decoded = (octets: Buffer, encoding: string): Buffer => {
  if (encoding === "base64") return Buffer.from(octets.toString("latin1"), "base64")
  if (encoding !== "quoted-printable") return octets
  const text = octets
    .toString("latin1")
    .replaceAll(/=[ \t]*\r?\n/gu, "")
    .replaceAll(/=([\da-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(text, "latin1")
}

const payloadOf = (raw: Buffer, part: MimePart, partId: string): object => {
  const headers = headersOf(raw.subarray(part.start, part.end))
  const value = (name: string) =>
    headers.find((header) => header.name.toLowerCase() === name)?.value.toLowerCase() ?? ""
  const filename = /filename="?([^";]+)/iu.exec(value("content-disposition"))?.[1] ?? ""
  const content = decoded(raw.subarray(part.bodyStart, part.end), value("content-transfer-encoding"))
  const inline = filename === "" && part.children.length === 0
  return {
    partId,
    mimeType: `${part.type}/${part.subtype}`,
    filename,
    headers,
    body: {
      size: part.children.length > 0 ? 0 : content.length,
      ...(inline ? { data: base64(content) } : {})
    },
    ...(part.children.length === 0
      ? {}
      : {
          parts: part.children.map((child, index) =>
            payloadOf(raw, child, partId === "" ? String(index) : `${partId}.${index}`)
          )
        })
  }
}

export type MessageFormat = "minimal" | "full" | "raw" | "metadata"

/** A message as `messages.get` gives it. `metadataHeaders` narrows the header of `metadata` down to some fields. */
export const messageView = (
  message: StoredMessage,
  format: MessageFormat,
  metadataHeaders: ReadonlyArray<string>,
  byteExactRaw: boolean
): object => {
  const { id, threadId, labelIds, internalDate, historyId, size } = message
  const base = {
    id,
    threadId,
    labelIds: [...labelIds],
    snippet: "",
    // An estimate: Google counts what it stores, which is not what was sent.
    sizeEstimate: size + 64 + (size % 7),
    historyId: String(historyId),
    internalDate: String(internalDate)
  }
  if (format === "minimal") return base
  const raw = message.raw
  if (format === "raw") return { ...base, raw: base64(byteExactRaw ? raw : touched(raw)) }
  if (format === "full") return { ...base, payload: payloadOf(raw, parseMime(raw), "") }
  const wanted = new Set(metadataHeaders.map((name) => name.toLowerCase()))
  const headers = headersOf(raw).filter(({ name }) => wanted.size === 0 || wanted.has(name.toLowerCase()))
  const { type, subtype } = parseMime(raw)
  return { ...base, payload: { mimeType: `${type}/${subtype}`, headers } }
}
