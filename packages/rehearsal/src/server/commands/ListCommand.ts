import { mailboxPattern } from "../../imap/MailboxPattern.ts"
import { isListChar, type Scanner } from "../../imap/Scanner.ts"
import { ok } from "../Answer.ts"
import type { Command } from "../Command.ts"
import { readStatusItems, statusLine } from "../MailboxStatus.ts"
import type { ServerSession } from "../ServerSession.ts"
import { offers } from "../ServerState.ts"

/** What a LIST asks for (RFC 3501, section 6.3.8; RFC 5258; RFC 5819). */
interface Listing {
  readonly selection: ReadonlySet<string>
  readonly reference: string
  readonly patterns: ReadonlyArray<string>
  readonly returns: ReadonlySet<string>
  readonly status: ReadonlyArray<string>
}

const readPattern = (scanner: Scanner): string =>
  scanner.atString ? scanner.string() : scanner.run(isListChar)

const readOptions = (scanner: Scanner): ReadonlySet<string> =>
  new Set(scanner.list(() => scanner.atom().toUpperCase(), true))

const readReturns = (scanner: Scanner): Pick<Listing, "returns" | "status"> => {
  let status: ReadonlyArray<string> = []
  const names = scanner.list(() => {
    const name = scanner.atom().toUpperCase()
    if (name !== "STATUS") return name
    scanner.space()
    status = readStatusItems(scanner)
    return name
  }, true)
  return { returns: new Set(names), status }
}

const readListing = (session: ServerSession, scanner: Scanner): Listing => {
  const extended = offers(session.state, "LIST-EXTENDED")
  scanner.space()
  let selection: ReadonlySet<string> = new Set()
  if (extended && scanner.is("(")) {
    selection = readOptions(scanner)
    scanner.space()
  }
  const reference = scanner.astring()
  scanner.space()
  const patterns =
    extended && scanner.is("(") ? scanner.list(() => readPattern(scanner)) : [readPattern(scanner)]
  const returned =
    extended && scanner.word(" RETURN ") ? readReturns(scanner) : { returns: new Set<string>(), status: [] }
  scanner.end()
  return { selection, reference, patterns, ...returned }
}

/** Every name to be listed, those that only lead to others included. */
const everyName = (session: ServerSession): ReadonlyArray<string> => {
  const { store } = session.state
  const names = new Set(store.mailboxes.keys())
  for (const name of store.mailboxes.keys()) for (const superior of store.superiors(name)) names.add(superior)
  return [...names].toSorted()
}

const attributes = (session: ServerSession, name: string, listing: Listing): ReadonlyArray<string> => {
  const { state } = session
  const mailbox = state.store.find(name)
  const shown: Array<string> = mailbox === undefined ? ["\\Noselect"] : []
  if (offers(state, "CHILDREN"))
    shown.push(state.store.hasChildren(name) ? "\\HasChildren" : "\\HasNoChildren")
  const tellsUses = offers(state, "SPECIAL-USE") || state.profile.tellsUses === true
  if (mailbox?.specialUse !== undefined && tellsUses) shown.push(mailbox.specialUse)
  const wantsSubscribed = listing.returns.has("SUBSCRIBED") || listing.selection.has("SUBSCRIBED")
  if (wantsSubscribed && mailbox?.subscribed === true) shown.push("\\Subscribed")
  return shown
}

const selected = (session: ServerSession, name: string, { selection }: Listing): boolean => {
  const mailbox = session.state.store.find(name)
  if (selection.has("SUBSCRIBED") && mailbox?.subscribed !== true) return false
  return !selection.has("SPECIAL-USE") || mailbox?.specialUse !== undefined
}

const tellNames = (session: ServerSession, verb: "LIST" | "LSUB", listing: Listing): void => {
  const { profile, store } = session.state
  const decode = (pattern: string) => session.nameFrom(`${listing.reference}${pattern}`) ?? ""
  const matchers = listing.patterns.map((pattern) => mailboxPattern(decode(pattern), profile.delimiter))
  for (const name of everyName(session)) {
    if (!matchers.some((matches) => matches(name)) || !selected(session, name, listing)) continue
    const shown = attributes(session, name, listing).join(" ")
    session.tell(`${verb} (${shown}) "${profile.delimiter}" ${session.wireName(name)}`)
    const mailbox = store.find(name)
    if (listing.status.length > 0 && mailbox !== undefined)
      session.tell(statusLine(mailbox, session.wireName(name), listing.status))
  }
}

export const list: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const listing = readListing(session, scanner)
    // The empty pattern asks for the delimiter only (RFC 3501, section 6.3.8).
    if (listing.patterns.join("") === "")
      session.tell(`LIST (\\Noselect) "${session.state.profile.delimiter}" ""`)
    else tellNames(session, "LIST", listing)
    return ok("List completed.")
  }
}

export const lsub: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const listing = readListing(session, scanner)
    tellNames(session, "LSUB", { ...listing, selection: new Set(["SUBSCRIBED"]) })
    return ok("Lsub completed.")
  }
}
