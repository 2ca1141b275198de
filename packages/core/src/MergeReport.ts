import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationService } from "./Destination.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { headerFields } from "./HeaderBlock.ts"
import type { Joining } from "./Joined.ts"
import { Ledger } from "./Ledger.ts"
import { showPath } from "./Mailbox.ts"
import type { MessagePlan } from "./MessagePlan.ts"
import type { PlacementRow } from "./PlacementRow.ts"
import { saveOctets } from "./Quarantine.ts"

/** What follows the header block: two copies of one mail that came by different ways differ in their headers alone. */
const bodyOf = (octets: Uint8Array): Uint8Array => {
  let end = 0
  for (const field of headerFields(octets)) end = field.end
  return octets.subarray(end)
}

/**
 * Reports what an append came to that was joined with a message there, of ours or from before us: its body may be
 * another though the Message-ID is the same. Then the octets that stand nowhere now are kept as a file. Of one that was
 * there before us also which labels it was given.
 */
export const makeMergeReport = Effect.fnUntraced(function* (
  destination: DestinationService,
  directory: Option.Option<string>,
  run: number
) {
  const ledger = yield* Ledger

  /** None when the body there cannot be read now: then it counts as another. */
  const bodyThere = Effect.fnUntraced(function* ({ locator, mailbox }: PlacementRow) {
    if (Option.isNone(locator)) return Option.none<string>()
    return yield* destination.fetch(mailbox, locator.value).pipe(
      Effect.map((there) => Option.some(fingerprintOf(bodyOf(there)))),
      Effect.catch(() => Effect.succeedNone)
    )
  })

  return Effect.fnUntraced(function* (
    { message, placement }: MessagePlan,
    home: PlacementRow,
    { joinedWith, origin }: Joining,
    octets: Uint8Array
  ) {
    const note = (kind: string, detail: string) =>
      ledger.reports.loss({ message: message.id, kind, detail, run })
    if (origin === "ours") return
    if (origin === "adopted") {
      const labels = [home.mailbox, ...placement.others].map(showPath).join(", ")
      yield* note("labels-added-there", `it was there before, and is in ${labels} now`)
    }
    const there = yield* bodyThere(home)
    if (Option.contains(there, fingerprintOf(bodyOf(octets)))) return
    const file = Option.isSome(directory)
      ? yield* saveOctets(directory.value, `${message.id}-merged`, octets)
      : "nowhere"
    const other = Option.getOrElse(joinedWith, () => "mail that was there before")
    yield* note("merged-with-other-body", `joined with ${other}; these octets are kept in ${file}`)
  })
})
