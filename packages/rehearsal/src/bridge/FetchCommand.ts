import { itemOctets } from "../imap/BodySection.ts"
import { bodyStructure } from "../imap/BodyStructure.ts"
import type { FetchItem } from "../imap/FetchItem.ts"
import { sectionLabel } from "../imap/FetchItem.ts"
import { formatInternalDate } from "../imap/InternalDate.ts"
import { literal } from "../imap/WireString.ts"
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

const itemText = (session: BridgeSession, numbered: Numbered, item: FetchItem): Buffer => {
  const { entry } = numbered.item
  const { literals } = session.server
  switch (item._tag) {
    case "Uid":
      return Buffer.from(`UID ${entry.uid}`)
    case "Flags":
      return Buffer.from(`FLAGS ${shownFlags(numbered.item)}`)
    case "InternalDate":
      return Buffer.from(`INTERNALDATE ${formatInternalDate(entry.stored.internalDate)}`)
    case "Size":
      return Buffer.from(`RFC822.SIZE ${literals.size(entry.stored)}`)
    case "Envelope":
      return Buffer.from(`ENVELOPE ${gluonEnvelope(literals.get(entry.stored))}`)
    case "Body":
      return Buffer.from(`BODY ${bodyStructure(literals.get(entry.stored), false, goQuote)}`)
    case "BodyStructure":
      return Buffer.from(`BODYSTRUCTURE ${bodyStructure(literals.get(entry.stored), true, goQuote)}`)
    case "Section":
      return Buffer.concat([
        Buffer.from(`${sectionLabel(item).toUpperCase()} `),
        literal(itemOctets(literals.get(entry.stored), item))
      ])
    default:
      return Buffer.alloc(0)
  }
}

/** The items in the order they were asked for; UID, when nobody asked, at the end. */
const response = (session: BridgeSession, numbered: Numbered, command: Fetch): Buffer => {
  const { entry } = numbered.item
  const uidAsked = command.items.some((item) => item._tag === "Uid")
  const items = command.items.map((item) => itemText(session, numbered, item))
  if (command.byUid && !uidAsked) items.push(Buffer.from(`UID ${entry.uid}`))
  if (command.items.some(setsSeen) && markSeen(session, numbered)) {
    items.push(Buffer.from(`FLAGS ${shownFlags(numbered.item)}`))
  }
  const spaced = items.flatMap((item, index) => (index === 0 ? [item] : [Buffer.from(" "), item]))
  return Buffer.concat([Buffer.from(`* ${numbered.sequence} FETCH (`), ...spaced, Buffer.from(")\r\n")])
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
  const octets = response(session, numbered, command)
  if (literals && strikes(faults.literalCuts, stored.id)) {
    session.connection.write(octets.subarray(0, octets.length / 2))
    session.connection.end()
    return
  }
  session.connection.write(octets)
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
