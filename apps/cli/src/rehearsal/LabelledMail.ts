import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import { reservedLabelNames } from "@mailferry/rehearsal/gmail/ReservedLabelNames.ts"
import { firstValue } from "@mailferry/rehearsal/imap/HeaderBlock.ts"
import {
  type ProtonAccount,
  type ProtonLabel,
  type ProtonMessage,
  SystemLabel
} from "@mailferry/rehearsal/ProtonAccount.ts"

/** A message as it must stand in an account that has labels instead of mailboxes. */
export interface LabelledMail {
  /** Messages at the source that are this one there: several where they have one Message-ID. */
  readonly members: ReadonlyArray<Member>
  /** Names of its labels, Gmail's own by their ids. */
  readonly labels: ReadonlySet<string>
}

export interface Member {
  /** Proton's id; undefined for mail that only Bridge has. */
  readonly id: string | undefined
  /** What Bridge gives out, without the line that it puts above everything. */
  readonly octets: () => Buffer
  /** Milliseconds since 1970. */
  readonly date: number
}

interface Part extends Member {
  readonly messageId: string | undefined
  readonly labels: ReadonlyArray<string>
}

const none: ReadonlyArray<string> = []

/** Where Proton's own places are in Gmail. An archived message is one in no place at all. */
const systemNames: Readonly<Record<string, ReadonlyArray<string>>> = {
  [SystemLabel.inbox]: ["INBOX"],
  [SystemLabel.archive]: none,
  [SystemLabel.sent]: ["SENT"],
  [SystemLabel.spam]: ["SPAM"],
  [SystemLabel.starred]: ["STARRED"],
  [SystemLabel.drafts]: ["Proton/Drafts"],
  [SystemLabel.trash]: ["Proton/Trash"],
  [SystemLabel.scheduled]: ["Proton/Scheduled"]
}

/** What Gmail keeps for itself in English, which is the rehearsal account's language: of others it keeps nothing. */
const reserved = reservedLabelNames("en")

/**
 * By the rules that the documents give and not by mailferry's code: no slash within a level, none of the signs that mean
 * something to Gmail's search, and a curved apostrophe for a straight one.
 */
const nameOf = ({ path }: ProtonLabel): string => {
  const levels = path.map((level) => level.replaceAll(/[/^\\*+`"]/gu, "_").replaceAll("'", "\u2019"))
  const [first = "", ...rest] = levels
  return [reserved.has(first.toLowerCase()) ? `_${first}` : first, ...rest].join("/")
}

/** What Gmail joins messages by; undefined where there is nothing it can use. */
const messageIdOf = (octets: Uint8Array): string | undefined =>
  /<[^<>\s]+>/u.exec(firstValue(octets, "Message-ID") ?? "")?.[0]

const partOf = (message: ProtonMessage, names: ReadonlyMap<string, string>): Part => {
  const octets = () => buildLiteral(message)
  const literal = octets()
  const date = Date.parse(firstValue(literal, "Date") ?? "")
  const own = names.get.bind(names)
  return {
    id: message.id,
    octets,
    date: Number.isNaN(date) ? message.time * 1000 : date,
    messageId: messageIdOf(literal),
    labels: [
      ...[...message.labelIds].flatMap((id) => systemNames[id] ?? own(id) ?? none),
      ...(message.unread ? ["UNREAD"] : none)
    ]
  }
}

/** Mail that Bridge keeps because Proton refused it: as it is, unread, in a mailbox of its own. */
const recoveredPart = (bytes: Uint8Array): Part => {
  const octets = Buffer.from(bytes)
  return {
    id: undefined,
    octets: () => octets,
    date: Date.parse(firstValue(octets, "Date") ?? ""),
    messageId: messageIdOf(octets),
    labels: ["Recovered Messages", "UNREAD"]
  }
}

/** What a complete move of this account comes to: one message each, those with one Message-ID joined. */
export const labelledMail = (
  account: ProtonAccount,
  recovered: ReadonlyArray<Uint8Array> = []
): ReadonlyArray<LabelledMail> => {
  const names = new Map(account.labels.map((label) => [label.id, nameOf(label)]))
  const shown = account.messages.filter(({ trouble }) => trouble !== "skipped")
  const parts = [...shown.map((message) => partOf(message, names)), ...recovered.map(recoveredPart)]
  const groups = new Map<string | Part, Array<Part>>()
  for (const part of parts) {
    const key = part.messageId ?? part
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return [...groups.values()].map((members) => ({
    members,
    labels: new Set(members.flatMap(({ labels }) => labels))
  }))
}
