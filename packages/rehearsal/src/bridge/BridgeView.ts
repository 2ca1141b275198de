import { type SequenceSet, resolveSequenceSet } from "../imap/SequenceSet.ts"
import type { BridgeMailbox, MailboxEntry } from "./BridgeMailbox.ts"
import { noSuchMessage } from "./Refusal.ts"

export interface ViewItem {
  readonly entry: MailboxEntry
  /** `\Recent` is a matter between one session and the mailbox. */
  readonly recent: boolean
  /** What the client was last told. */
  shown: string
}

/** A message the client named, with its current sequence number. */
export interface Numbered {
  readonly sequence: number
  readonly item: ViewItem
}

/** The mailbox as one session knows it: sequence numbers change only when the session has been told. */
export class BridgeView {
  readonly mailbox: BridgeMailbox
  readonly readOnly: boolean
  private items: Array<ViewItem>
  private revision: number

  constructor(mailbox: BridgeMailbox, readOnly: boolean) {
    this.mailbox = mailbox
    this.readOnly = readOnly
    this.items = mailbox.entries.map((entry) => itemOf(entry))
    this.revision = mailbox.revision
    if (!readOnly) for (const entry of mailbox.entries) entry.recent = false
  }

  get size(): number {
    return this.items.length
  }

  get recentCount(): number {
    return this.items.filter((item) => item.recent).length
  }

  /** The sequence number of the first message without `\Seen`. */
  get firstUnseen(): number | undefined {
    const at = this.items.findIndex((item) => !item.entry.stored.flags.includes("\\Seen"))
    return at === -1 ? undefined : at + 1
  }

  all(): ReadonlyArray<Numbered> {
    return this.items.map((item, index) => ({ sequence: index + 1, item }))
  }

  get largestUid(): number {
    return this.items.at(-1)?.entry.uid ?? 0
  }

  /** By sequence number everything named must exist, `*` in an empty mailbox included; by UID what is missing is passed over. */
  select(set: SequenceSet, byUid: boolean): ReadonlyArray<Numbered> {
    const resolved = resolveSequenceSet(set, byUid ? this.largestUid : this.size)
    if (!byUid && resolved.some(({ from, to }) => from < 1 || to > this.size)) throw noSuchMessage()
    const chosen = new Set<number>()
    for (const { from, to } of resolved) {
      const start = byUid ? this.firstFrom(from) : from - 1
      for (let at = start; at < this.size && (byUid ? this.uidAt(at) : at + 1) <= to; at += 1) chosen.add(at)
    }
    return [...chosen]
      .toSorted((a, b) => a - b)
      .flatMap((at) => {
        const item = this.items[at]
        return item === undefined ? [] : [{ sequence: at + 1, item }]
      })
  }

  private uidAt(index: number): number {
    return this.items[index]?.entry.uid ?? Infinity
  }

  /** The index of the first message with that UID or a higher one. */
  private firstFrom(uid: number): number {
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.uidAt(middle) < uid) low = middle + 1
      else high = middle
    }
    return low
  }

  /** What has happened since, as untagged responses; expunges are held back while sequence numbers are in use. */
  flush(permitExpunge: boolean): ReadonlyArray<string> {
    if (this.revision === this.mailbox.revision) return []
    const responses: Array<string> = []
    const current = new Map(this.mailbox.entries.map((entry) => [entry.uid, entry]))
    if (permitExpunge) {
      for (let at = this.items.length - 1; at >= 0; at -= 1) {
        if (current.has(this.items[at]?.entry.uid ?? 0)) continue
        this.items.splice(at, 1)
        responses.push(`* ${at + 1} EXPUNGE`)
      }
      this.revision = this.mailbox.revision
    }
    this.items.forEach((item, index) => {
      const flags = shownFlags(item)
      if (flags !== item.shown) responses.push(`* ${index + 1} FETCH (FLAGS ${flags})`)
      item.shown = flags
    })
    const known = this.largestUid
    const added = [...current.values()].filter((entry) => entry.uid > known).map((entry) => itemOf(entry))
    if (added.length > 0) {
      this.items.push(...added)
      responses.push(`* ${this.size} EXISTS`, `* ${this.recentCount} RECENT`)
      if (!this.readOnly) for (const item of added) item.entry.recent = false
    }
    return responses
  }
}

/** `(\Flagged \Seen)`, sorted. */
export const shownFlags = (item: Pick<ViewItem, "entry" | "recent">): string => {
  const own = [...(item.entry.deleted ? ["\\Deleted"] : []), ...(item.recent ? ["\\Recent"] : [])]
  return `(${[...item.entry.stored.flags, ...own].toSorted().join(" ")})`
}

const itemOf = (entry: MailboxEntry): ViewItem => {
  const item = { entry, recent: entry.recent }
  return { ...item, shown: shownFlags(item) }
}
