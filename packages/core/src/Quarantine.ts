import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { Ledger } from "./Ledger.ts"
import { LedgerError } from "./LedgerError.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import { RunEvents } from "./RunEvent.ts"
import { subjectOf } from "./Subject.ts"

export interface Verdict {
  readonly why: string
  /** The server's words. */
  readonly detail: string
  readonly advice: string | undefined
  readonly bytes: Option.Option<Uint8Array>
}

/** What a person can do about each kind of refusal, where the adapter had nothing better to say. */
const adviceFor: Readonly<Record<string, string>> = {
  "too-large":
    "The destination takes no message this large: import the .eml by hand, or keep it where it is saved.",
  malformed: "The destination refuses its form. The .eml beside the ledger holds it as Proton gave it.",
  policy:
    "A rule of the destination refuses it (often a virus scanner). The .eml holds it; ask the administrator.",
  unreadable:
    "Bridge cannot give this message out. In Bridge choose Settings, Advanced, Repair; if that does not help, Proton's export tool reads mail that Bridge cannot.",
  unclassified:
    "The .eml beside the ledger holds it; run again with --retry-quarantined after mending the cause."
}

/** Keeps octets that stand nowhere at the destination as an .eml, for its owner only. Tells the path. */
export const saveOctets = (directory: string, name: string, bytes: Uint8Array) =>
  Effect.try({
    try: () => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const file = join(directory, `${name}.eml`)
      writeFileSync(file, bytes, { mode: 0o600 })
      return file
    },
    catch: (cause) =>
      new LedgerError({
        why: "disk-full",
        detail: `A message set aside could not be saved: ${cause instanceof Error ? cause.message : "unknown"}.`,
        advice: "Free some space on the disk that holds the state directory, then run again.",
        cause
      })
  })

/** Sets messages aside by name instead of losing them: a row, the server's words, what to do, and their octets. */
export const makeQuarantine = Effect.fnUntraced(function* (directory: Option.Option<string>, run: number) {
  const ledger = yield* Ledger
  const events = yield* RunEvents

  return Effect.fnUntraced(function* (message: MessageRow, { advice, bytes, detail, why }: Verdict) {
    const file =
      Option.isSome(bytes) && Option.isSome(directory)
        ? // By the row number, not the id: ids hold characters that file systems fold together.
          Option.some(yield* saveOctets(directory.value, String(message.id), bytes.value))
        : Option.none<string>()
    const subject = Option.orElse(message.subject, () => Option.flatMap(bytes, subjectOf))
    yield* ledger.reports.quarantine({
      message: message.id,
      subject,
      why,
      detail,
      advice: Option.fromUndefinedOr(advice ?? adviceFor[why]),
      file,
      run
    })
    yield* events.emit({
      _tag: "Quarantined",
      key: message.key,
      subject: Option.getOrUndefined(subject),
      why,
      detail
    })
  })
})

export type Quarantine = Effect.Success<ReturnType<typeof makeQuarantine>>
