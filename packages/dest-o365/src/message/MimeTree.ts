import { headerFields } from "@mailferry/core/HeaderBlock.ts"

import { headerText } from "./Charset.ts"
import { type StructuredField, structuredField } from "./StructuredField.ts"

/** A field of a part's header: name in lower case, value unfolded (RFC 5322 section 2.2.3) and not decoded further. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** A message or a part of one (RFC 2045 section 2). A `message/rfc822` part is not looked into: its octets are its body. */
export interface MimePart {
  readonly fields: ReadonlyArray<Field>
  readonly type: StructuredField
  readonly disposition: StructuredField
  /** The transfer encoding's name in lower case; empty when none is given. */
  readonly encoding: string
  /** Octets of the header, without the empty line after it. */
  readonly header: Uint8Array
  /** Octets of the body as they stand, still encoded: a view. Of a multipart nothing. */
  readonly body: Uint8Array
  readonly parts: ReadonlyArray<MimePart>
  /** Text after the last boundary of a multipart, where mailing lists put footers that most readers do not show. */
  readonly epilogue: Uint8Array
}

/** A part while its end has not been found. */
interface OpenPart {
  readonly fields: ReadonlyArray<Field>
  readonly type: StructuredField
  readonly start: number
  readonly bodyStart: number
  readonly headerEnd: number
  readonly parts: Array<OpenPart>
  /** Its boundary while it is looked for. */
  readonly boundary: Buffer | undefined
  /** Lies too deep to be opened. */
  readonly isTooDeep: boolean
  isClosed: boolean
  end: number
  epilogue: { start: number; end: number } | undefined
}

/** Multiparts within multiparts that are opened; a deeper one is kept whole as an attachment. No mail is near it. */
const deepest = 1000

const lf = 0x0a
const cr = 0x0d
const dash = 0x2d
const nothing = new Uint8Array(0)

