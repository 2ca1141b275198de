import * as DateTime from "effect/DateTime"

import { type BuildOptions, buildMessage, type BuiltMessage } from "../../src/message/GraphMessage.ts"
import type { GraphRequest } from "../../src/message/GraphRequest.ts"
import type { Found } from "./TortureMail.ts"

export const usual: BuildOptions = {
  flags: new Set(),
  keywords: new Set(),
  categories: [],
  internalDate: DateTime.makeUnsafe("2020-02-29T12:00:05Z"),
  key: "ab".repeat(32)
}

/** A letter with these header lines, from Ann to Bob unless they say other. */
export const letter = (lines: ReadonlyArray<string>, body: string | Uint8Array = "hello\r\n"): Uint8Array =>
  Buffer.concat([
    Buffer.from([...lines, "", ""].join("\r\n")),
    typeof body === "string" ? Buffer.from(body) : body
  ])

export const everyday: ReadonlyArray<string> = [
  "From: Ann <ann@a.example>",
  "To: bob@b.example",
  "Subject: hello",
  "Message-ID: <1@a.example>",
  "Date: Sat, 29 Feb 2020 13:00:00 +0100"
]

export const built = (octets: Uint8Array, options: Partial<BuildOptions> = {}): BuiltMessage => {
  const message = buildMessage(octets, { ...usual, ...options })
  if (message._tag !== "built") throw new Error(message.detail)
  return message
}

export const property = (request: GraphRequest, id: string): string | undefined =>
  request.singleValueExtendedProperties.find((each) => each.id === id)?.value

const shown = ({ emailAddress: { address, name } }: GraphRequest["from"]): string =>
  name === undefined ? address : `${name} <${address}>`

/** What a reader finds in a built message. */
export const reading = ({ later, request, small }: BuiltMessage): Required<Found> => {
  const content = request.body.content.replaceAll("\r\n", "\n").trimEnd()
  return {
    subject: request.subject,
    text: request.body.contentType === "text" ? content : "",
    html: request.body.contentType === "html" ? content : "",
    to: request.toRecipients.map(shown),
    files: [...small, ...later].map(({ name, octets }) => ({ name, octets: octets.toString("latin1") }))
  }
}
