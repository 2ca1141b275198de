import * as Schema from "effect/Schema"

/** A reviewed plan no longer fits the source: mailboxes it names are gone or renamed. */
export class PlanDrift extends Schema.TaggedError<PlanDrift>("mailferry/PlanDrift")("PlanDrift", {
  /** One sentence a mailbox. */
  changes: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `The plan no longer fits the source: ${this.changes.join("; ")}.`
  }
}
