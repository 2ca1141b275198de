import * as Option from "effect/Option"

import type { DestinationCapabilities } from "./Capabilities.ts"
import { type Mailbox, type MailboxPath, pathKey } from "./Mailbox.ts"
import type { MappedMailbox } from "./MailboxName.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import { labelKeyword } from "./Placement.ts"
import { type LabelRule, labelRule, type Rules } from "./Rules.ts"

/** One line of the plan's table: a mailbox of the source and where its mail goes. */
export interface PlannedMailbox {
  readonly from: MailboxPath
  readonly role: Mailbox["role"]
  readonly to: MailboxPath
  /** What its mail is marked with instead of standing in a mailbox, and what the destination calls such a mark. */
  readonly mark?: { readonly name: string; readonly called: string }
  /** Why the name changes. */
  readonly why: Option.Option<string>
  /** Messages that live here, so each message of the plan counts in one line. */
  readonly homes: number
  /** Messages that are shown here as well. */
  readonly shown: number
}

/** The plan in numbers: counts are messages, sizes octets as the source states them. */
export interface PlanSummary {
  readonly mailboxes: ReadonlyArray<PlannedMailbox>
  /** In scope now. */
  readonly planned: number
  readonly toDo: number
  /** Of these, messages that have to be appended; the others lack a label or a flag only. */
  readonly appends: number
  readonly alreadyThere: number
  readonly quarantined: number
  /** Messages whose header the source could not read. */
  readonly unreadable: number
  /** Larger than the destination takes. */
  readonly tooLarge: number
  /** Larger than some accounts there take; with what can be done about it. */
  readonly doubtful?: { readonly messages: number; readonly above: number; readonly advice: string }
  readonly bytes: number
  /** What becomes of labels: as the rules ask, or what suits the destination. */
  readonly labelRule: LabelRule
  /** COPY commands or label changes to come. */
  readonly labels: number
  readonly flagChanges: number
  /** What cannot be carried over, by kind. */
  readonly losses: Readonly<Record<string, number>>
  /** What changed at the source after it was carried over, by kind. */
  readonly changes: Readonly<Record<string, number>>
}

type TallyLimits = Pick<
  DestinationCapabilities,
  "doubtfulSize" | "keywords" | "labelsAsKeywords" | "maxMessageSize" | "placement"
>

/** Collects a plan message by message; the only memory it needs is one line per mailbox. */
export class PlanTally {
  #planned = 0
  #toDo = 0
  #appends = 0
  #settled = 0
  #quarantined = 0
  #unreadable = 0
  #tooLarge = 0
  #doubtful = 0
  #bytes = 0
  #labels = 0
  #flagChanges = 0
  readonly #losses: Record<string, number> = {}
  readonly #changes: Record<string, number> = {}
  readonly #homes = new Map<string, number>()
  readonly #shown = new Map<string, number>()
  readonly #limits: TallyLimits
  readonly #rules: Pick<Rules, "labels">

  constructor(limits: TallyLimits, rules: Pick<Rules, "labels"> = {}) {
    this.#limits = limits
    this.#rules = rules
  }

  add(plan: MessagePlan): void {
    this.#planned++
    if (plan.status === "to-do") this.#toDo++
    else if (plan.status === "settled") this.#settled++
    else if (plan.status === "quarantined") this.#quarantined++
    else this.#unreadable++
    if (plan.append) {
      this.#appends++
      this.#bytes += plan.message.size
      if (plan.message.size > this.#limits.maxMessageSize) this.#tooLarge++
      else if (plan.message.size > (this.#limits.doubtfulSize?.above ?? Infinity)) this.#doubtful++
    }
    // Where labels come along with the message, they are no step of their own.
    if (!plan.append || this.#limits.placement === "one-mailbox") this.#labels += plan.copies.length
    this.#flagChanges += plan.addFlags.length
    for (const { kind } of plan.placement.losses) this.#losses[kind] = (this.#losses[kind] ?? 0) + 1
    for (const { kind } of plan.changes) this.#changes[kind] = (this.#changes[kind] ?? 0) + 1
    const home = pathKey(plan.placement.homeFrom)
    this.#homes.set(home, (this.#homes.get(home) ?? 0) + 1)
    for (const other of plan.placement.others) this.#show(pathKey(other))
    for (const label of plan.placement.asKeywords) this.#show(pathKey(label))
  }

  #show(key: string): void {
    this.#shown.set(key, (this.#shown.get(key) ?? 0) + 1)
  }

  /** The keyword that stands for a label here; none where it is a mailbox or nothing at all. */
  #markOf(mailbox: Mailbox): PlannedMailbox["mark"] {
    const { keywords, labelsAsKeywords, placement } = this.#limits
    const isMark =
      mailbox.role === "label" &&
      keywords &&
      placement === "one-mailbox" &&
      labelRule(this.#rules, this.#limits) === "keywords"
    return isMark
      ? { name: labelKeyword(mailbox, this.#limits), called: labelsAsKeywords?.called ?? "keyword" }
      : undefined
  }

  deleted(): void {
    this.#changes["deleted-at-source"] = (this.#changes["deleted-at-source"] ?? 0) + 1
  }

  summary(mailboxes: Iterable<Mailbox>, names: ReadonlyMap<string, MappedMailbox>): PlanSummary {
    const lines: Array<PlannedMailbox> = []
    for (const mailbox of mailboxes) {
      const name = names.get(pathKey(mailbox.path))
      if (name === undefined) continue
      const homes = this.#homes.get(pathKey(mailbox.path)) ?? 0
      const mark = this.#markOf(mailbox)
      const shown = this.#shown.get(pathKey(mark === undefined ? name.path : mailbox.path)) ?? 0
      if (mailbox.role === "everything" && homes === 0) continue
      lines.push({
        from: mailbox.path,
        role: mailbox.role,
        to: name.path,
        ...(mark === undefined ? {} : { mark }),
        why: name.why,
        homes,
        shown
      })
    }
    const { doubtfulSize } = this.#limits
    return {
      mailboxes: lines.toSorted((a, b) => (pathKey(a.to) < pathKey(b.to) ? -1 : 1)),
      planned: this.#planned,
      toDo: this.#toDo,
      appends: this.#appends,
      alreadyThere: this.#settled,
      quarantined: this.#quarantined,
      unreadable: this.#unreadable,
      tooLarge: this.#tooLarge,
      ...(doubtfulSize === undefined || this.#doubtful === 0
        ? {}
        : { doubtful: { messages: this.#doubtful, ...doubtfulSize } }),
      bytes: this.#bytes,
      labelRule: labelRule(this.#rules, this.#limits),
      labels: this.#labels,
      flagChanges: this.#flagChanges,
      losses: this.#losses,
      changes: this.#changes
    }
  }
}
