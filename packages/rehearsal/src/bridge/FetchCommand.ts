import { hasPart, itemOctets } from "../imap/BodySection.ts"
import { bodyStructure } from "../imap/BodyStructure.ts"
import type { FetchItem } from "../imap/FetchItem.ts"
import { sectionLabel } from "../imap/FetchItem.ts"
import { formatInternalDate } from "../imap/InternalDate.ts"
import { strikes } from "./BridgeFaults.ts"
import type { BridgeCommand } from "./BridgeGrammar.ts"
import type { BridgeSession } from "./BridgeSession.ts"
import { type Numbered, shownFlags } from "./BridgeView.ts"
import { gluonEnvelope } from "./GluonEnvelope.ts"
import { goQuote } from "./GoQuote.ts"
import { Refusal } from "./Refusal.ts"
import { finishedBy } from "./Shuffle.ts"
import type { StoredMessage } from "./StoredMessage.ts"

type Fetch = Extract<BridgeCommand, { _tag: "Fetch" }>

/** gluon fetches on as many cores as there are; four are plenty to be out of order. */
const workers = 4

/** Up to this many messages are fetched one after the other, unless their literals are needed. */
const inOrderUpTo = 4

const needsLiteral = (item: FetchItem): boolean => item._tag === "Section"

const setsSeen = (item: FetchItem): boolean => item._tag === "Section" && !item.peek

const isWhole = (item: FetchItem): boolean =>
  item._tag === "Section" && item.section.what === "ALL" && item.section.part.length === 0

/** gluon's words when neither its store nor Proton gives the message (`state.go`, `getLiteral`). */
const unavailable = (stored: StoredMessage): Refusal =>
  new Refusal(
    `message failed to load from cache (open ${stored.gluonId}: no such file or directory), failed to download from connector: 404 GET mail/v4/messages/${stored.id}: Message does not exist (Code=2501, Status=422)`
  )

/** Text and octets in the order they go out; a message of 30 MB is not copied to be framed. */
type Pieces = ReadonlyArray<string | Buffer>

const itemText = (session: BridgeSession, numbered: Numbered, item: FetchItem): Pieces => {
  const { entry } = numbered.item
  const { literals } = session.server
  switch (item._tag) {
    case "Uid":
      return [`UID ${entry.uid}`]
    case "Flags":
      return [`FLAGS ${shownFlags(numbered.item)}`]
    case "InternalDate":
      return [`INTERNALDATE ${formatInternalDate(entry.stored.internalDate)}`]
    case "Size":
      return [`RFC822.SIZE ${literals.size(entry.stored)}`]
    case "Envelope":
      return [`ENVELOPE ${gluonEnvelope(literals.get(entry.stored))}`]
    case "Body":
      return [`BODY ${bodyStructure(literals.get(entry.stored), false, goQuote)}`]
    case "BodyStructure":
      return [`BODYSTRUCTURE ${bodyStructure(literals.get(entry.stored), true, goQuote)}`]
    case "Section": {
      const message = literals.get(entry.stored)
      if (!hasPart(message, item.section.part)) throw new Refusal("no such parts exists")
      const octets = itemOctets(message, item)
      return [`${sectionLabel(item).toUpperCase()} {${octets.length}}\r\n`, octets]
    }
    default:
      return []
  }
}

/** The items in the order they were asked for; UID, when nobody asked, at the end. */
const response = (session: BridgeSession, numbered: Numbered, command: Fetch): Pieces => {
  const { entry } = numbered.item
  const uidAsked = command.items.some((item) => item._tag === "Uid")
  const items = command.items.map((item) => itemText(session, numbered, item))
  if (command.byUid && !uidAsked) items.push([`UID ${entry.uid}`])
  if (command.items.some(setsSeen) && markSeen(session, numbered)) {
    items.push([`FLAGS ${shownFlags(numbered.item)}`])
  }
  const spaced = items.flatMap((item, index) => (index === 0 ? item : [" ", ...item]))
  return [`* ${numbered.sequence} FETCH (`, ...spaced, ")\r\n"]
}

/** In a mailbox that was SELECTed, reading a body without PEEK marks it read on Proton. */
const markSeen = (session: BridgeSession, { item }: Numbered): boolean => {
  const { message } = item.entry.stored
  if (session.selected.readOnly || message?.unread !== true) return false
  session.record("FETCH", session.selected.mailbox.name)
  message.unread = false
  session.server.applyEvents()
  item.shown = shownFlags(item)
  return true
}

const send = async (session: BridgeSession, numbered: Numbered, command: Fetch): Promise<void> => {
  const { faults, stats } = session.server
  const { stored } = numbered.item.entry
  const literals = command.items.some(needsLiteral)
  if (literals && strikes(faults.fetchFailures, stored.id)) throw unavailable(stored)
  const pieces = response(session, numbered, command).map((piece) =>
    typeof piece === "string" ? Buffer.from(piece) : piece
  )
  if (literals && strikes(faults.literalCuts, stored.id)) {
    const octets = Buffer.concat(pieces)
    session.connection.write(octets.subarray(0, octets.length / 2))
    session.connection.end()
    return
  }
  for (const piece of pieces) session.connection.write(piece)
  if (command.items.some(isWhole)) stats.fetchedBodies += 1
  await session.connection.drained()
}

/**
 * FETCH as gluon runs it: several messages at once, so that their responses come in any order, and one that fails ends
 * the command after some of the others have been sent.
 */
export const fetch = async (session: BridgeSession, tag: string, command: Fetch): Promise<void> => {
  session.flush(false)
  const messages = session.selected.select(command.set, command.byUid)
  const parallel = messages.length > inOrderUpTo || (messages.length > 1 && command.items.some(needsLiteral))
  for (const numbered of finishedBy(messages, parallel ? workers : 1, session.server.random)) {
    if (session.connection.closed) return
    await send(session, numbered, command)
  }
  session.flush(false)
  session.completed(tag)
}
