import type { MailError } from "@mailferry/core/MailError.ts"
import type * as Effect from "effect/Effect"

/** A label as Gmail lists it. */
export interface GmailLabel {
  /** `Label_12`; a system label's is its English name in capitals. Never changes, while the name may. */
  readonly id: string
  /** With its parents, joined by `/`. */
  readonly name: string
  readonly type: "system" | "user"
}

/** Both colours of a label as `#rrggbb`, out of Gmail's palette. */
export interface LabelColour {
  readonly backgroundColor: string
  readonly textColor: string
}

/** What `labels.create` is given, in Google's own fields. */
export interface NewLabel {
  readonly name: string
  readonly labelListVisibility: "labelShow"
  readonly messageListVisibility: "show"
  readonly color?: LabelColour
}

/** Why Gmail does not make a label. `exists`: 409, a label or a name of Gmail's own is called so. `full`: no more labels. */
export interface LabelRefused {
  readonly _tag: "LabelRefused"
  readonly why: "exists" | "name" | "colour" | "full"
  /** Google's words. */
  readonly detail: string
}

/** The two calls that the book of labels needs of Gmail. */
export interface LabelPort {
  /** `labels.list`: all of them in one answer, 1 unit. */
  readonly list: Effect.Effect<ReadonlyArray<GmailLabel>, MailError>
  /** `labels.create`, 5 units. A refusal that `labelRefusal` knows is an answer; everything else fails. */
  readonly create: (label: NewLabel) => Effect.Effect<GmailLabel | LabelRefused, MailError>
}
