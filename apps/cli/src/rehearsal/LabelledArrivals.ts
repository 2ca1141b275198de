import type { GmailAccount } from "@mailferry/rehearsal/gmail/GmailAccount.ts"
import type { StoredMessage } from "@mailferry/rehearsal/gmail/StoredMessage.ts"
import { firstValue } from "@mailferry/rehearsal/imap/HeaderBlock.ts"
import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"

import type { Arrivals } from "../Arrivals.ts"
import { labelledMail, type LabelledMail, type Member } from "./LabelledMail.ts"

/** Message compared with message. Each entry names one. */
export interface LabelledComparison {
  readonly lost: ReadonlyArray<string>
  readonly doubled: ReadonlyArray<string>
  /** None of the account's. */
  readonly strange: ReadonlyArray<string>
  /** What differs, too. */
  readonly altered: ReadonlyArray<string>
}

/** Put before the name of a field whose value was mended. */
const keptPrefix = /^X-Mailferry-Original-/gmu

const added = /^(?:(?:Message-ID|From|Date): [^\r\n]*\r\n)*$/u

/** Whether these are a message's octets, but for header lines added above and what they replace kept below them. */
const holds = (stored: Buffer, { octets }: Member): boolean => {
  const original = octets()
  const end = stored.indexOf("\r\n\r\n")
  const head = stored.toString("latin1", 0, end === -1 ? stored.length : end)
  const plain = keptPrefix.test(head)
    ? Buffer.concat([Buffer.from(head.replaceAll(keptPrefix, ""), "latin1"), stored.subarray(head.length)])
    : stored
  const above = plain.length - original.length
  return (
    above >= 0 &&
    added.test(plain.toString("latin1", 0, above)) &&
    plain.subarray(Math.max(0, above)).equals(original)
  )
}

const nameOf = ({ id }: Member): string => id ?? "(only at Bridge)"

const listed = (labels: Iterable<string>): string => [...labels].toSorted().join(", ")

/** In what a message differs from what it should be. */
const differences = (stored: StoredMessage, mail: LabelledMail, member: Member): ReadonlyArray<string> => {
  const same = listed(stored.labels) === listed(mail.labels)
  return [
    ...(same ? [] : [`labels ${listed(stored.labels)} instead of ${listed(mail.labels)}`]),
    ...(mail.members.some(({ date }) => date === stored.internalDate)
      ? []
      : [
          `date ${new Date(stored.internalDate).toISOString()} instead of ${new Date(member.date).toISOString()}`
        ]),
    ...(holds(stored.raw, member) ? [] : ["other octets"])
  ]
}

const find = (mails: ReadonlyArray<LabelledMail>) => {
  const byId = new Map(
    mails.flatMap((mail) => mail.members.map((member) => [member.id, { mail, member, found: 0 }] as const))
  )
  const nameless = mails.flatMap((mail) =>
    mail.members.filter(({ id }) => id === undefined).map((member) => ({ mail, member }))
  )
  return (stored: StoredMessage) => {
    const { raw } = stored
    const id = firstValue(raw, "X-Pm-Internal-Id")
    return id === undefined ? nameless.find(({ member }) => holds(raw, member)) : byId.get(id)
  }
}

/** What the account holds beside what it should hold. */
export const compareByLabels = (
  mails: ReadonlyArray<LabelledMail>,
  account: GmailAccount
): LabelledComparison => {
  const belongsTo = find(mails)
  const arrived = new Set<LabelledMail>()
  const doubled: Array<string> = []
  const strange: Array<string> = []
  const altered: Array<string> = []
  for (const stored of account.messages) {
    const found = belongsTo(stored)
    if (found === undefined) {
      strange.push(stored.id)
      continue
    }
    const name = nameOf(found.member)
    if (arrived.has(found.mail)) doubled.push(name)
    arrived.add(found.mail)
    const differs = differences(stored, found.mail, found.member)
    if (differs.length > 0) altered.push(`${name}: ${differs.join("; ")}`)
  }
  const lost = mails.filter((mail) => !arrived.has(mail)).flatMap(({ members }) => members.map(nameOf))
  return { lost, doubled, strange, altered }
}

/** Counts both ends of a rehearsal, message by message: labels, star, read state, date and octets. */
export const countByLabels = (account: ProtonAccount, arrivedAt: GmailAccount): Arrivals => {
  const mails = labelledMail(account)
  const sent = mails.reduce((sum, { members }) => sum + members.length, 0)
  const { altered, doubled, lost, strange } = compareByLabels(mails, arrivedAt)
  return {
    sent,
    arrived: sent - lost.length,
    doubled: doubled.length,
    strange: strange.length,
    merged: sent - mails.length,
    altered
  }
}
