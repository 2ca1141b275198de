import type { SearchProgram } from "../imap/SearchKey.ts"
import { matchesSearch } from "../imap/SearchMatch.ts"
import type { BridgeSession } from "./BridgeSession.ts"
import type { Numbered } from "./BridgeView.ts"
import { Refusal } from "./Refusal.ts"

/** CLOSE forgets the mailbox and, where it was SELECTed, expunges without a word; UNSELECT only forgets. */
export const unselect = (session: BridgeSession, tag: string): void => {
  session.flush(true)
  session.view = undefined
  session.ok(tag, "UNSELECT")
}

export const check = (session: BridgeSession, tag: string): void => {
  session.server.poll()
  session.flush(true)
  session.ok(tag, "CHECK")
}

const flagsOf = ({ item }: Numbered): ReadonlySet<string> =>
  new Set(
    [
      ...item.entry.stored.flags,
      ...(item.entry.deleted ? ["\\Deleted"] : []),
      ...(item.recent ? ["\\Recent"] : [])
    ].map((flag) => flag.toLowerCase())
  )

const charsets = new Set(["US-ASCII", "ASCII", "UTF-8"])

export const search = (session: BridgeSession, tag: string, program: SearchProgram, byUid: boolean): void => {
  const view = session.selected
  const { literals } = session.server
  session.flush(false)
  if (program.charset !== undefined && !charsets.has(program.charset)) {
    throw new Refusal("unsupported charset", "NO", "BADCHARSET")
  }
  const bounds = { sequence: view.size, uid: view.largestUid }
  const found = view.all().filter((numbered) => {
    const { stored, uid } = numbered.item.entry
    const subject = {
      sequence: numbered.sequence,
      uid,
      flags: flagsOf(numbered),
      internalDate: stored.internalDate,
      get size() {
        return literals.size(stored)
      },
      octets: () => literals.get(stored)
    }
    return matchesSearch(program.key, subject, bounds)
  })
  const numbers = found.map(({ sequence, item }) => (byUid ? item.entry.uid : sequence))
  session.connection.writeLine(["* SEARCH", ...numbers].join(" "))
  session.completed(tag)
}
