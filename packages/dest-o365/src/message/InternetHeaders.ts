import { headerFields } from "@mailferry/core/HeaderBlock.ts"

import { headerText } from "./Charset.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import { plainText } from "./PlainText.ts"

/**
 * What servers on the way wrote, the bulkiest and least asked for first: they go first when the block is too long.
 * `Received` last of them, since it tells how a message came.
 */
const traces: ReadonlyArray<RegExp> = [
  /^arc-/u,
  /^x-(?:ms-exchange|microsoft|forefront|google|gm|eopattributedmessage|proofpoint|ironport|barracuda|cloudmark|mimecast|ses)/u,
  /^(?:dkim-signature|domainkey-signature|x-.*dkim.*)$/u,
  /^(?:authentication-results|received-spf|x-received|x-spam-.*|x-virus-.*)$/u,
  /^received$/u
]

/** Text of the header for PidTagTransportMessageHeaders, and what it lacks. */
export interface InternetHeaders {
  /** Line ends are CRLF, the last included. */
  readonly text: string
  readonly losses: ReadonlyArray<MessageLoss>
}

/**
 * The whole header as text, cut to `limit` octets of UTF-8: whole fields that servers wrote on the way go first, then
 * what is left at its end, at a line's end.
 */
export const internetHeaders = (header: Uint8Array, limit: number): InternetHeaders => {
  const fields = Array.from(headerFields(header), ({ end, name, start }) => {
    const lines = plainText(headerText(header.subarray(start, end))).text.replace(/\r?\n|\r/gu, "\r\n")
    const text = lines.endsWith("\r\n") ? lines : `${lines}\r\n`
    return { name, text, octets: Buffer.byteLength(text) }
  })
  let size = fields.reduce((sum, { octets }) => sum + octets, 0)
  const dropped = new Set<(typeof fields)[number]>()
  for (const trace of traces) {
    for (const field of fields.toReversed()) {
      if (size <= limit) break
      if (!trace.test(field.name) || dropped.has(field)) continue
      dropped.add(field)
      size -= field.octets
    }
  }
  let text = fields
    .filter((field) => !dropped.has(field))
    .map((field) => field.text)
    .join("")
  const isCut = size > limit
  if (isCut) {
    const cut = Buffer.from(text).subarray(0, limit)
    const lineEnd = cut.lastIndexOf("\r\n")
    text = cut.subarray(0, lineEnd === -1 ? 0 : lineEnd + 2).toString("utf8")
  }
  if (dropped.size === 0 && !isCut) return { text, losses: [] }
  const rest = isCut ? ", and the end was cut" : ""
  const detail = `${dropped.size} of ${fields.length} fields left out, all written by servers on the way${rest}`
  return { text, losses: [{ kind: "headers-cut", detail }] }
}
