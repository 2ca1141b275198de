import type { AppendMessage } from "../imap/AppendArguments.ts"
import { firstValue } from "../imap/HeaderBlock.ts"
import { decodeModifiedUtf7 } from "../imap/ModifiedUtf7.ts"
import { type SequenceSet, formatSequenceSet } from "../imap/SequenceSet.ts"
import { SystemLabel } from "../ProtonAccount.ts"
import type { BridgeCommand } from "./BridgeGrammar.ts"
import type { BridgeMailbox } from "./BridgeMailbox.ts"
import type { BridgeSession } from "./BridgeSession.ts"
import type { Numbered } from "./BridgeView.ts"
import { openMailbox } from "./MailboxCommands.ts"
import { ProtonWriter } from "./ProtonWriter.ts"
import { Refusal, notAllowed, readOnly } from "./Refusal.ts"

type Store = Extract<BridgeCommand, { _tag: "Store" }>
type Transfer = Extract<BridgeCommand, { _tag: "Copy" | "Move" }>

const writer = (session: BridgeSession): ProtonWriter => new ProtonWriter(session.server.account)

const nameOf = (wire: string): string => decodeModifiedUtf7(wire) ?? wire

/** Proton will not have mail put into All Mail, nor into what is no label at all. */
const takesMail = ({ definition }: BridgeMailbox): boolean =>
  definition.holdsMail &&
  definition.labelId !== SystemLabel.allMail &&
  definition.name !== "Recovered Messages"

const isUserMailbox = (mailbox: BridgeMailbox): boolean => /^(Folders|Labels)\//u.test(mailbox.name)

export const create = (session: BridgeSession, tag: string, wire: string): void => {
  const name = nameOf(wire).replace(/\/+$/u, "")
  session.record("CREATE", name)
  const { tree } = session
  if (name.toUpperCase() === "INBOX") throw new Refusal("cannot create INBOX")
  if (tree.find(name) !== undefined) throw new Refusal("a mailbox with that name already exists")
  if (!writer(session).createLabel(name)) throw notAllowed()
  session.server.applyEvents()
  session.ok(tag, "CREATE")
}

export const remove = (session: BridgeSession, tag: string, wire: string): void => {
  session.record("DELETE", nameOf(wire))
  if (nameOf(wire).toUpperCase() === "INBOX") throw new Refusal("cannot delete INBOX")
  const mailbox = openMailbox(session, wire)
  if (!isUserMailbox(mailbox)) throw notAllowed()
  writer(session).deleteLabel(mailbox.definition.labelId)
  session.server.applyEvents()
  session.ok(tag, "DELETE")
  if (session.view?.mailbox !== mailbox) return
  session.connection.writeLine("* BYE Mailbox was deleted, have to disconnect.")
  session.connection.end()
}

export const rename = (session: BridgeSession, tag: string, wire: string, to: string): void => {
  session.record("RENAME", nameOf(wire))
  const mailbox = openMailbox(session, wire)
  if (session.tree.find(nameOf(to)) !== undefined)
    throw new Refusal("a mailbox with that name already exists")
  if (!isUserMailbox(mailbox) || !writer(session).renameLabel(mailbox.definition.labelId, nameOf(to))) {
    throw notAllowed()
  }
  session.server.applyEvents()
  session.ok(tag, "RENAME")
}

/** A message that carries a Gluon id of this database is not imported again: it is only filed in one more mailbox. */
export const append = (session: BridgeSession, tag: string, wire: string, message: AppendMessage): void => {
  session.record("APPEND", nameOf(wire))
  const mailbox = openMailbox(session, wire, "TRYCREATE")
  if (!takesMail(mailbox)) throw notAllowed()
  const gluonId = firstValue(message.octets, "X-Pm-Gluon-Id")
  const known = gluonId === undefined ? undefined : session.tree.byGluonId(gluonId)?.message
  const write = writer(session)
  const address = session.address ?? ""
  const filed = known ?? write.importMessage(message, mailbox.definition.labelId, address)
  write.file(filed, mailbox.definition.labelId)
  session.server.applyEvents()
  const uid = mailbox.find(filed.id)?.uid ?? 0
  if (session.view?.mailbox === mailbox) session.flush(true)
  session.ok(tag, `[APPENDUID ${mailbox.uidValidity} ${uid}] APPEND`)
}

