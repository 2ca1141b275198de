import * as Schema from "effect/Schema"

/**
 * What the person who typed the command can mend: the job file, the plan file, a secret that is not where it should be.
 * Texts never hold a secret: a value that stands in the place of one is never repeated.
 */
export class UsageError extends Schema.TaggedError<UsageError>("mailferry/UsageError")("UsageError", {
  /** `job.yaml cannot be used`. */
  what: Schema.String,
  /** One sentence a mistake, with the line it stands in where one is known. */
  problems: Schema.Array(Schema.Struct({ line: Schema.optionalKey(Schema.Int), text: Schema.String })),
  /** What to do next. */
  advice: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return `${this.what}: ${this.problems.map(({ text }) => text).join("; ")}`
  }
}

/** A mistake that is all there is to say. */
export const usageError = (what: string, text: string, advice?: string): UsageError =>
  new UsageError({ what, problems: [{ text }], ...(advice === undefined ? {} : { advice }) })
