import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationCapabilities } from "./Capabilities.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { Ledger } from "./Ledger.ts"
import type { Mailbox } from "./Mailbox.ts"
import type { MailboxReader } from "./MailboxReader.ts"
import type { MailError } from "./MailError.ts"
import { makeMessageFetch } from "./MessageFetch.ts"
import { fitHeaders } from "./NeededHeaders.ts"
import type { PlacementRow } from "./PlacementRow.ts"
import { isSentWithMore } from "./SameMail.ts"

const isOfThisMessage = ({ reason }: MailError): boolean =>
  reason._tag === "MessageRejected" || reason._tag === "MailboxRejected"

/**
 * Tells whether octets that were read back are those that were written. Where the service adds header fields of its
 * own, the source is asked for its octets again, and they are made as they were sent.
 */
export const makeAsSent = Effect.fnUntraced(function* (
  source: MailboxReader,
  { addsHeaders, needs }: Pick<DestinationCapabilities, "addsHeaders" | "needs">,
  mailboxes: ReadonlyMap<number, Mailbox>
) {
  const ledger = yield* Ledger
  const { fetch } = makeMessageFetch(source, mailboxes)

  return Effect.fnUntraced(function* (
    { fingerprint, internalDate, message }: Pick<PlacementRow, "fingerprint" | "internalDate" | "message">,
    there: Uint8Array
  ) {
    const written = Option.getOrUndefined(fingerprint)
    if (fingerprintOf(there) === written) return true
    if (!addsHeaders) return false
    const memberships = yield* ledger.messages.memberships(message)
    const octets = yield* fetch({ memberships }).pipe(
      Effect.catchIf(isOfThisMessage, () => Effect.succeedNone)
    )
    if (Option.isNone(octets)) return false
    const original = fingerprintOf(octets.value)
    // A header that was mended counts as well.
    return [false, true].some((mend) => {
      const sent = fitHeaders(octets.value, { needs, mend, internalDate, fingerprint: original }).bytes
      return fingerprintOf(sent) === written && isSentWithMore(sent, there)
    })
  })
})