const writable = (session: BridgeSession, command: string): void => {
  const view = session.selected
  session.record(command, view.mailbox.name)
  if (view.readOnly) throw readOnly()
  session.flush(false)
}

export const store = (session: BridgeSession, tag: string, { set, byUid, change }: Store): void => {
  writable(session, "STORE")
  if (change.flags.some((flag) => flag.toLowerCase() === "\\recent")) {
    throw new Refusal("the recent flag is read-only", "BAD")
  }
  const messages = session.selected.select(set, byUid)
  for (const { item } of messages) {
    const deleted = change.flags.some((flag) => flag.toLowerCase() === "\\deleted")
    if (change.action === "replace") item.entry.deleted = deleted
    else if (deleted) item.entry.deleted = change.action === "add"
    if (item.entry.stored.message !== undefined) writer(session).setFlags(item.entry.stored.message, change)
  }
  session.selected.mailbox.touch()
  session.server.applyEvents()
  if (change.silent) session.selected.flush(false)
  else session.flush(false)
  session.completed(tag)
}

const copyUid = (target: BridgeMailbox, messages: ReadonlyArray<Numbered>): string => {
  const from = messages.map(({ item }) => item.entry.uid)
  const to = messages.map(({ item }) => target.find(item.entry.stored.id)?.uid ?? 0)
  return `[COPYUID ${target.uidValidity} ${formatSequenceSet(from)} ${formatSequenceSet(to)}]`
}

const fileInto = (session: BridgeSession, messages: ReadonlyArray<Numbered>, target: BridgeMailbox): void => {
  for (const { item } of messages) {
    if (item.entry.stored.message !== undefined) {
      writer(session).file(item.entry.stored.message, target.definition.labelId)
    }
  }
  session.server.applyEvents()
}

export const copy = (session: BridgeSession, tag: string, command: Transfer): void => {
  writable(session, "COPY")
  const target = openMailbox(session, command.mailbox, "TRYCREATE")
  const messages = session.selected.select(command.set, command.byUid)
  if (!takesMail(target)) throw notAllowed()
  fileInto(session, messages, target)
  session.flush(true)
  session.completed(tag, messages.length > 0 ? copyUid(target, messages) : undefined)
}

export const move = (session: BridgeSession, tag: string, command: Transfer): void => {
  writable(session, "MOVE")
  const target = openMailbox(session, command.mailbox, "TRYCREATE")
  const view = session.selected
  const messages = view.select(command.set, command.byUid)
  if (!takesMail(target) || view.mailbox.definition.labelId === SystemLabel.allMail) throw notAllowed()
  fileInto(session, messages, target)
  const uids = messages.length > 0 ? copyUid(target, messages) : undefined
  for (const { item } of messages) {
    if (item.entry.stored.message !== undefined) {
      writer(session).unfile(item.entry.stored.message, view.mailbox.definition.labelId)
    }
  }
  session.server.applyEvents()
  if (uids !== undefined) session.connection.writeLine(`* OK ${uids}`)
  session.flush(true)
  session.completed(tag)
}

const expungeDeleted = (session: BridgeSession, messages: ReadonlyArray<Numbered>): void => {
  const { labelId } = session.selected.mailbox.definition
  const deleted = messages.filter(({ item }) => item.entry.deleted)
  if (labelId === SystemLabel.allMail && deleted.length > 0) throw notAllowed()
  for (const { item } of deleted) {
    if (item.entry.stored.message !== undefined) writer(session).expunge(item.entry.stored.message, labelId)
  }
  session.server.applyEvents()
}

export const expunge = (session: BridgeSession, tag: string, uids: SequenceSet | undefined): void => {
  writable(session, "EXPUNGE")
  const view = session.selected
  expungeDeleted(session, uids === undefined ? view.all() : view.select(uids, true))
  session.flush(true)
  session.ok(tag, "EXPUNGE")
}

export const close = (session: BridgeSession, tag: string): void => {
  const view = session.selected
  if (!view.readOnly && view.all().some(({ item }) => item.entry.deleted)) {
    session.record("CLOSE", view.mailbox.name)
    expungeDeleted(session, view.all())
  }
  session.view = undefined
  session.ok(tag, "CLOSE")
}
