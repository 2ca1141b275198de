import { firstValue } from "../../imap/HeaderBlock.ts"
import { decodeModifiedUtf7 } from "../../imap/ModifiedUtf7.ts"
import type { Scanner } from "../../imap/Scanner.ts"
import { parseSequenceSet } from "../../imap/SequenceSet.ts"
import { type Answer, no, ok } from "../Answer.ts"
import { readOnly } from "../Refusals.ts"
import type { SelectedMailbox } from "../SelectedMailbox.ts"
import type { ServerMessage } from "../ServerMailbox.ts"
import type { ServerState } from "../ServerState.ts"

/** Items that FETCH knows with X-GM-EXT-1. */
export const gmailFetchItems = ({ gmail }: ServerState): ReadonlyArray<string> =>
  gmail === undefined ? [] : ["X-GM-MSGID", "X-GM-LABELS"]

/** Keys that SEARCH knows with X-GM-EXT-1. Of Gmail's own search, X-GM-RAW takes `rfc822msgid:` alone. */
export const gmailSearchKeys = ({ gmail }: ServerState): ReadonlyArray<string> =>
  gmail === undefined ? [] : ["X-GM-MSGID", "X-GM-RAW"]

export const gmailItem = ({ gmail }: ServerState, name: string, message: ServerMessage): string =>
  name === "X-GM-LABELS"
    ? `${name} (${gmail?.labelsOf(message).join(" ") ?? ""})`
    : `${name} ${message.gmailId ?? "NIL"}`

export const matchesGmail = (message: ServerMessage, name: string, value: string): boolean => {
  if (name === "X-GM-MSGID") return message.gmailId === value
  const [, wanted = ""] = /^rfc822msgid:<?([^<>\s]+)>?$/u.exec(value) ?? []
  return wanted !== "" && firstValue(message.bytes, "Message-ID") === `<${wanted}>`
}

const readLabel = (scanner: Scanner): string => {
  const slash = scanner.match("\\") ? "\\" : ""
  const label = slash + scanner.astring()
  return decodeModifiedUtf7(label) ?? label
}

/** `+X-GM-LABELS (\Inbox "My label")`, or none where something else is stored. Stands before the sequence set. */
export const storeGmailLabels = (
  { gmail }: ServerState,
  scanner: Scanner,
  selected: SelectedMailbox,
  by: "sequence" | "uid"
): Answer | undefined => {
  const start = scanner.position
  const set = parseSequenceSet(scanner)
  scanner.space()
  const action = scanner.match("+") ? "add" : scanner.match("-") ? "remove" : "replace"
  if (gmail === undefined || !scanner.word("X-GM-LABELS")) {
    scanner.position = start
    return undefined
  }
  scanner.word(".SILENT")
  scanner.space()
  const labels = scanner.is("(") ? scanner.list(() => readLabel(scanner), true) : [readLabel(scanner)]
  scanner.end()
  if (selected.readOnly) return readOnly
  const mailboxes = labels.map((label) => gmail.mailboxOf(label))
  for (const [index, mailbox] of mailboxes.entries())
    if (mailbox === undefined) return no(`[NONEXISTENT] Unknown label: ${labels[index]} (Failure)`)
  for (const { message } of selected.select(set, by)) {
    for (const mailbox of mailboxes) {
      if (mailbox === undefined) continue
      if (action === "remove") gmail.hide(message, mailbox)
      else gmail.show(message, mailbox)
    }
  }
  return action === "replace" ? no("Replacing labels is not rehearsed") : ok("Success")
}
