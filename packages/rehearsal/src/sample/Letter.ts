import type { Correspondent } from "./Correspondents.ts"
import {
  dateField,
  encodedWords,
  type HeaderField,
  mailboxAddress,
  mimeMessage,
  type MimePart
} from "./MimeBuilder.ts"
import { protonId } from "./ProtonId.ts"

/** A mail that breaks no rule. */
export interface Letter {
  readonly from: Correspondent
  readonly to: ReadonlyArray<Correspondent>
  readonly subject: string
  /** Seconds since 1970. */
  readonly time: number
  readonly zoneMinutes?: number
  /** Without angle brackets. */
  readonly messageId?: string
  /** Message-IDs of the mails before it in the conversation, oldest first, without angle brackets. */
  readonly references?: ReadonlyArray<string>
  /** Whether it came in from outside and so bears the marks of the servers it passed. */
  readonly received?: boolean
  readonly more?: ReadonlyArray<HeaderField>
  readonly part: MimePart
}

export const messageIdFor = (key: string, by: Correspondent): string =>
  `${protonId(`message-id ${key}`).slice(0, 24).replaceAll(/[-_]/gu, "x")}@${by.address.replace(/^.*@/u, "")}`

/** What the servers on the way put on top of an incoming mail. */
export const traceFields = (letter: Pick<Letter, "from" | "to" | "time">): ReadonlyArray<HeaderField> => {
  const recipient = letter.to[0]?.address ?? ""
  const domain = letter.from.address.replace(/^.*@/u, "")
  const queue = protonId(`queue ${letter.from.address} ${letter.time}`).slice(0, 14).toUpperCase()
  return [
    ["Return-Path", `<${letter.from.address}>`],
    ["X-Original-To", recipient],
    ["Delivered-To", recipient],
    [
      "Received",
      `from mx.${domain} (mx.${domain} [192.0.2.25]) (using TLSv1.3)\r\n by mailin.proton.example (Postfix) with ESMTPS id ${queue}\r\n for <${recipient}>; ${dateField(letter.time + 2)}`
    ],
    ["X-Pm-Origin", "external"],
    ["X-Pm-Content-Encryption", "on-delivery"],
    ["X-Pm-Spamscore", "0"]
  ]
}

export const letterOctets = (letter: Letter): Uint8Array => {
  const references = (letter.references ?? []).map((id) => `<${id}>`)
  const fields: Array<HeaderField> = [
    ...(letter.received === true ? traceFields(letter) : []),
    ["From", mailboxAddress(letter.from)],
    ["To", letter.to.map(mailboxAddress).join(",\r\n ")],
    ["Subject", encodedWords(letter.subject)],
    ["Date", dateField(letter.time, letter.zoneMinutes ?? 60)],
    ...(letter.messageId === undefined ? [] : [["Message-ID", `<${letter.messageId}>`] as const]),
    ...(references.length === 0
      ? []
      : ([
          ["In-Reply-To", references.at(-1) ?? ""],
          ["References", references.join("\r\n ")]
        ] as const)),
    ...(letter.more ?? []),
    ["MIME-Version", "1.0"]
  ]
  return mimeMessage(fields, letter.part)
}
