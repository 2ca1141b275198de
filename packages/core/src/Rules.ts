import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { DestinationCapabilities } from "./Capabilities.ts"
import type { Mailbox } from "./Mailbox.ts"

/**
 * What a job file may decide about the plan. Mailboxes are named as they are proposed to the destination, levels
 * joined by `/`: `Work/2019`. In `include` and `exclude`, `*` stands for anything within a level and `**` for
 * anything at all; case does not matter; a mailbox named without wildcards brings those below it along.
 */
export const Rules = Schema.Struct({
  /** When given, only mail that stands in one of these mailboxes moves. */
  include: Schema.Array(Schema.NonEmptyString).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** These mailboxes are left out; mail that stands elsewhere too keeps its other places. */
  exclude: Schema.Array(Schema.NonEmptyString).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** Old name to new name, for a mailbox and everything below it. `Labels: ""` drops that level. */
  rename: Schema.Record(Schema.String, Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  /**
   * `copy`: a COPY in a mailbox of the label's name. `keywords`: an IMAP keyword, or the destination's own marks.
   * `ignore`: labels are reported, not moved. When absent, the way that suits the destination ({@link labelRule}).
   */
  labels: Schema.optionalKey(Schema.Literals(["copy", "keywords", "ignore"])),
  spam: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  trash: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  drafts: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  /** Whether a missing or unusable From or Date is mended where the destination insists on it; the original is kept. */
  mendHeaders: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))
})
export type Rules = typeof Rules.Type

export const defaultRules: Rules = {
  include: [],
  exclude: [],
  rename: {},
  spam: true,
  trash: true,
  drafts: true,
  mendHeaders: false
}

export type LabelRule = NonNullable<Rules["labels"]>

/** What becomes of labels: as the rules ask, else in the way that suits the destination. */
export const labelRule = (
  { labels }: Pick<Rules, "labels">,
  { labelsAsKeywords }: Pick<DestinationCapabilities, "labelsAsKeywords">
): LabelRule => labels ?? (labelsAsKeywords === undefined ? "copy" : "keywords")

const patternOf = (pattern: string): RegExp => {
  const source = pattern
    .split(/(\*\*|\*)/u)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&")
    )
    .join("")
  return new RegExp(`^${source}${pattern.includes("*") ? "" : "(/.*)?"}$`, "iu")
}

const matches = (patterns: ReadonlyArray<string>, mailbox: Mailbox): boolean =>
  patterns.some((pattern) => patternOf(pattern).test(mailbox.proposed.join("/")))

/** Whether the rules let mail in this mailbox of the source move. */
export const admits = (rules: Rules, mailbox: Mailbox): boolean => {
  const use = mailbox.specialUse._tag === "Some" ? mailbox.specialUse.value : undefined
  if (use === "junk" && !rules.spam) return false
  if (use === "trash" && !rules.trash) return false
  if (use === "drafts" && !rules.drafts) return false
  if (matches(rules.exclude, mailbox)) return false
  return rules.include.length === 0 || matches(rules.include, mailbox)
}
