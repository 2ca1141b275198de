import { parseSequenceSet } from "../../imap/SequenceSet.ts"
import { parseStore, type StoreArguments } from "../../imap/StoreArguments.ts"
import { bad, ok } from "../Answer.ts"
import type { MessageCommand } from "../Command.ts"
import { storeGmailLabels } from "../gmail/GmailItems.ts"
import { badSet, readOnly, wrongArgument } from "../Refusals.ts"
import { settableFlags, spelledFlag } from "../ServerMailbox.ts"
import { keepsFlag, knowsFlag } from "../ServerProfile.ts"
import type { ServerSession } from "../ServerSession.ts"

const lower = (flag: string): string => flag.toLowerCase()

const result = (present: ReadonlySet<string>, { action }: StoreArguments, given: ReadonlyArray<string>) => {
  const named = new Set(given.map(lower))
  if (action === "remove") return [...present].filter((flag) => !named.has(lower(flag)))
  const others = action === "add" ? [...present].filter((flag) => !named.has(lower(flag))) : []
  return [...others, ...given]
}

/** A server without keywords takes them and forgets them. */
const kept = (session: ServerSession, flags: ReadonlyArray<string>): ReadonlyArray<string> =>
  flags.filter((flag) => keepsFlag(session.state.profile, flag))

const storing = (by: "sequence" | "uid"): MessageCommand => ({
  needs: "selected",
  renumbers: by === "uid",
  run: (session, { scanner }, selected) => {
    scanner.space()
    const labelled = storeGmailLabels(session.state, scanner, selected, by)
    if (labelled !== undefined) return labelled
    const set = parseSequenceSet(scanner)
    scanner.space()
    const change = parseStore(scanner)
    scanner.end()
    if (change.flags.some((flag) => flag.startsWith("\\") && !settableFlags.includes(spelledFlag(flag))))
      return bad("Invalid system flag")
    if (change.flags.some((flag) => !knowsFlag(session.state.profile, flag))) return wrongArgument
    if (selected.readOnly) return readOnly
    if (by === "sequence" && selected.outOfRange(set)) return badSet
    const given = kept(session, change.flags)
    for (const { sequence, message } of selected.select(set, by)) {
      const changed = selected.mailbox.setFlags(message, result(message.flags, change, given))
      session.state.gmail?.setFlags(changed, changed.flags)
      selected.told(changed)
      const uid = by === "uid" ? `UID ${changed.uid} ` : ""
      if (!change.silent) session.tell(`${sequence} FETCH (${uid}FLAGS (${selected.flagsOf(changed)}))`)
    }
    return ok("Store completed.")
  }
})

export const store = storing("sequence")
export const uidStore = storing("uid")
