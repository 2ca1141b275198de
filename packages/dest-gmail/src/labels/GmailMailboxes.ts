import { type Mailbox, type MailboxPath, pathKey, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import * as Option from "effect/Option"

import { pathOfName } from "./GmailNames.ts"
import type { GmailLabel } from "./LabelPort.ts"

interface SystemMailbox {
  readonly path: MailboxPath
  readonly specialUse: SpecialUse
  /** The labels that put a message there. All Mail has none: whatever is neither spam nor deleted stands in it. */
  readonly labelIds: ReadonlyArray<string>
}

/** Gmail's own places that mail may come into. Not Drafts, which hold no other mail, nor views such as Important. */
const systemMailboxes: ReadonlyArray<SystemMailbox> = [
  { path: ["INBOX"], specialUse: "inbox", labelIds: ["INBOX"] },
  { path: ["Sent"], specialUse: "sent", labelIds: ["SENT"] },
  { path: ["Spam"], specialUse: "junk", labelIds: ["SPAM"] },
  { path: ["Trash"], specialUse: "trash", labelIds: ["TRASH"] },
  { path: ["All Mail"], specialUse: "all", labelIds: [] }
]

const byPath: ReadonlyMap<string, SystemMailbox> = new Map(
  systemMailboxes.map((mailbox) => [pathKey(mailbox.path), mailbox])
)

/** Mailboxes of which a message stands in one at the most: Gmail refuses a second of these labels. */
export const exclusiveMailboxes: ReadonlyArray<MailboxPath> = [["INBOX"], ["Spam"], ["Trash"]]

/** The path of Gmail's own mailbox of this use; none where it has none that mail may come into. */
export const systemPathOf = (use: SpecialUse): MailboxPath | undefined =>
  systemMailboxes.find(({ specialUse }) => specialUse === use)?.path

/** The labels that put a message into a system mailbox; none when the path is not one. */
export const systemLabelIds = (path: MailboxPath): Option.Option<ReadonlyArray<string>> =>
  Option.map(Option.fromUndefinedOr(byPath.get(pathKey(path))), ({ labelIds }) => labelIds)

/**
 * The account's mailboxes: Gmail's own places, and each user's label by the levels of its name, whether its parent is
 * a label or not.
 */
export const gmailMailboxes = (labels: ReadonlyArray<GmailLabel>): ReadonlyArray<Mailbox> => [
  ...systemMailboxes.map(({ path, specialUse }): Mailbox => ({
    path,
    specialUse: Option.some(specialUse),
    role: "home",
    proposed: path
  })),
  ...labels
    .filter(({ name, type }) => type === "user" && Option.isNone(systemLabelIds(pathOfName(name))))
    .map(({ name }): Mailbox => {
      const path = pathOfName(name)
      return { path, specialUse: Option.none(), role: "home", proposed: path }
    })
]
