import { type ProtonAccount, SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { friends, owner } from "@mailferry/rehearsal/sample/Correspondents.ts"
import { letterOctets, messageIdFor } from "@mailferry/rehearsal/sample/Letter.ts"
import { multipart, textPart } from "@mailferry/rehearsal/sample/MimeBuilder.ts"
import { protonMessage } from "@mailferry/rehearsal/sample/SampleMail.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"

import { base64Fill } from "./Base64Fill.ts"
import { sizedAccount } from "./SizedMail.ts"

/** Mail that is measured with. */
export type BenchMail =
  /** Believable mail of ten years, peculiar messages among it; the largest has an attachment of 5 MB. */
  | { readonly kind: "ordinary"; readonly messages: number }
  /** Letters and pages, a third of them with files, so many octets each in the mean; nothing peculiar among them. */
  | { readonly kind: "sized"; readonly messages: number; readonly mean: number }
  /** Nothing but messages with a file of so many octets. */
  | { readonly kind: "large"; readonly messages: number; readonly octets: number }

const largeAccount = (messages: number, octets: number): ProtonAccount => {
  const [from] = friends
  const letter = (n: number) => {
    const key = `bench large ${n}`
    const messageId = messageIdFor(key, from)
    const time = Date.UTC(2024, 0, 1) / 1000 + n * 3600
    return {
      key,
      labelIds: [SystemLabel.inbox],
      time,
      messageId,
      octets: () =>
        letterOctets({
          from,
          to: [owner],
          subject: `Reel ${n}`,
          time,
          messageId,
          received: true,
          part: multipart("mixed", `=_reel_${n}`, [
            textPart(`Reel ${n} of the film.`),
            {
              fields: [
                ["Content-Type", 'video/mp4; name="reel.mp4"'],
                ["Content-Disposition", 'attachment; filename="reel.mp4"'],
                ["Content-Transfer-Encoding", "base64"]
              ],
              body: base64Fill(octets)
            }
          ])
        })
    }
  }
  return {
    addresses: [owner.address],
    labels: [],
    messages: Array.from({ length: messages }, (_, n) => protonMessage(1, letter(n)))
  }
}

export const benchAccount = (mail: BenchMail): ProtonAccount => {
  switch (mail.kind) {
    case "ordinary":
      return sampleMailbox({ messages: mail.messages, largest: 5_000_000 })
    case "sized":
      return sizedAccount(mail.messages, mail.mean)
    case "large":
      return largeAccount(mail.messages, mail.octets)
  }
}
