import { layer as describeLayer } from "@effect/vitest"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

import type { Law } from "./Law.ts"

export interface ConformanceOptions {
  /**
   * Laws this adapter is not held to, each with the reason a reader needs. A name that matches no law fails
   * the suite. A reason that starts with `cannot:` is a limit of the service and not of the machine: such a
   * law is left out, and counted in the suite's name. With `CI` set every other skip is a failure.
   */
  readonly skip?: Readonly<Record<string, string>>
  /** Why the service is not to be had on this machine, if so: all laws are skipped, or fail with `CI` set. */
  readonly missing?: string | undefined
  /** For each law, in milliseconds; 60,000 unless said. */
  readonly timeout?: number
}

/** What to do with a law: try it, leave it out, show it as skipped, or fail because it may not be skipped. */
export type Decision =
  | { readonly _tag: "Run" }
  | { readonly _tag: "Omit"; readonly reason: string }
  | { readonly _tag: "Skip"; readonly reason: string }
  | { readonly _tag: "Fail"; readonly reason: string }

/** Pure, so that the rule about skips has a test of its own. */
export const decide = <Service, Subject extends object>(
  law: Law<Service, Subject>,
  subject: Subject,
  options: ConformanceOptions,
  ci: boolean
): Decision => {
  const lacking = law.needs.filter((option) => subject[option] === undefined)
  const reason =
    options.skip?.[law.name] ??
    options.missing ??
    (lacking.length === 0 ? undefined : `needs the option ${lacking.join(", ")}`)
  if (reason === undefined) return { _tag: "Run" }
  if (reason.startsWith("cannot:")) return { _tag: ci ? "Omit" : "Skip", reason }
  return { _tag: ci ? "Fail" : "Skip", reason }
}

/** Names in `skip` that are no law's. */
export const unknownLaws = (
  laws: ReadonlyArray<{ readonly name: string }>,
  skip: Readonly<Record<string, string>> = {}
): ReadonlyArray<string> => Object.keys(skip).filter((name) => laws.every((law) => law.name !== name))

/** One test per law, all on one connection that lives as long as the suite. Time is the machine's own. */
export const conformance = <Service, Subject extends object>(
  name: string,
  laws: ReadonlyArray<Law<Service, Subject>>,
  layer: Layer.Layer<Service, MailError>,
  subject: Subject,
  options: ConformanceOptions
): void => {
  const unknown = unknownLaws(laws, options.skip)
  if (unknown.length > 0) throw new Error(`no such law: ${unknown.join(", ")}`)
  const timeout = options.timeout ?? 60_000
  const decided = laws.map((law) => ({ law, decision: decide(law, subject, options, "CI" in process.env) }))
  const beyond = Object.values(options.skip ?? {}).filter((reason) => reason.startsWith("cannot:")).length
  const title = beyond === 0 ? name : `${name} (${beyond} laws beyond this service)`
  describeLayer(layer, { excludeTestServices: true, timeout })(title, (it) => {
    for (const { law, decision } of decided) {
      switch (decision._tag) {
        case "Run":
          it.effect(law.name, () => law.check(subject), timeout)
          break
        case "Omit":
          break
        case "Skip":
          it.effect.skip(`${law.name} (skipped: ${decision.reason})`, () => Effect.void)
          break
        case "Fail":
          it.effect(law.name, () => Effect.die(new Error(`may not be skipped in CI: ${decision.reason}`)))
          break
      }
    }
  })
}