/** The first field of this name; none when there is none. Of doubled fields the first is the one readers show. */
export const fieldOf = ({ fields }: Pick<MimePart, "fields">, name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value

const unfolded = (octets: Uint8Array): string =>
  headerText(octets)
    .replace(/\r?\n/gu, "")
    .replace(/[\r\0]/gu, " ")

interface Delimiter {
  readonly level: number
  readonly isLast: boolean
  readonly lineEnd: number
}

const isBlank = (octet: number | undefined): boolean =>
  octet === 0x20 || octet === 0x09 || octet === cr || octet === lf

class Cutter {
  readonly octets: Buffer
  /** The multiparts whose boundaries are looked for, outermost first. */
  readonly open: Array<OpenPart> = []

  constructor(octets: Uint8Array) {
    this.octets = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  }

  cut(): OpenPart {
    const root = this.begin(0, "text/plain")
    let current: OpenPart | undefined = root
    let at = root.bodyStart
    while (at < this.octets.length) {
      const found = this.delimiterAt(at)
      if (found === undefined) {
        const next = this.open.length === 0 ? -1 : this.octets.indexOf("\n--", at)
        if (next === -1) break
        at = next + 1
        continue
      }
      this.endAll(current, found.level, at)
      const multipart = this.open[found.level]
      if (multipart === undefined) break
      if (found.isLast) {
        multipart.isClosed = true
        multipart.epilogue = { start: found.lineEnd, end: this.octets.length }
        current = multipart
        at = found.lineEnd
      } else {
        const type = multipart.type.value === "multipart/digest" ? "message/rfc822" : "text/plain"
        current = this.begin(found.lineEnd, type)
        multipart.parts.push(current)
        at = current.bodyStart
      }
    }
    this.endAll(current, 0, this.octets.length)
    return root
  }

  /** Ends the part at hand and every multipart within the one at `level`, before the line end that belongs to a boundary. */
  private endAll(current: OpenPart | undefined, level: number, at: number): void {
    let end = at
    if (at < this.octets.length) {
      if (this.octets[end - 1] === lf) end--
      if (this.octets[end - 1] === cr && end < at) end--
    }
    for (const part of [current, ...this.open.slice(level + 1)]) {
      if (part === undefined) continue
      if (part.epilogue !== undefined) part.epilogue.end = Math.min(part.epilogue.end, end)
      part.end = Math.max(part.bodyStart, Math.min(part.end, end))
    }
    this.open.length = Math.min(this.open.length, level + 1)
  }

  private begin(start: number, usualType: string): OpenPart {
    const fields: Array<Field> = []
    let end = start
    const rest = this.octets.subarray(start)
    for (const { end: fieldEnd, name, start: fieldStart } of headerFields(rest)) {
      // A boundary ends a header that has no empty line.
      if (fieldStart > 0 && this.delimiterAt(start + fieldStart) !== undefined) break
      const text = unfolded(rest.subarray(fieldStart, fieldEnd))
      const colon = text.indexOf(":")
      // A line that is no field begins the body of a message without an empty line (or an mbox line, which goes).
      if (colon === -1 || !/^[!-9;-~]+[ \t]*$/u.test(text.slice(0, colon))) {
        if (fieldStart > 0 || /^>?From /u.test(text)) {
          end = start + fieldEnd
          continue
        }
        return this.opened(start, start, start, [], usualType)
      }
      fields.push({ name, value: text.slice(colon + 1).trim() })
      end = start + fieldEnd
    }
    const isEmptyLine = this.octets[end] === lf || (this.octets[end] === cr && this.octets[end + 1] === lf)
    const bodyStart = isEmptyLine ? this.octets.indexOf(lf, end) + 1 : end
    return this.opened(start, end, bodyStart, fields, usualType)
  }

  private opened(
    start: number,
    headerEnd: number,
    bodyStart: number,
    fields: ReadonlyArray<Field>,
    usualType: string
  ): OpenPart {
    const given = structuredField(fieldOf({ fields }, "content-type") ?? "")
    const type = /^[^\s/]+\/[^\s/]+$/u.test(given.value) ? given : { ...given, value: usualType }
    const named = type.params.get("boundary")?.replace(/\s+$/u, "") ?? ""
    const isMultipart = type.value.startsWith("multipart/") && named !== ""
    const isTooDeep = isMultipart && this.open.length >= deepest
    const boundary = isMultipart && !isTooDeep ? Buffer.from(named, "utf8") : undefined
    const part: OpenPart = {
      fields,
      type,
      start,
      headerEnd,
      bodyStart,
      boundary,
      isTooDeep,
      isClosed: false,
      parts: [],
      end: this.octets.length,
      epilogue: undefined
    }
    if (boundary !== undefined) this.open.push(part)
    return part
  }

  /**
   * Which open multipart the line at `at` is a boundary of (RFC 2046 section 5.1.1): the innermost that is not closed,
   * else the innermost that is, so that what comes after a boundary that was used twice is not lost.
   */
  private delimiterAt(at: number): Delimiter | undefined {
    const { octets } = this
    if (octets[at] !== dash || octets[at + 1] !== dash) return undefined
    const newline = octets.indexOf(lf, at)
    const lineEnd = newline === -1 ? octets.length : newline + 1
    let end = lineEnd
    while (end > at && isBlank(octets[end - 1])) end--
    let closed: Delimiter | undefined
    for (let level = this.open.length - 1; level >= 0; level--) {
      const part = this.open[level]
      const boundary = part?.boundary
      if (part === undefined || boundary === undefined) continue
      const after = at + 2 + boundary.length
      const isLast = after + 2 === end && octets[after] === dash && octets[after + 1] === dash
      if (after !== end && !isLast) continue
      if (octets.compare(boundary, 0, boundary.length, at + 2, after) !== 0) continue
      if (!part.isClosed) return { level, isLast, lineEnd }
      closed ??= { level, isLast, lineEnd }
    }
    return closed
  }
}

/** A bound, so that a field of a megabyte of parentheses does not take minutes. */
const encodingOf = (part: Pick<MimePart, "fields">): string => {
  const given = (fieldOf(part, "content-transfer-encoding") ?? "").slice(0, 200)
  return /[\w-]+/u.exec(given.replace(/\([^)]*\)/gu, ""))?.[0].toLowerCase() ?? ""
}

/**
 * Views on the octets. A multipart in which no boundary was found is text, and one that lies too deep a message with its
 * header, so that nothing is lost of either.
 */
const finished = (octets: Uint8Array, part: OpenPart): MimePart => {
  const { bodyStart, end, epilogue, fields, headerEnd, isTooDeep, parts, start } = part
  const isUncut = parts.length === 0 && part.type.value.startsWith("multipart/")
  const value = isTooDeep ? "message/rfc822" : isUncut ? "text/plain" : part.type.value
  return {
    fields,
    type: { ...part.type, value },
    disposition: structuredField(fieldOf(part, "content-disposition") ?? ""),
    encoding: parts.length > 0 || isTooDeep ? "" : encodingOf(part),
    header: octets.subarray(start, headerEnd),
    body:
      parts.length > 0 ? nothing : octets.subarray(isTooDeep ? start : bodyStart, Math.max(bodyStart, end)),
    parts: parts.map((each) => finished(octets, each)),
    epilogue:
      epilogue === undefined
        ? nothing
        : octets.subarray(epilogue.start, Math.max(epilogue.start, epilogue.end))
  }
}

/**
 * Cuts a message into its parts in one pass over the octets, copying none. Total: whatever the octets are, there is a
 * tree. Part of no part are the texts before a first boundary; a part that is never closed ends with the message.
 */
export const mimeTree = (octets: Uint8Array): MimePart => finished(octets, new Cutter(octets).cut())
