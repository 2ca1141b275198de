import { resolveSequenceSet, type SequenceSet } from "../imap/SequenceSet.ts"
import { firstFrom, settableFlags, type ServerMailbox, type ServerMessage } from "./ServerMailbox.ts"
import type { ServerProfile } from "./ServerProfile.ts"

/** A message under the number it has in this session. */
export interface NumberedMessage {
  readonly sequence: number
  readonly message: ServerMessage
}

/**
 * One session's view of the mailbox it selected. Numbers stay as the client last heard them until
 * {@link SelectedMailbox.news} tells of the changes (RFC 3501, section 7.4.1).
 */
export class SelectedMailbox {
  readonly mailbox: ServerMailbox
  readonly readOnly: boolean
  private readonly uidValidity: number
  private readonly recentFrom: number
  private readonly recentTo: number
  private readonly profile: ServerProfile
  private known: Array<ServerMessage>
  private toldKeywords = 0
  private version: number

  constructor(mailbox: ServerMailbox, readOnly: boolean, profile: ServerProfile) {
    this.mailbox = mailbox
    this.readOnly = readOnly
    this.profile = profile
    this.uidValidity = mailbox.uidValidity
    this.known = [...mailbox.messages]
    this.version = mailbox.version
    this.recentFrom = mailbox.recentFrom
    this.recentTo = mailbox.uidNext
    if (!readOnly) mailbox.recentFrom = mailbox.uidNext
  }

  get exists(): number {
    return this.known.length
  }

  get recent(): number {
    return this.known.filter(({ uid }) => this.isRecent(uid)).length
  }

  get firstUnseen(): number | undefined {
    const index = this.known.findIndex(({ flags }) => !flags.has("\\Seen"))
    return index === -1 ? undefined : index + 1
  }

  get lastUid(): number {
    return this.known.at(-1)?.uid ?? 0
  }

  /** Whether the mailbox was deleted or renumbered under this session. */
  get lost(): boolean {
    return this.mailbox.gone || this.mailbox.uidValidity !== this.uidValidity
  }

  /** The FLAGS and PERMANENTFLAGS responses; `\*` says that a client may make keywords. */
  flagLines(): ReadonlyArray<string> {
    const keywords = this.mailbox.knownKeywords
    this.toldKeywords = keywords.length
    const { keepsKeywords, keywords: only } = this.profile
    const flags = [...settableFlags, ...(only ?? keywords)].join(" ")
    const writable = only !== undefined ? flags : keepsKeywords ? `${flags} \\*` : settableFlags.join(" ")
    const permanent = this.readOnly ? "" : writable
    return [`FLAGS (${flags})`, `OK [PERMANENTFLAGS (${permanent})] Flags permitted.`]
  }

  flagsOf({ uid, flags }: ServerMessage): string {
    return [...flags, ...(this.isRecent(uid) ? ["\\Recent"] : [])].join(" ")
  }

  /** The messages a set names that are still there, by ascending number; each once. */
  select(set: SequenceSet, by: "sequence" | "uid"): ReadonlyArray<NumberedMessage> {
    const indexes = new Set<number>()
    for (const { from, to } of resolveSequenceSet(set, by === "uid" ? this.lastUid : this.exists)) {
      const first = by === "uid" ? firstFrom(this.known, from) : Math.max(0, from - 1)
      const end = by === "uid" ? firstFrom(this.known, to + 1) : Math.min(to, this.exists)
      for (let index = first; index < end; index++) indexes.add(index)
    }
    return [...indexes]
      .toSorted((a, b) => a - b)
      .flatMap((index) => {
        const message = this.mailbox.find(this.known[index]?.uid ?? 0)
        return message === undefined ? [] : [{ sequence: index + 1, message }]
      })
  }

  /** Every message still there. */
  get all(): ReadonlyArray<NumberedMessage> {
    return this.select([{ from: 1, to: Infinity }], "sequence")
  }

  /** Whether a set names a number no message has. */
  outOfRange(set: SequenceSet): boolean {
    return resolveSequenceSet(set, this.exists).some(({ from, to }) => from < 1 || to > this.exists)
  }

  /** Takes note that the client has been told the present flags of a message. */
  told(message: ServerMessage): void {
    this.known[firstFrom(this.known, message.uid)] = message
  }

  /**
   * Untagged responses for what has changed since the last time. `expunges` is false after the commands that
   * may not renumber messages (RFC 3501, section 7.4.1); what was removed then waits.
   */
  news(expunges: boolean): ReadonlyArray<string> {
    if (this.version === this.mailbox.version) return []
    const lines = this.toldKeywords < this.mailbox.knownKeywords.length ? [...this.flagLines()] : []
    const kept: Array<ServerMessage> = []
    let waiting = false
    for (const message of this.known) {
      const now = this.mailbox.find(message.uid)
      if (now === undefined && expunges) {
        lines.push(`${kept.length + 1} EXPUNGE`)
        continue
      }
      waiting ||= now === undefined
      kept.push(now ?? message)
      if (now !== undefined && now !== message)
        lines.push(`${kept.length} FETCH (UID ${now.uid} FLAGS (${this.flagsOf(now)}))`)
    }
    const added = this.mailbox.messages.slice(firstFrom(this.mailbox.messages, this.lastUid + 1))
    this.known = [...kept, ...added]
    if (added.length > 0) lines.push(`${this.known.length} EXISTS`)
    if (!waiting) this.version = this.mailbox.version
    return lines
  }

  private isRecent(uid: number): boolean {
    return uid >= this.recentFrom && uid < this.recentTo
  }
}
