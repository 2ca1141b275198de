import { createHash } from "node:crypto"

import { friends, owner } from "./Correspondents.ts"
import { letterOctets, messageIdFor } from "./Letter.ts"
import { multipart, textPart } from "./MimeBuilder.ts"
import type { PeculiarMail } from "./PeculiarMail.ts"
import type { SampleLabels } from "./SampleLabels.ts"

/** A base64 line holds 57 octets in 76 characters and a CRLF. */
const line = { octets: 57, encoded: 78 }

/**
 * The base64 of `octets` octets of film. One block of lines over and over, so that tens of megabytes are one
 * memory fill instead of an encoding.
 */
const film = (octets: number): Uint8Array => {
  const block = Array.from({ length: 64 }, (_, index) => {
    const row = createHash("sha512").update(`film ${index}`).digest().subarray(0, line.octets)
    return `${row.toString("base64")}\r\n`
  }).join("")
  const lines = Math.floor(octets / line.octets)
  const rest = Buffer.alloc(octets % line.octets, 0x20).toString("base64")
  return Buffer.concat([
    Buffer.alloc(lines * line.encoded, block, "latin1"),
    Buffer.from(rest === "" ? "" : `${rest}\r\n`)
  ])
}

/** A mail with one attachment of `largest` octets before base64: 25,000,000 make a mail of about 34.2 MB. */
export const largeMail = (labels: SampleLabels, largest: number): PeculiarMail => {
  const [from] = friends
  const messageId = messageIdFor("large", from)
  const time = Date.UTC(2024, 7, 19, 20, 41, 7) / 1000
  return {
    peculiarity: "large",
    key: "large",
    labelIds: [labels.folder("hiking"), labels.label("toRead")],
    time,
    messageId,
    octets: () => {
      return letterOctets({
        from,
        to: [owner],
        subject: "The whole film of the summit (25 MB, sorry)",
        time,
        messageId,
        received: true,
        part: multipart("mixed", "=_summit", [
          textPart("It would not get any smaller.\r\n\r\nTomás"),
          {
            fields: [
              ["Content-Type", 'video/mp4; name="summit.mp4"'],
              ["Content-Disposition", 'attachment; filename="summit.mp4"'],
              ["Content-Transfer-Encoding", "base64"]
            ],
            body: film(largest)
          }
        ])
      })
    }
  }
}
