import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime } from "effect"

import { mailWithFiles } from "./mailWithFiles.ts"

const dateOf = (n: number) => DateTime.makeUnsafe(`2019-03-31T12:00:${String(n).padStart(2, "0")}Z`)

interface Letter {
  /** The value of Message-ID. */
  readonly id?: string
  readonly flags?: ReadonlyArray<SystemFlag>
  readonly keywords?: ReadonlyArray<string>
  /** In place of a short text. */
  readonly bytes?: Uint8Array
}

export const letter = (
  n: number,
  { bytes, flags = ["\\Seen"], id = `<${n}@x>`, keywords = [] }: Letter = {}
) => ({
  bytes: Buffer.concat([
    Buffer.from(`X-Pm-Internal-Id: ${n}==\r\n`),
    bytes ??
      Buffer.from(
        `From: a@example.net\r\nMessage-ID: ${id}\r\nDate: ${DateTime.toDate(dateOf(n)).toUTCString()}\r\nSubject: letter ${n}\r\n\r\nhello\r\n`
      )
  ]),
  internalDate: dateOf(n),
  flags,
  keywords
})

/** Puts one message into several mailboxes of the source, and into the view of all mail. */
export const arrive = (
  account: Account.MemoryAccount,
  spec: Account.MemoryMessageSpec,
  ...paths: ReadonlyArray<MailboxPath>
) => {
  const message = Account.newMessage(account, spec)
  for (const path of [...paths, ["All Mail"] as const])
    Account.show(Account.mailboxOf(account, path), message)
  return message
}

export const protonAccount = () =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Drafts"], specialUse: "drafts" },
    { path: ["Spam"], specialUse: "junk" },
    { path: ["Trash"], specialUse: "trash" },
    { path: ["Archive"], specialUse: "archive" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Starred"], specialUse: "flagged", role: "starred" },
    { path: ["Scheduled"] },
    { path: ["Folders", "Büro 2019"], proposed: ["Büro 2019"] },
    { path: ["Folders", "Büro 2019", "a/b"], proposed: ["Büro 2019", "a/b"] },
    { path: ["Folders", "Files"], proposed: ["Files"] },
    { path: ["Labels", "blue"], role: "label" },
    { path: ["Labels", "red, or so"], role: "label" }
  ])

/** One of each kind: homes, labels, a star, a self-sent one, a draft, one with files of these sizes. */
export const everyKind = (source: Account.MemoryAccount, files: ReadonlyArray<number> = [2_000_000, 30]) => {
  arrive(source, letter(1, { flags: [] }), ["INBOX"], ["Labels", "blue"], ["Labels", "red, or so"])
  arrive(source, letter(2, { flags: ["\\Seen", "\\Flagged"] }), ["Archive"], ["Starred"])
  arrive(source, letter(3, { flags: ["\\Seen", "\\Answered"] }), ["Folders", "Büro 2019"])
  arrive(source, letter(4), ["INBOX"], ["Sent"])
  arrive(source, letter(5, { keywords: ["$Forwarded"] }), ["Folders", "Büro 2019", "a/b"], ["Labels", "blue"])
  arrive(source, letter(6, { flags: ["\\Seen", "\\Draft"] }), ["Drafts"])
  arrive(source, letter(7), ["Spam"])
  arrive(source, letter(8), ["Trash"])
  arrive(source, letter(9), ["Folders", "Files"])
  arrive(source, letter(10, { bytes: mailWithFiles(files) }), ["INBOX"])
}

/** What verify says when all is well. */
export const proved = { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0, notMigrated: 0 }
