import { SystemLabel } from "../ProtonAccount.ts"
import {
  colleagues,
  type Correspondent,
  friends,
  hutList,
  machines,
  owner,
  strangers
} from "./Correspondents.ts"
import { letterOctets, messageIdFor } from "./Letter.ts"
import { attachmentPart, multipart, type MimePart, textPart } from "./MimeBuilder.ts"
import { protonId } from "./ProtonId.ts"
import type { FolderKey, LabelKey, SampleLabels } from "./SampleLabels.ts"
import type { SampleMail } from "./SampleMail.ts"
import { type SeededRandom, seededRandom } from "./SeededRandom.ts"
import * as Subjects from "./Subjects.ts"

/** The last moment of the sample; ten years of mail end here. Fixed, so that a seed always gives the same mail. */
export const sampleEnd = Date.UTC(2026, 9, 31, 18) / 1000
const years = 365.25 * 86_400

interface Habit {
  readonly kind: string
  readonly theme: Subjects.Theme
  readonly folders: readonly [FolderKey, ...ReadonlyArray<FolderKey>]
  readonly labels: ReadonlyArray<LabelKey>
}

const work: Habit = {
  kind: "work",
  theme: Subjects.work,
  folders: ["nordwind", "harbourlight", "clients", "work", "research", "slash", "belowSlash", "trailingDot"],
  labels: ["urgent", "nordwind", "taxes", "slash", "percent"]
}
const family: Habit = {
  kind: "family",
  theme: Subjects.family,
  folders: ["family", "hebrew", "arabic", "quoted", "accents"],
  labels: ["urgent", "hebrew", "toRead"]
}
const travel: Habit = {
  kind: "travel",
  theme: Subjects.travel,
  folders: ["japan", "hiking", "backslash"],
  labels: ["toRead", "receipts"]
}
const paperwork: Habit = {
  kind: "paperwork",
  theme: Subjects.paperwork,
  folders: ["receipts", "bank"],
  labels: ["receipts", "taxes"]
}
const reading: Habit = { kind: "reading", theme: Subjects.reading, folders: ["lists"], labels: ["toRead"] }
const keepers: Habit = { kind: "keepers", theme: Subjects.keepers, folders: ["lists", "hiking"], labels: [] }

/** Recent mail is still in the Inbox; older mail has been filed, archived, thrown away or forgotten there. */
const placeOf = (habit: Habit, time: number, labels: SampleLabels, random: SeededRandom): string => {
  if (time > sampleEnd - years / 4 || random.chance(0.18)) return SystemLabel.inbox
  if (random.chance(0.3)) return SystemLabel.archive
  if (random.chance(0.06)) return SystemLabel.trash
  return labels.folder(random.pick(habit.folders))
}

/** None, mostly; sometimes up to four; and a star now and then. */
const marksOf = (habit: Habit, labels: SampleLabels, random: SeededRandom): ReadonlyArray<string> => {
  const count = random.chance(0.55) ? 0 : random.between(1, 4)
  return [
    ...random.some(habit.labels, count).map(labels.label),
    ...(random.chance(0.07) ? [SystemLabel.starred] : [])
  ]
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const page = (title: string, text: string): string =>
  `<html><head><meta charset="utf-8"></head><body style="font-family:sans-serif">\r\n<h1>${escaped(title)}</h1>\r\n${text
    .split("\r\n\r\n")
    .map((paragraph) => `<p>${escaped(paragraph)}</p>`)
    .join("\r\n")}\r\n</body></html>`

const paper = (key: string, octets: number): Uint8Array =>
  Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(octets, Buffer.from(protonId(key), "base64url"))])

const withPaper = (key: string, part: MimePart, random: SeededRandom): MimePart => {
  const name = random.pick(["statement.pdf", "Beleg № 7.pdf", "scan 0001.pdf", "ticket.pdf"])
  const attached = attachmentPart(name, "application/pdf", paper(key, random.between(2000, 40_000)))
  return multipart("mixed", `=_${protonId(`boundary ${key}`).slice(0, 30)}`, [part, attached])
}

