import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import { type ProtonMessage, SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { sampleMailbox, type SampleOptions } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime } from "effect"

/** Bridge's mailboxes for Proton's own labels. */
const own: ReadonlyArray<readonly [string, Account.MemoryMailboxSpec]> = [
  [SystemLabel.inbox, { path: ["INBOX"], specialUse: "inbox" }],
  [SystemLabel.sent, { path: ["Sent"], specialUse: "sent" }],
  [SystemLabel.drafts, { path: ["Drafts"], specialUse: "drafts" }],
  [SystemLabel.spam, { path: ["Spam"], specialUse: "junk" }],
  [SystemLabel.trash, { path: ["Trash"], specialUse: "trash" }],
  [SystemLabel.archive, { path: ["Archive"], specialUse: "archive" }],
  [SystemLabel.scheduled, { path: ["Scheduled"] }],
  [SystemLabel.allMail, { path: ["All Mail"], specialUse: "all", role: "everything" }],
  [SystemLabel.starred, { path: ["Starred"], specialUse: "flagged", role: "starred" }]
]

const flagsOf = ({ answered, labelIds, unread }: ProtonMessage): ReadonlyArray<SystemFlag> => [
  ...(unread ? [] : ["\\Seen" as const]),
  ...(answered ? ["\\Answered" as const] : []),
  ...(labelIds.has(SystemLabel.starred) ? ["\\Flagged" as const] : []),
  ...(labelIds.has(SystemLabel.drafts) ? ["\\Draft" as const] : [])
]

/** The sample of ten years of mail as Bridge shows it, without what Bridge cannot show. */
export const sampleSource = (options: SampleOptions): Account.MemoryAccount => {
  const { labels, messages } = sampleMailbox(options)
  const mailboxes = new Map(own)
  for (const { id, kind, path } of labels) {
    const [first = "?", ...rest] = path
    mailboxes.set(id, {
      path: [kind === "folder" ? "Folders" : "Labels", ...path],
      role: kind === "folder" ? "home" : "label",
      ...(kind === "folder" ? { proposed: [first, ...rest] satisfies MailboxPath } : {})
    })
  }
  const account = Account.make(mailboxes.values())
  for (const message of messages.filter(({ trouble }) => trouble === undefined)) {
    const shown = Account.newMessage(account, {
      bytes: Buffer.concat([Buffer.from(`X-Pm-Internal-Id: ${message.id}\r\n`), message.raw]),
      internalDate: DateTime.makeUnsafe(message.time * 1000),
      flags: flagsOf(message),
      keywords: message.forwarded ? ["$Forwarded"] : []
    })
    for (const id of [...message.labelIds, SystemLabel.allMail]) {
      const spec = mailboxes.get(id)
      if (spec !== undefined) Account.show(Account.mailboxOf(account, spec.path), shown)
    }
  }
  return account
}
