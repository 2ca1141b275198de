import type { AppendReceipt } from "@mailferry/core/Destination.ts"
import { type MailboxPath, type MailboxRole, pathKey, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import * as DateTime from "effect/DateTime"

/** A message as it lies in a mailbox. Mutable: a test changes an account while it is being read. */
export interface MemoryMessage {
  /** The same in every mailbox that shows this very message. */
  readonly id: number
  readonly bytes: Uint8Array
  readonly internalDate: DateTime.Utc
  readonly flags: Set<SystemFlag>
  readonly keywords: Set<string>
  /** The service can neither describe nor give it; only `glimpse` answers. */
  unreadable: boolean
  /** What it was marked with when it was stored. */
  readonly migrationKey: string | undefined
  /** Only part of it is there yet: no listing shows it. */
  unfinished: boolean
}

export interface MemoryMailbox {
  readonly path: MailboxPath
  readonly specialUse: SpecialUse | undefined
  readonly role: MailboxRole
  readonly proposed: MailboxPath
  /** UIDVALIDITY. A test starts a new life by raising it: every locator and cursor of before is void. */
  epoch: number
  /** Arrival number of the next message: its UID. */
  next: number
  /** By arrival number, oldest first. */
  readonly messages: Map<number, MemoryMessage>
}

/** Everything one account holds, shared by every connection to it. */
export interface MemoryAccount {
  /** By `pathKey`. */
  readonly mailboxes: Map<string, MemoryMailbox>
  readonly user: string
  readonly password: string
  /** The id of the next message. */
  nextId: number
  /** The number of the next ticket, and what came of those given out. */
  nextTicket: number
  readonly tickets: Map<string, AppendReceipt>
  /** Connections open now. */
  connections: number
  /** Changes any connection has made. */
  writes: number
  /** Still starting: shows no mailbox yet. */
  starting: boolean
}

export interface MemoryMessageSpec {
  readonly bytes: Uint8Array
  readonly internalDate?: DateTime.Utc
  readonly flags?: Iterable<SystemFlag>
  readonly keywords?: Iterable<string>
  readonly unreadable?: boolean
  readonly migrationKey?: string | undefined
  readonly unfinished?: boolean
}

export interface MemoryMailboxSpec {
  readonly path: MailboxPath
  readonly specialUse?: SpecialUse
  /** `home` unless said. */
  readonly role?: MailboxRole
  /** The path itself unless said. */
  readonly proposed?: MailboxPath
  readonly messages?: Iterable<MemoryMessageSpec>
}

const someDay = DateTime.makeUnsafe("2020-02-29T12:00:00Z")

/** Shows a message in a mailbox; gives its arrival number there. */
export const show = (mailbox: MemoryMailbox, message: MemoryMessage): number => {
  const arrival = mailbox.next++
  mailbox.messages.set(arrival, message)
  return arrival
}

export const newMessage = (account: MemoryAccount, spec: MemoryMessageSpec): MemoryMessage => ({
  id: account.nextId++,
  bytes: spec.bytes,
  internalDate: spec.internalDate ?? someDay,
  flags: new Set(spec.flags),
  keywords: new Set(spec.keywords),
  unreadable: spec.unreadable ?? false,
  migrationKey: spec.migrationKey,
  unfinished: spec.unfinished ?? false
})

export const addMailbox = (account: MemoryAccount, spec: MemoryMailboxSpec): MemoryMailbox => {
  const { path, role = "home", proposed = path } = spec
  const epoch = account.mailboxes.size + 1
  const mailbox: MemoryMailbox = {
    path,
    specialUse: spec.specialUse,
    role,
    proposed,
    epoch,
    next: 1,
    messages: new Map()
  }
  for (const message of spec.messages ?? []) show(mailbox, newMessage(account, message))
  account.mailboxes.set(pathKey(path), mailbox)
  return mailbox
}

/** An account with these mailboxes, and INBOX if they do not name it. */
export const make = (
  mailboxes: Iterable<MemoryMailboxSpec> = [],
  login: { readonly user?: string; readonly password?: string } = {}
): MemoryAccount => {
  const { user = "you@memory.example", password = "memory-password" } = login
  const empty = {
    mailboxes: new Map(),
    tickets: new Map(),
    nextId: 1,
    nextTicket: 1,
    connections: 0,
    writes: 0,
    starting: false
  }
  const account: MemoryAccount = { ...empty, user, password }
  for (const mailbox of mailboxes) addMailbox(account, mailbox)
  if (!account.mailboxes.has(pathKey(["INBOX"]))) {
    addMailbox(account, { path: ["INBOX"], specialUse: "inbox" })
  }
  return account
}

/** The mailbox of that path; throws when a test names one that is not there. */
export const mailboxOf = (account: MemoryAccount, path: MailboxPath): MemoryMailbox => {
  const mailbox = account.mailboxes.get(pathKey(path))
  if (mailbox === undefined) throw new Error(`no mailbox ${pathKey(path)}`)
  return mailbox
}

/** Mail arrives as it would from elsewhere, between our calls. */
export const deliver = (account: MemoryAccount, path: MailboxPath, spec: MemoryMessageSpec): number =>
  show(mailboxOf(account, path), newMessage(account, spec))

/** Removes a message as another client would, between our calls. */
export const expunge = (account: MemoryAccount, path: MailboxPath, arrival: number): void => {
  mailboxOf(account, path).messages.delete(arrival)
}

/** Deletes a mailbox and makes it anew, empty, under the next UIDVALIDITY. */
export const renew = (account: MemoryAccount, path: MailboxPath): void => {
  const mailbox = mailboxOf(account, path)
  mailbox.messages.clear()
  mailbox.epoch += 1000
  mailbox.next = 1
}