/** A conversation of one to six mails: somebody writes, the owner answers, and so on. */
const conversation = (
  key: string,
  habit: Habit,
  other: Correspondent,
  labels: SampleLabels,
  random: SeededRandom
): ReadonlyArray<SampleMail> => {
  const begun = Math.floor(sampleEnd - 10 * years * (1 - Math.sqrt(random.next())))
  const place = placeOf(habit, begun, labels, random)
  const length = random.pick([1, 1, 1, 2, 2, 3, 4, 6])
  const ownerBegins = random.chance(0.25)
  const subject = random.pick(habit.theme.subjects)
  const passedOn = random.chance(0.08)
  const ids: Array<string> = []
  let time = begun
  return Array.from({ length }, (_, index): SampleMail => {
    const mine = (index % 2 === 0) === ownerBegins
    const mailKey = `${key}.${index}`
    const messageId = messageIdFor(mailKey, mine ? owner : other)
    const references = [...ids]
    ids.push(messageId)
    time += index === 0 ? 0 : random.between(600, 200_000)
    const sent = Math.min(time, sampleEnd)
    const letter = {
      from: mine ? owner : other,
      to: [mine ? other : owner],
      subject: index === 0 ? subject : `Re: ${subject}`,
      time: sent,
      zoneMinutes: random.pick([60, 120, 0, -300, 330]),
      messageId,
      references,
      received: !mine
    }
    const octets = () => {
      const own = seededRandom(`${mailKey} ${messageId}`)
      const text = Subjects.paragraphs(habit.theme, own, own.between(1, 4))
      const signed = `${text}\r\n\r\n${letter.from.name}\r\n`
      const part = own.chance(0.5) ? textPart(signed) : textPart(page(letter.subject, signed), "html")
      return letterOctets({ ...letter, part: own.chance(0.06) ? withPaper(mailKey, part, own) : part })
    }
    return {
      key: mailKey,
      labelIds: [mine ? SystemLabel.sent : place, ...marksOf(habit, labels, random)],
      time: sent,
      unread: !mine && index === length - 1 && random.chance(sent > sampleEnd - years / 4 ? 0.4 : 0.05),
      answered: !mine && index < length - 1,
      forwarded: !mine && passedOn,
      messageId,
      octets
    }
  })
}

/** Mail nobody answers: statements, newsletters, the list's traffic, spam. */
const announcement = (
  key: string,
  habit: Habit,
  from: Correspondent,
  labelIds: (time: number) => ReadonlyArray<string>,
  random: SeededRandom
): SampleMail => {
  const time = Math.floor(sampleEnd - 10 * years * (1 - Math.sqrt(random.next())))
  const messageId = messageIdFor(key, from)
  const subject = random.pick(habit.theme.subjects)
  const isList = habit === keepers
  const octets = () => {
    const own = seededRandom(`${key} ${messageId}`)
    const text = Subjects.paragraphs(habit.theme, own, own.between(2, 9))
    const part = textPart(page(subject, text), "html")
    return letterOctets({
      from,
      to: [isList ? { name: hutList.name, address: hutList.address } : owner],
      subject,
      time,
      messageId,
      received: true,
      more: isList ? [["List-Id", hutList.id]] : [["Auto-Submitted", "auto-generated"]],
      part: habit === paperwork && own.chance(0.4) ? withPaper(key, part, own) : part
    })
  }
  return { key, labelIds: labelIds(time), time, unread: random.chance(0.3), messageId, octets }
}

const spam: Habit = { kind: "spam", theme: Subjects.junk, folders: ["lists"], labels: [] }

const oneLot = (key: string, labels: SampleLabels, random: SeededRandom): ReadonlyArray<SampleMail> => {
  const filed = (habit: Habit) => (time: number) => [
    placeOf(habit, time, labels, random),
    ...marksOf(habit, labels, random)
  ]
  const kind = random.next()
  if (kind < 0.3) return conversation(key, work, random.pick(colleagues), labels, random)
  if (kind < 0.5) return conversation(key, family, random.pick(friends), labels, random)
  if (kind < 0.58) return conversation(key, travel, random.pick(friends), labels, random)
  if (kind < 0.76) return [announcement(key, paperwork, random.pick(machines), filed(paperwork), random)]
  if (kind < 0.86) return [announcement(key, reading, random.pick(machines), filed(reading), random)]
  if (kind < 0.94) return [announcement(key, keepers, random.pick(friends), filed(keepers), random)]
  return [announcement(key, spam, random.pick(strangers), () => [SystemLabel.spam], random)]
}

/** Exactly `count` ordinary messages over the ten years before {@link sampleEnd}, denser towards the end. */
export const everydayMail = (
  seed: number,
  count: number,
  labels: SampleLabels
): ReadonlyArray<SampleMail> => {
  const mails: Array<SampleMail> = []
  for (let lot = 0; mails.length < count; lot++) {
    const key = `everyday ${seed} ${lot}`
    mails.push(...oneLot(key, labels, seededRandom(key)))
  }
  return mails.slice(0, count)
}
