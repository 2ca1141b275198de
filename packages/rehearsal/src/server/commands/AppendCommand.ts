import { type AppendMessage, parseAppendMailbox, parseAppendMessage } from "../../imap/AppendArguments.ts"
import { parseCommandLine } from "../../imap/CommandLine.ts"
import type { LiteralAnnounced } from "../../imap/CommandReader.ts"
import { LiteralMissing, type Scanner } from "../../imap/Scanner.ts"
import { formatSequenceSet } from "../../imap/SequenceSet.ts"
import { parseFlag } from "../../imap/StoreArguments.ts"
import { type Answer, bad, no, ok, readAnswer } from "../Answer.ts"
import type { Command } from "../Command.ts"
import { badName, noPlaceLeft, noSuchMailbox, wrongArgument } from "../Refusals.ts"
import { type NewMessage, settableFlags, spelledFlag } from "../ServerMailbox.ts"
import { keepsFlag, knowsFlag } from "../ServerProfile.ts"
import type { ServerSession } from "../ServerSession.ts"
import { offers } from "../ServerState.ts"

/** Dovecot calls a system flag it does not know a syntax error. Looks ahead, since the literal comes after the flags. */
const checkFlags = (scanner: Scanner): void => {
  const start = scanner.position
  if (!scanner.word(" (")) return
  scanner.position = start + 1
  const flags = scanner.list(() => parseFlag(scanner), true)
  const unknown = flags.find((flag) => flag.startsWith("\\") && !settableFlags.includes(spelledFlag(flag)))
  if (unknown !== undefined) scanner.fail(`Invalid system flag ${unknown}`)
  scanner.position = start
}

/** One message, or several to a server that takes them (MULTIAPPEND, RFC 3502). */
const readMessages = (session: ServerSession, scanner: Scanner): ReadonlyArray<AppendMessage> => {
  const messages: Array<AppendMessage> = []
  do {
    checkFlags(scanner)
    messages.push(parseAppendMessage(scanner))
  } while (offers(session.state, "MULTIAPPEND") && scanner.is(" "))
  return messages
}

/** What is wrong with storing messages of these sizes in this mailbox, if anything. */
const refusal = (
  session: ServerSession,
  name: string | undefined,
  sizes: ReadonlyArray<number>
): Answer | undefined => {
  const { profile, store, faults } = session.state
  if (name === undefined) return badName
  if (store.find(name) === undefined) return noSuchMailbox(name, "TRYCREATE")
  if (sizes.includes(0)) return no("Can't save a zero byte message.")
  if (Math.max(...sizes) > profile.appendLimit) return no("Message size exceeds the limit", "TOOBIG")
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return faults.overQuota || !store.hasRoom(total) ? noPlaceLeft : undefined
}

/**
 * What is already wrong when a literal is announced: the answer a synchronising one gets instead of `+`.
 *
 * @throws ParseError where the command is wrong as far as it has come
 */
export const judgeAppend = (session: ServerSession, announced: LiteralAnnounced): Answer | undefined => {
  const { scanner } = parseCommandLine(announced.octets)
  const name = session.nameFrom(parseAppendMailbox(scanner))
  try {
    readMessages(session, scanner)
    return bad("Only one message at a time")
  } catch (error) {
    if (!(error instanceof LiteralMissing)) throw error
    return refusal(session, name, [announced.size])
  }
}

const hasLongerLine = (octets: Uint8Array, longest: number): boolean => {
  for (let from = 0; octets.length - from > longest;) {
    const end = octets.indexOf(0x0a, from)
    if ((end === -1 ? octets.length : end) - from > longest) return true
    from = end + 1
  }
  return false
}

const stored = (session: ServerSession, { flags, internalDate, octets }: AppendMessage): NewMessage => ({
  flags: new Set(flags.filter((flag) => keepsFlag(session.state.profile, flag))),
  internalDate: internalDate === undefined ? new Date() : new Date(internalDate),
  // A copy, since the command's own buffer holds every message of a MULTIAPPEND.
  bytes: new Uint8Array(octets)
})

export const append: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const { store, stats, faults } = session.state
    const name = session.nameFrom(parseAppendMailbox(scanner))
    const messages = readMessages(session, scanner)
    scanner.end()
    const octets = messages.map((message) => message.octets)
    const refused = refusal(
      session,
      name,
      octets.map(({ length }) => length)
    )
    if (refused !== undefined) return refused
    const { longestLine = Infinity } = session.state.profile
    const flags = messages.flatMap((message) => message.flags)
    if (flags.some((flag) => !knowsFlag(session.state.profile, flag))) return wrongArgument
    if (octets.some((each) => hasLongerLine(each, longestLine))) return wrongArgument
    const byTest = faults.appendRefusal(octets)
    if (byTest !== undefined) return readAnswer(byTest)
    const mailbox = store.find(name ?? "")
    if (mailbox === undefined) return badName
    const { gmail } = session.state
    const uids = messages.map((message) => {
      const added = stored(session, message)
      return gmail?.append(mailbox, added) ?? mailbox.add(added).uid
    })
    stats.appended += uids.length
    stats.appendedOctets += octets.reduce((sum, { length }) => sum + length, 0)
    if (faults.cutAfterLiteral.fires()) return "cut"
    const code = `APPENDUID ${mailbox.uidValidity} ${formatSequenceSet(uids)}`
    return offers(session.state, "UIDPLUS") ? ok("Append completed.", code) : ok("Append completed.")
  }
}
