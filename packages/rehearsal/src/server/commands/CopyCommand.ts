import { formatSequenceSet, parseSequenceSet } from "../../imap/SequenceSet.ts"
import { ok } from "../Answer.ts"
import type { MessageCommand } from "../Command.ts"
import { readName } from "../MailboxArgument.ts"
import { badName, badSet, noPlaceLeft, noSuchMailbox, readOnly } from "../Refusals.ts"
import type { ServerMessage } from "../ServerMailbox.ts"
import type { ServerSession } from "../ServerSession.ts"
import { offers } from "../ServerState.ts"

const overQuota = ({ state }: ServerSession, messages: ReadonlyArray<ServerMessage>): boolean => {
  if (state.faults.overQuota) return true
  return !state.store.hasRoom(messages.reduce((sum, { bytes }) => sum + bytes.length, 0))
}

/** COPY, or MOVE (RFC 6851), which tells the new UIDs before it tells what is gone. Either copies all or nothing. */
const copying = (by: "sequence" | "uid", moves: boolean): MessageCommand => ({
  needs: "selected",
  ...(moves ? { extension: "MOVE" } : {}),
  renumbers: by === "uid" || moves,
  run: (session, { scanner }, selected) => {
    const { state } = session
    scanner.space()
    const set = parseSequenceSet(scanner)
    const name = readName(session, scanner)
    scanner.end()
    if (by === "sequence" && selected.outOfRange(set)) return badSet
    if (name === undefined) return badName
    const target = state.store.find(name)
    if (target === undefined) return noSuchMailbox(name, "TRYCREATE")
    if (moves && selected.readOnly) return readOnly
    const messages = selected.select(set, by).map(({ message }) => message)
    if (!moves && overQuota(session, messages)) return noPlaceLeft
    const copies = messages.map((message) => (state.gmail?.show(message, target) ?? target.add(message)).uid)
    const originals = messages.map(({ uid }) => uid)
    state.stats.copied += copies.length
    if (moves) selected.mailbox.remove(new Set(originals))
    if (state.faults.cutBeforeCopyOk.fires()) return "cut"
    const uids = `${formatSequenceSet(originals)} ${formatSequenceSet(copies)}`
    const code = `COPYUID ${target.uidValidity} ${uids}`
    const told = offers(state, "UIDPLUS") && copies.length > 0
    if (!moves) return told ? ok("Copy completed.", code) : ok("Copy completed.")
    if (told) session.tell(`OK [${code}] Moved UIDs.`)
    return ok("Move completed.")
  }
})

export const copy = copying("sequence", false)
export const uidCopy = copying("uid", false)
export const move = copying("sequence", true)
export const uidMove = copying("uid", true)
