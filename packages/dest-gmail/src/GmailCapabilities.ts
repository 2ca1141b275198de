import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import * as Duration from "effect/Duration"

import type { GmailConfig } from "./GmailConfig.ts"
import { imapOctetsPerDay, unitsLimit } from "./GmailPrices.ts"
import { exclusiveMailboxes } from "./labels/GmailMailboxes.ts"
import { type GmailNameOptions, gmailNames } from "./labels/GmailNames.ts"

/** 150 MiB: `maxSize` of import and insert in Gmail's discovery document, revision 20260727. */
export const maxMessageSize = 157_286_400

/** 150 MiB on an uplink of two megabits, and time for Gmail to think. */
export const attemptTimeout = Duration.minutes(12)

/** Until the search knows a new message: 2 to 5 s as a rule, and nothing is promised; a miss within this proves nothing. */
const foundWithin = Duration.seconds(30)

/**
 * Calls of one user in flight. Google states no number, only that there is one: with 1.5 s for an import, six calls use
 * up 6,000 units a minute and fifteen 15,000.
 */
export const concurrentCalls = { new: 8, established: 15 } as const

/** What Gmail keeps of what it is given. */
export const gmailCapabilities = (
  config: GmailConfig & Pick<GmailNameOptions, "language">
): DestinationCapabilities => ({
  placement: "labels",
  // \Answered and \Draft have no label that a client may set.
  flags: new Set(["\\Seen", "\\Flagged"]),
  keywords: false,
  // No call takes a date: it is read from the Date header.
  keepsInternalDate: false,
  datesByHeader: true,
  // Never tried on a live account. What Gmail adds on top is allowed for; sizes are therefore not those sent.
  keepsOctets: true,
  addsHeaders: true,
  reportsLocator: true,
  adoption: "by-joining",
  describesCheaply: false,
  describesAtOnce: 20,
  findsByKey: false,
  leavesUnfinished: false,
  joinsByMessageId: config.method === "import",
  foundWithin,
  needs: new Set(["Message-ID", "From", "Date"]),
  exclusive: exclusiveMailboxes,
  maxMessageSize,
  names: gmailNames(config),
  pace: {
    concurrentAtFirst: 4,
    concurrentCalls: concurrentCalls[config.project],
    attemptTimeout,
    limits: [unitsLimit(config)],
    otherWays: [{ name: "IMAP", octetsPerDay: imapOctetsPerDay }]
  }
})
