import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { DestinationCapabilities } from "./Capabilities.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import { fitInternalDate } from "./InternalDate.ts"
import { Ledger } from "./Ledger.ts"
import type { MessageRow } from "./LedgerMessages.ts"
import { fitHeaders } from "./NeededHeaders.ts"
import type { Rules } from "./Rules.ts"

/** Beyond this, a Date header and an INTERNALDATE tell two stories: mail takes hours at the most, zones half a day. */
const sameDay = 24 * 60 * 60 * 1000

/** Makes a message fit what a destination insists on, and enters what that costs in the ledger. */
export const makeMessageFit = Effect.fnUntraced(function* (
  capabilities: DestinationCapabilities,
  { mendHeaders }: Pick<Rules, "mendHeaders">,
  run: number
) {
  const ledger = yield* Ledger

  return Effect.fnUntraced(function* (message: MessageRow, octets: Uint8Array) {
    const original = fingerprintOf(octets)
    const noteLoss = (kind: string, detail: string) =>
      ledger.reports.loss({ message: message.id, kind, detail, run })
    if (capabilities.needs.size === 0) {
      const internalDate = fitInternalDate(message.internalDate, capabilities, yield* DateTime.now)
      if (internalDate !== message.internalDate) {
        yield* noteLoss("date-not-kept", DateTime.formatIso(message.internalDate))
      }
      return {
        bytes: octets,
        messageId: message.messageId,
        internalDate,
        fingerprint: Option.some(original),
        addedId: Option.none<string>(),
        alike: { joins: false, key: original }
      }
    }

    const fitted = fitHeaders(octets, {
      needs: capabilities.needs,
      mend: mendHeaders,
      internalDate: message.internalDate,
      fingerprint: original
    })
    for (const { detail, kind } of fitted.changes) yield* noteLoss(kind, detail)
    const shown = capabilities.datesByHeader ? fitted.date : Option.none<DateTime.Utc>()
    const internalDate = Option.getOrElse(shown, () => message.internalDate)
    const apart = DateTime.toEpochMillis(internalDate) - DateTime.toEpochMillis(message.internalDate)
    if (Math.abs(apart) > sameDay) {
      const detail = `${DateTime.formatIso(message.internalDate)} at the source, ${DateTime.formatIso(internalDate)} by its Date header`
      yield* noteLoss("date-not-kept", detail)
    }
    const isAdded = fitted.changes.some(({ kind }) => kind === "message-id-added")
    return {
      bytes: fitted.bytes,
      messageId: fitted.messageId,
      internalDate,
      fingerprint: Option.some(fitted.bytes === octets ? original : fingerprintOf(fitted.bytes)),
      addedId: isAdded ? fitted.messageId : Option.none<string>(),
      alike: {
        joins: capabilities.joinsByMessageId,
        key: Option.getOrElse(fitted.messageId, () => original)
      }
    }
  })
})
