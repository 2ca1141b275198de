import { readFileSync } from "node:fs"
import { hostname } from "node:os"

import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Holder = Schema.fromJsonString(
  Schema.Struct({ pid: Schema.Int, host: Schema.String, since: Schema.String })
)

export interface AtWork {
  readonly pid: number
  readonly host: string
  /** ISO 8601, UTC. */
  readonly since: string
}

/** Signal 0 asks whether a process is there; EPERM means that it is, and somebody else's. */
const isAlive = (pid: number): boolean =>
  Result.match(Result.try({ try: () => process.kill(pid, 0), catch: (cause) => cause }), {
    onSuccess: () => true,
    onFailure: (cause) => cause instanceof Error && "code" in cause && cause.code === "EPERM"
  })

/**
 * The run that holds this ledger's lock, by the note it left beside it. The lock itself is not tried: taking it even for
 * a moment could turn away a run that starts just then. A note of another machine is believed.
 */
export const runAtWork = (ledger: string): AtWork | undefined => {
  const text = Result.try({ try: () => readFileSync(`${ledger}.lock.json`, "utf8"), catch: () => undefined })
  const holder = Option.getOrUndefined(
    Option.flatMap(Result.getSuccess(text), Schema.decodeUnknownOption(Holder))
  )
  if (holder === undefined || (holder.host === hostname() && !isAlive(holder.pid))) return undefined
  return holder
}
