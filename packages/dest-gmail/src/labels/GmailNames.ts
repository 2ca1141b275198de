import type { NameRules } from "@mailferry/core/Capabilities.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import * as Option from "effect/Option"

import { reservedFirstLevels } from "./ReservedLabels.ts"

/** Levels of a label's name are joined by it, in the web interface as in the API. */
const delimiter = "/"

/**
 * A label for mail of a mailbox that Gmail has no place of its own for, below the label that everything goes under, or
 * below `Proton`: their plain names are Gmail's own.
 */
const ownPlace = (name: string, parent = "Proton"): MailboxPath => [parent, name]

/** Where sent mail goes when this account does not let SENT be set. */
export const sentInstead = (parent?: string): MailboxPath => ownPlace("Sent", parent)

/** Longest label name with its parents, in characters: what other programs found Gmail to hold; Google states none. */
export const longestName = 225

/** The full name of a label, as Gmail spells it. */
export const nameOfPath = (path: MailboxPath): string => path.join(delimiter)

/** The levels of a label's name. An empty one (`a//b`) is kept, so that the name can be put together again. */
export const pathOfName = (name: string): MailboxPath => {
  const [first = "", ...rest] = name.split(delimiter)
  return [first, ...rest]
}

/** What is wrong with a full name that no rule for single levels can see; none when Gmail takes it. */
export const objectionTo = (path: MailboxPath): string | undefined => {
  const { length } = [...nameOfPath(path)]
  if (length <= longestName) return undefined
  return `a label's name holds ${longestName} characters with its parents, and this one has ${length}`
}

export interface GmailNameOptions {
  /** A label under which every other goes: `Proton`. At the top when absent. */
  readonly parent?: string
  /** Whether deleted mail goes into Gmail's own Trash, which Gmail empties after 30 days, and not to `Proton/Trash`. */
  readonly trash: boolean
  /** The account's interface language where it is known: fewer names are taken then. */
  readonly language?: string
}

/** How mailboxes of another account are to be called as Gmail labels, and where those go that Gmail has no label for. */
export const gmailNames = ({ language, parent, trash }: GmailNameOptions): NameRules => ({
  delimiter: Option.some(delimiter),
  // Proton's longest names: two levels of them stand under a parent within the 225. Deeper ones are refused as a whole.
  maxLevelOctets: 100,
  refused: [
    { pattern: /[\^\\*+`"]/u, why: 'Gmail does not take ^ \\ * + ` or "' },
    { pattern: /^\s+|\s+$/u, why: "Gmail takes no blank at the ends of a name" },
    { pattern: /\s{2,}/u, why: "Gmail takes one blank at a time" }
  ],
  caseInsensitive: true,
  reserved: reservedFirstLevels(language),
  ...(parent === undefined ? {} : { parent }),
  homes: {
    bySpecialUse: {
      // An archived message is one without INBOX: it needs no label.
      archive: ["All Mail"],
      // A real draft takes no labels, and is sent by a slip of the hand: it comes as mail.
      drafts: ownPlace("Drafts", parent),
      ...(trash ? {} : { trash: ownPlace("Trash", parent) })
    },
    // Nothing here can be scheduled for sending through the API.
    byName: { scheduled: ownPlace("Scheduled", parent) }
  },
  labelsStandAlone: true
})
