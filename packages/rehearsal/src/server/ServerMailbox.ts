/** One message as the server holds it. */
export interface ServerMessage {
  readonly uid: number
  /** System flags and keywords, in the spelling they were first seen in. Never `\Recent`. */
  readonly flags: ReadonlySet<string>
  readonly internalDate: Date
  readonly bytes: Uint8Array
  /** RFC822.SIZE where the server does not count octets for it. */
  readonly size?: number
  /** X-GM-MSGID, where one message shows in many mailboxes. */
  readonly gmailId?: string
}

/** A message to be stored, without the UID it will get. */
export type NewMessage = Omit<ServerMessage, "uid">

const systemFlags = ["\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"]

/** The five system flags a client may set, in the spelling of RFC 3501, section 2.3.2. */
export const settableFlags: ReadonlyArray<string> = systemFlags

/** Flags do not differ by case; system flags get their usual spelling. */
export const spelledFlag = (flag: string): string =>
  systemFlags.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag

/** The index of the first message whose UID is at least `uid`. */
export const firstFrom = (messages: ReadonlyArray<ServerMessage>, uid: number): number => {
  let [low, high] = [0, messages.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((messages[middle]?.uid ?? 0) < uid) low = middle + 1
    else high = middle
  }
  return low
}

/** A mailbox in memory. Everything that changes it raises `version` and tells the listeners. */
export class ServerMailbox {
  name: string
  /** `\Sent` and the like. */
  readonly specialUse: string | undefined
  uidValidity: number
  uidNext = 1
  subscribed = false
  /** Whether it was deleted while a session had it selected. */
  gone = false
  /** UIDs from here on are `\Recent` for the next session that SELECTs. */
  recentFrom = 1
  protected held: Array<ServerMessage> = []
  private changes = 0
  private readonly keywords = new Map<string, string>()
  private readonly listeners = new Set<() => void>()

  constructor(name: string, uidValidity: number, specialUse?: string) {
    this.name = name
    this.uidValidity = uidValidity
    this.specialUse = specialUse
  }

  get version(): number {
    return this.changes
  }

  /** By ascending UID. */
  get messages(): ReadonlyArray<ServerMessage> {
    return this.held
  }

  get knownKeywords(): ReadonlyArray<string> {
    return [...this.keywords.values()]
  }

  get octets(): number {
    return this.held.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  find(uid: number): ServerMessage | undefined {
    const message = this.held[firstFrom(this.held, uid)]
    return message?.uid === uid ? message : undefined
  }

  add(message: NewMessage): ServerMessage {
    const added = { ...message, flags: this.spelled(message.flags), uid: this.uidNext }
    this.uidNext += 1
    this.held.push(added)
    this.changed()
    return added
  }

  /** Replaces the flags of a message; the object of the old state stays as it was. */
  setFlags(message: ServerMessage, flags: Iterable<string>): ServerMessage {
    const at = firstFrom(this.held, message.uid)
    if (this.held[at]?.uid !== message.uid) return message
    const changed = { ...message, flags: this.spelled(flags) }
    this.held[at] = changed
    this.changed()
    return changed
  }

  remove(uids: ReadonlySet<number>): void {
    this.held = this.held.filter(({ uid }) => !uids.has(uid))
    this.changed()
  }

  /** Gives every message a new UID under a new UIDVALIDITY, as a rebuilt index does. */
  renumber(uidValidity: number): void {
    this.uidValidity = uidValidity
    this.held = this.held.map((message, index) => ({ ...message, uid: index + 1 }))
    this.uidNext = this.held.length + 1
    this.changed()
  }

  delete(): void {
    this.gone = true
    this.changed()
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private spelled(flags: Iterable<string>): ReadonlySet<string> {
    const spelt = new Set<string>()
    for (const flag of flags) {
      const known = spelledFlag(flag)
      const key = known.toLowerCase()
      if (!known.startsWith("\\") && !this.keywords.has(key)) this.keywords.set(key, known)
      spelt.add(this.keywords.get(key) ?? known)
    }
    return spelt
  }

  protected changed(): void {
    this.changes += 1
    for (const listener of this.listeners) listener()
  }
}
