import { type ProtonAccount, SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { colleagues, friends, owner } from "@mailferry/rehearsal/sample/Correspondents.ts"
import { letterOctets, messageIdFor } from "@mailferry/rehearsal/sample/Letter.ts"
import { type MimePart, multipart, textPart } from "@mailferry/rehearsal/sample/MimeBuilder.ts"
import { protonMessage } from "@mailferry/rehearsal/sample/SampleMail.ts"
import { type SeededRandom, seededRandom } from "@mailferry/rehearsal/sample/SeededRandom.ts"
import { family, paragraphs, paperwork, work } from "@mailferry/rehearsal/sample/Subjects.ts"

import { base64Fill } from "./Base64Fill.ts"

const labels: ProtonAccount["labels"] = [
  { id: "clients", kind: "folder", path: ["Work", "Clients"] },
  { id: "receipts", kind: "folder", path: ["Receipts"] },
  { id: "urgent", kind: "label", path: ["Urgent"] },
  { id: "taxes", kind: "label", path: ["Taxes"] }
]

const themes = [work, family, paperwork] as const
const places = [SystemLabel.inbox, SystemLabel.archive, "clients", "receipts"] as const

/** The largest file: as one sends without thinking about it. Octets. */
const largest = 3_000_000

/** Of a message without a file, in the mean; and what a file becomes in base64, its lines and fields included. */
const bareOctets = 6700
const encoded = 1.37

/** Sizes of files are spread as on disks: many small ones, and a few that weigh more than all the others. */
const weightOf = (random: SeededRandom): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Math.exp(1.4 * normal)
}

/** Octets of each message's file, 0 for two of three. */
const fileSizes = (messages: number, mean: number): ReadonlyArray<number> => {
  const weights = Array.from({ length: messages }, (_, n) =>
    n % 3 === 1 ? weightOf(seededRandom(`file ${n}`)) : 0
  )
  const wanted = (messages * (mean - bareOctets)) / encoded
  // What is cut off the largest is given to the others.
  let scale = wanted / weights.reduce((sum, weight) => sum + weight, 0)
  for (let round = 0; round < 20; round++) {
    const sum = weights.reduce((total, weight) => total + Math.min(largest, weight * scale), 0)
    scale *= wanted / sum
  }
  return weights.map((weight) => Math.round(Math.min(largest, weight * scale)))
}

const page = (text: string): string =>
  `<html><head><meta charset="utf-8"></head><body style="font-family:sans-serif">\r\n${text
    .split("\r\n\r\n")
    .map((paragraph) => `<p style="margin:0 0 1em 0">${paragraph}</p>`)
    .join("\r\n")}\r\n</body></html>`

/** A file of so many octets: one fill, since Bridge must not be what is measured. */
const file = (octets: number): MimePart => ({
  fields: [
    ["Content-Type", 'application/pdf; name="paper.pdf"'],
    ["Content-Disposition", 'attachment; filename="paper.pdf"'],
    ["Content-Transfer-Encoding", "base64"]
  ],
  body: base64Fill(octets)
})

/** Mail of so many octets each in the mean, that Exchange needs no original of. */
export const sizedAccount = (messages: number, mean: number): ProtonAccount => ({
  addresses: [owner.address],
  labels,
  messages: fileSizes(messages, mean).map((size, n) => {
    const key = `sized ${n}`
    const random = seededRandom(key)
    const from = random.pick(n % 2 === 0 ? colleagues : friends)
    const theme = random.pick(themes)
    const messageId = messageIdFor(key, from)
    const time = Date.UTC(2020, 0, 1) / 1000 + n * 7200
    const octets = () => {
      const own = seededRandom(`${key} text`)
      const text = paragraphs(theme, own, own.between(3, 40))
      const part = own.chance(0.7) ? textPart(page(text), "html") : textPart(text)
      return letterOctets({
        from,
        to: [owner],
        subject: own.pick(theme.subjects),
        time,
        messageId,
        received: true,
        part: size === 0 ? part : multipart("mixed", `=_${n}`, [part, file(size)])
      })
    }
    const labelIds = [
      random.pick(places),
      ...(random.chance(0.2) ? [random.pick(["urgent", "taxes"])] : []),
      ...(random.chance(0.05) ? [SystemLabel.starred] : [])
    ]
    return protonMessage(1, { key, labelIds, time, unread: random.chance(0.1), messageId, octets })
  })
})
