import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

import { contentMissing } from "../ContentMissing.ts"
import { accountIdOf, type O365Config } from "../O365Config.ts"
import { o365Names } from "../O365Names.ts"

/** Exchange publishes no number that IMAP may have; imapsync goes with one, and Exchange throttles what is fast, not what is many. */
export const imapConnections = 2

/**
 * Messages stored in a minute. Microsoft publishes none: imapsync's FAQ.Office365 advises one to two a second, and its
 * own preset for Office 365 stops at four.
 */
const messagesLimit = (config: Pick<O365Config, "user">): PaceLimit => ({
  key: accountIdOf(config).replace(":", ":imap:"),
  of: "messages",
  amount: 120,
  per: Duration.minutes(1),
  burst: 10,
  amountAtMost: 240,
  perCall: { append: 1, copy: 1 },
  perOctet: 0
})

/** What Exchange keeps of what comes by IMAP, from what its server says of itself. */
export const o365ImapCapabilities = (
  config: Pick<O365Config, "user">,
  told: DestinationCapabilities
): DestinationCapabilities => ({
  ...told,
  // It keeps properties and writes MIME anew, whatever it says of itself.
  keepsOctets: false,
  contentMissing,
  // The one keyword it has, $MDNSent, is no place for labels.
  keywords: false,
  // The same names as by Graph.
  names: { ...o365Names, delimiter: Option.orElse(told.names.delimiter, () => o365Names.delimiter) },
  pace: { ...told.pace, concurrentCalls: imapConnections, limits: [messagesLimit(config)] }
})
