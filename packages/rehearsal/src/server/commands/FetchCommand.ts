import { itemOctets } from "../../imap/BodySection.ts"
import { bodyStructure } from "../../imap/BodyStructure.ts"
import { envelope } from "../../imap/Envelope.ts"
import { type FetchItem, parseFetchItems, sectionLabel } from "../../imap/FetchItem.ts"
import { formatInternalDate } from "../../imap/InternalDate.ts"
import { parseSequenceSet } from "../../imap/SequenceSet.ts"
import { wireString } from "../../imap/WireString.ts"
import { ok } from "../Answer.ts"
import type { MessageCommand } from "../Command.ts"
import { gmailFetchItems, gmailItem } from "../gmail/GmailItems.ts"
import { badSet } from "../Refusals.ts"
import type { NumberedMessage, SelectedMailbox } from "../SelectedMailbox.ts"
import type { ServerMessage } from "../ServerMailbox.ts"
import type { ServerSession } from "../ServerSession.ts"
import type { ServerState } from "../ServerState.ts"

type Section = Extract<FetchItem, { _tag: "Section" }>

const octetsOf = ({ bytes }: ServerMessage): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const text = (
  item: Exclude<FetchItem, Section>,
  message: ServerMessage,
  selected: SelectedMailbox,
  state: ServerState
): string => {
  switch (item._tag) {
    case "Flags":
      return `FLAGS (${selected.flagsOf(message)})`
    case "Uid":
      return `UID ${message.uid}`
    case "InternalDate":
      return `INTERNALDATE ${formatInternalDate(message.internalDate.getTime())}`
    case "Size":
      return `RFC822.SIZE ${message.size ?? message.bytes.length}`
    case "Envelope":
      return `ENVELOPE ${envelope(message.bytes, wireString)}`
    case "Body":
      return `BODY ${bodyStructure(octetsOf(message), false, wireString)}`
    case "BodyStructure":
      return `BODYSTRUCTURE ${bodyStructure(octetsOf(message), true, wireString)}`
    default:
      return gmailItem(state, item.name, message)
  }
}

/** The items as they go out; a section's octets are not copied. */
const written = (
  items: ReadonlyArray<FetchItem>,
  { sequence, message }: NumberedMessage,
  selected: SelectedMailbox,
  state: ServerState
): ReadonlyArray<Uint8Array> => {
  const parts: Array<Uint8Array> = [Buffer.from(`* ${sequence} FETCH (`)]
  for (const [index, item] of items.entries()) {
    const space = index === 0 ? "" : " "
    if (item._tag === "Section") {
      const octets = itemOctets(octetsOf(message), item)
      parts.push(Buffer.from(`${space}${sectionLabel(item)} {${octets.length}}\r\n`), octets)
    } else parts.push(Buffer.from(`${space}${text(item, message, selected, state)}`))
  }
  return [...parts, Buffer.from(")\r\n")]
}

const isWholeBody = (item: FetchItem): boolean =>
  item._tag === "Section" &&
  item.section.part.length === 0 &&
  item.section.what === "ALL" &&
  item.partial === undefined

/** Reading a body without PEEK in a mailbox that was SELECTed sets \Seen, and says so. */
const fetchOne = (
  session: ServerSession,
  selected: SelectedMailbox,
  { sequence, message }: NumberedMessage,
  items: ReadonlyArray<FetchItem>
): void => {
  const sees = items.some((item) => item._tag === "Section" && !item.peek) && !selected.readOnly
  let shown = message
  let asked = items
  if (sees && !message.flags.has("\\Seen")) {
    shown = selected.mailbox.setFlags(message, [...message.flags, "\\Seen"])
    selected.told(shown)
    if (!items.some(({ _tag }) => _tag === "Flags")) asked = [...items, { _tag: "Flags" }]
  }
  if (items.some(isWholeBody)) session.state.stats.fetchedBodies += 1
  for (const part of written(asked, { sequence, message: shown }, selected, session.state))
    session.connection.write(part)
}

const fetching = (by: "sequence" | "uid"): MessageCommand => ({
  needs: "selected",
  renumbers: by === "uid",
  run: async (session, { scanner }, selected) => {
    scanner.space()
    const set = parseSequenceSet(scanner)
    scanner.space()
    const asked = parseFetchItems(scanner, gmailFetchItems(session.state))
    scanner.end()
    if (by === "sequence" && selected.outOfRange(set)) return badSet
    const withUid: ReadonlyArray<FetchItem> = asked.some(({ _tag }) => _tag === "Uid")
      ? asked
      : [{ _tag: "Uid" }, ...asked]
    for (const numbered of selected.select(set, by)) {
      fetchOne(session, selected, numbered, by === "uid" ? withUid : asked)
      await session.connection.drained()
      if (session.connection.closed) return "cut"
    }
    return ok("Fetch completed.")
  }
})

export const fetch = fetching("sequence")
export const uidFetch = fetching("uid")
