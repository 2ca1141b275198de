import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"

import { parseMailDate } from "@mailferry/rehearsal/bridge/MailDate.ts"
import { parseAddresses } from "@mailferry/rehearsal/imap/AddressList.ts"
import { decodeWords } from "@mailferry/rehearsal/imap/EncodedWord.ts"
import { bodyStart, headerFields } from "@mailferry/rehearsal/imap/HeaderBlock.ts"

import { bodyFacts, type BodyFacts } from "./BodyFacts.ts"

/** What a person sees of a message, by the RFCs and by none of mailferry's code. */
export interface MessageFacts extends BodyFacts {
  readonly subject: string
  /** Addresses without their names. */
  readonly from: ReadonlyArray<string>
  readonly to: ReadonlyArray<string>
  readonly cc: ReadonlyArray<string>
  readonly bcc: ReadonlyArray<string>
  readonly replyTo: ReadonlyArray<string>
  /** As the message says it; empty where it does not. */
  readonly importance: string
  readonly messageId: string | undefined
  /** Milliseconds since 1970; undefined where the Date header is none. */
  readonly sent: number | undefined
  readonly inReplyTo: string
  readonly references: string
  /** All of the header, its lines ended by CRLF. */
  readonly header: string
  /** Lower-case hexadecimal, of the whole message. */
  readonly sha256: string
}

/** Octets above 7 bits are UTF-8 where they can be, as most are, and Western where not. */
const headerText = (octets: Uint8Array): string =>
  new TextDecoder(isUtf8(octets) ? "utf-8" : "windows-1252").decode(octets)

const unfolded = (text: string): string => text.replaceAll(/\r?\n(?=[ \t])/gu, "").trim()

/** RFC 2047 section 6.2: a word in a charset that nobody knows is read as ASCII, which most are. */
const inKnownCharsets = (text: string): string =>
  text.replaceAll(/=\?([\w.:-]+)(?=(?:\*[^?]*)?\?[bq]\?)/giu, (whole, charset: string) =>
    isKnown(charset) ? whole : "=?us-ascii"
  )

const isKnown = (charset: string): boolean => {
  try {
    return new TextDecoder(charset).encoding !== ""
  } catch {
    return false
  }
}

const addressesIn = (value: string): ReadonlyArray<string> =>
  parseAddresses(value).flatMap(({ host, mailbox }) =>
    mailbox === undefined || host === undefined ? [] : [`${mailbox}@${host}`]
  )

export const messageFacts = (octets: Buffer): MessageFacts => {
  const header = octets.subarray(0, bodyStart(octets))
  const fields = headerFields(header).map(({ colon, end, name, start }) => ({
    name: name.toLowerCase(),
    line: headerText(header.subarray(start, end)).replace(/\r?\n$/u, ""),
    value: unfolded(headerText(header.subarray(colon + 1, end)))
  }))
  const value = (name: string) => fields.find((field) => field.name === name)?.value
  const addresses = (name: string) => addressesIn(value(name) ?? "")
  return {
    ...bodyFacts(octets),
    subject: decodeWords(inKnownCharsets(value("subject") ?? "")),
    from: addresses("from"),
    to: addresses("to"),
    cc: addresses("cc"),
    bcc: addresses("bcc"),
    replyTo: addresses("reply-to"),
    importance: (value("importance") ?? "").toLowerCase(),
    messageId: value("message-id"),
    sent: parseMailDate(value("date") ?? ""),
    inReplyTo: value("in-reply-to") ?? "",
    references: value("references") ?? "",
    header: fields.map(({ line }) => `${line}\r\n`).join(""),
    sha256: createHash("sha256").update(octets).digest("hex")
  }
}
