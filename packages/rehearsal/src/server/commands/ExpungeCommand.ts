import { parseSequenceSet } from "../../imap/SequenceSet.ts"
import { ok } from "../Answer.ts"
import type { MessageCommand } from "../Command.ts"
import { readOnly } from "../Refusals.ts"
import type { NumberedMessage, SelectedMailbox } from "../SelectedMailbox.ts"

const expungeOf = (selected: SelectedMailbox, among: ReadonlyArray<NumberedMessage>) => {
  if (selected.readOnly) return readOnly
  const deleted = among.filter(({ message }) => message.flags.has("\\Deleted"))
  selected.mailbox.remove(new Set(deleted.map(({ message }) => message.uid)))
  return ok("Expunge completed.")
}

export const expunge: MessageCommand = {
  needs: "selected",
  renumbers: true,
  run: (_, { scanner }, selected) => {
    scanner.end()
    return expungeOf(selected, selected.all)
  }
}

/** RFC 4315: of the messages marked \Deleted only those named. */
export const uidExpunge: MessageCommand = {
  needs: "selected",
  extension: "UIDPLUS",
  renumbers: true,
  run: (_, { scanner }, selected) => {
    scanner.space()
    const set = parseSequenceSet(scanner)
    scanner.end()
    return expungeOf(selected, selected.select(set, "uid"))
  }
}
