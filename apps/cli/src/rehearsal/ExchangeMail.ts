import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import {
  type ProtonAccount,
  type ProtonLabel,
  type ProtonMessage,
  SystemLabel
} from "@mailferry/rehearsal/ProtonAccount.ts"

import { type MessageFacts, messageFacts } from "./MessageFacts.ts"

/** A message as it must stand in a mailbox that has one folder for each message. */
export interface ExchangeMail {
  /** Proton's, or the subject of mail that only Bridge has. */
  readonly id: string
  /** Read when asked for: all of them at once would be a mailbox in memory. */
  readonly facts: () => MessageFacts
  /** Where it stands, once in each: well-known names, and paths from under the root down. */
  readonly folders: ReadonlyArray<string>
  readonly categories: ReadonlyArray<string>
  readonly isDraft: boolean
  readonly isRead: boolean
  readonly isFlagged: boolean
  readonly isAnswered: boolean
  readonly isForwarded: boolean
  /** Milliseconds since 1970; undefined where Proton has no time, and Bridge gives the moment it looked. */
  readonly received: number | undefined
}

/** Where Proton's own places are in Exchange. */
const systemFolders: Readonly<Record<string, string>> = {
  [SystemLabel.inbox]: "inbox",
  [SystemLabel.drafts]: "drafts",
  [SystemLabel.sent]: "sentitems",
  [SystemLabel.archive]: "archive",
  [SystemLabel.spam]: "junkemail",
  [SystemLabel.trash]: "deleteditems",
  [SystemLabel.scheduled]: "Scheduled"
}

/** Where mail goes that is in no place at all. */
const homeless = "All Mail only"

/** By the rules that the documents give and not by mailferry's code: a slash is a level to IMAP clients. */
const folderOf = ({ path }: ProtonLabel): string =>
  path.map((level) => level.replaceAll("/", "_").trim()).join("/")

/** Outlook divides lists of categories at two signs, and a third begins what programs note for themselves. */
const categoryOf = ({ path }: ProtonLabel): string => path.join("/").replaceAll(/[,;]|^\$/gu, "_")

const mailOf = (message: ProtonMessage, labels: ReadonlyMap<string, ProtonLabel>): ExchangeMail => {
  const { answered, forwarded, id, labelIds, time, unread } = message
  const own = [...labelIds].flatMap((label) => labels.get(label) ?? [])
  const folders = [
    ...[...labelIds].flatMap((label) => systemFolders[label] ?? []),
    ...own.filter(({ kind }) => kind === "folder").map(folderOf)
  ]
  return {
    id,
    facts: () => messageFacts(buildLiteral(message)),
    folders: folders.length === 0 ? [homeless] : folders,
    categories: own.filter(({ kind }) => kind === "label").map(categoryOf),
    isDraft: labelIds.has(SystemLabel.drafts),
    isRead: !unread,
    isFlagged: labelIds.has(SystemLabel.starred),
    isAnswered: answered,
    isForwarded: forwarded,
    received: time > 0 ? time * 1000 : undefined
  }
}

/** Mail that Bridge keeps because Proton refused it: as it is, unread, in a mailbox of its own. */
const recoveredMail = (octets: Uint8Array): ExchangeMail => {
  const facts = messageFacts(Buffer.from(octets))
  return {
    id: facts.subject,
    facts: () => facts,
    folders: ["Recovered Messages"],
    categories: [],
    isDraft: false,
    isRead: false,
    isFlagged: false,
    isAnswered: false,
    isForwarded: false,
    received: undefined
  }
}

/** What a complete move of an account comes to. */
export interface ExchangeMailbox {
  readonly mails: ReadonlyArray<ExchangeMail>
  /** Paths of the folders there are beside Exchange's own; some are empty. */
  readonly folders: ReadonlyArray<string>
}

export const exchangeMailbox = (
  account: ProtonAccount,
  recovered: ReadonlyArray<Uint8Array> = []
): ExchangeMailbox => {
  const labels = new Map(account.labels.map((label) => [label.id, label]))
  const shown = account.messages.filter(({ trouble }) => trouble !== "skipped")
  const mails = [...shown.map((message) => mailOf(message, labels)), ...recovered.map(recoveredMail)]
  const empty = account.labels.filter(({ kind }) => kind === "folder").map(folderOf)
  return { mails, folders: [...new Set([...mails.flatMap(({ folders }) => folders), ...empty])] }
}
