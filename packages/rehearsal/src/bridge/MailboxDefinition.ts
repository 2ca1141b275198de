import { type ProtonAccount, SystemLabel } from "../ProtonAccount.ts"

/** A mailbox Bridge makes of a Proton label (proton-bridge `imapservice/imap_updates.go`). */
export interface MailboxDefinition {
  /** Proton's label id; the placeholders and Recovered Messages have their name for one. */
  readonly labelId: string
  /** With `/` between levels and `\/` for a slash inside one. */
  readonly name: string
  /** Without `\Marked` and `\Unmarked`. */
  readonly attributes: ReadonlyArray<string>
  /** `non-empty`: LIST leaves it out while it holds nothing. */
  readonly listed: "always" | "non-empty"
  /** FLAGS and PERMANENTFLAGS. */
  readonly flags: ReadonlyArray<string>
  /** Placeholders hold no mail, though nothing stops a client from opening them. */
  readonly holdsMail: boolean
}

export const recoveredMessages = "Recovered Messages"

const usual = ["$Forwarded", "Forwarded", "\\Deleted", "\\Flagged", "\\Seen"]

const system = (
  labelId: string,
  name: string,
  use: ReadonlyArray<string> = [],
  rest: Partial<MailboxDefinition> = {}
): MailboxDefinition => ({
  labelId,
  name,
  attributes: [...use, "\\Noinferiors"],
  listed: "always",
  flags: usual,
  holdsMail: true,
  ...rest
})

const placeholder = (name: string): MailboxDefinition => ({
  labelId: name,
  name,
  attributes: ["\\Noselect"],
  listed: "always",
  flags: usual,
  holdsMail: false
})

const fixed: ReadonlyArray<MailboxDefinition> = [
  system(SystemLabel.inbox, "INBOX"),
  system(SystemLabel.drafts, "Drafts", ["\\Drafts"]),
  system(SystemLabel.sent, "Sent", ["\\Sent"]),
  system(SystemLabel.starred, "Starred", ["\\Flagged"]),
  system(SystemLabel.archive, "Archive", ["\\Archive"]),
  system(SystemLabel.spam, "Spam", ["\\Junk"]),
  system(SystemLabel.trash, "Trash", ["\\Trash"]),
  system(SystemLabel.allMail, "All Mail", ["\\All"], { flags: ["\\Flagged", "\\Seen"] }),
  system(SystemLabel.scheduled, "Scheduled", [], { listed: "non-empty" }),
  placeholder("Folders"),
  placeholder("Labels"),
  system(recoveredMessages, recoveredMessages, [], { listed: "non-empty" })
]

/** Proton's API escapes a slash inside a level, and Bridge splits and joins without looking. */
const escaped = (level: string): string => level.replaceAll("/", "\\/")

export const mailboxName = (kind: "folder" | "label", path: ReadonlyArray<string>): string =>
  [kind === "folder" ? "Folders" : "Labels", ...path.map(escaped)].join("/")

export const mailboxDefinitions = (account: ProtonAccount): ReadonlyArray<MailboxDefinition> => [
  ...fixed,
  ...account.labels.map((label): MailboxDefinition => ({
    labelId: label.id,
    name: mailboxName(label.kind, label.path),
    attributes: [],
    listed: "always",
    flags: usual,
    holdsMail: true
  }))
]
