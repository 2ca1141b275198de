import { MailError, Transient } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"

import type { GmailLabel, LabelPort, LabelRefused, NewLabel } from "../../src/labels/LabelPort.ts"

const refused = (why: LabelRefused["why"], detail: string): LabelRefused => ({
  _tag: "LabelRefused",
  why,
  detail
})

/** A few labels with Gmail's manners and a turn of the event loop for each call; what was asked is written down. */
export class ToyLabels {
  readonly labels: Array<GmailLabel>
  readonly created: Array<NewLabel> = []
  lists = 0
  /** Names that are answered so, by what they are. */
  readonly refusals = new Map<string, LabelRefused>()
  /** Whether any colour is refused. */
  refusesColours = false
  /** Turns of the event loop that a list is on its way, with what was there when it set out. */
  listTurns = 1
  /** Calls of `create` that fail before the usual begins again. */
  hiccups = 0
  private next = 1

  constructor(...names: ReadonlyArray<string>) {
    this.labels = [
      { id: "INBOX", name: "INBOX", type: "system" },
      { id: "UNREAD", name: "UNREAD", type: "system" }
    ]
    for (const name of names) this.add(name)
  }

  add(name: string): GmailLabel {
    const label: GmailLabel = { id: `Label_${this.next++}`, name, type: "user" }
    this.labels.push(label)
    return label
  }

  remove(name: string): string {
    const at = this.labels.findIndex((label) => label.name === name)
    return this.labels.splice(at, 1)[0]?.id ?? ""
  }

  private answer(label: NewLabel): GmailLabel | LabelRefused {
    this.created.push(label)
    const own = this.refusals.get(label.name)
    if (own !== undefined) return own
    if (this.refusesColours && label.color !== undefined) return refused("colour", "Invalid color")
    const isThere = this.labels.some(({ name }) => name.toLowerCase() === label.name.toLowerCase())
    return isThere ? refused("exists", "Label name exists or conflicts") : this.add(label.name)
  }

  readonly port: LabelPort = {
    list: Effect.suspend(() => {
      this.lists++
      const now = [...this.labels]
      return Effect.as(
        Effect.forEach(Array.from({ length: this.listTurns }), () => Effect.yieldNow),
        now
      )
    }),
    create: (label) =>
      Effect.suspend(() => {
        if (this.hiccups-- > 0) {
          const reason = new Transient({ detail: "Backend Error", applied: "unknown" })
          return Effect.fail(new MailError({ adapter: "gmail", operation: "ensureMailbox", reason }))
        }
        // The name is taken at once, and known to the caller a turn later.
        return Effect.as(Effect.yieldNow, this.answer(label))
      })
  }
}
