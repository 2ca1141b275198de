import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import * as Duration from "effect/Duration"

import { accountIdOf, type GmailConfig } from "../GmailConfig.ts"
import { imapOctetsPerDay } from "../GmailPrices.ts"
import { exclusiveMailboxes } from "../labels/GmailMailboxes.ts"
import { gmailNames } from "../labels/GmailNames.ts"

/** 34 MiB: the APPENDLIMIT of imap.gmail.com, should it not say so. */
const appendLimit = 35_651_584

/** Gmail allows 15 for an account, a person's own programs included (support.google.com/mail/answer/7126229). */
export const imapConnections = 4

/** Google's one published limit for what comes in by IMAP. It holds for a day, however fast it is used. */
const octetsLimit = (config: Pick<GmailConfig, "user">): PaceLimit => ({
  key: accountIdOf(config).replace(":", ":imap:"),
  of: "octets",
  amount: imapOctetsPerDay,
  per: Duration.days(1),
  // Core refills at nine tenths of the amount: with the tenth at once, no day sees more than the whole.
  burst: imapOctetsPerDay / 10,
  amountAtMost: imapOctetsPerDay,
  perCall: {},
  perOctet: 1
})

/** What Gmail keeps of what comes by IMAP, from what its server says of itself. */
export const gmailImapCapabilities = (
  config: GmailConfig,
  told: DestinationCapabilities
): DestinationCapabilities => ({
  ...told,
  // A label is COPY's, and not part of APPEND: see GmailImapWriter.
  placement: "one-mailbox",
  // \Draft would make a draft of it, which a slip of the hand sends.
  flags: new Set([...told.flags].filter((flag) => flag !== "\\Draft")),
  reportsLocator: true,
  adoption: "by-joining",
  findsByKey: false,
  leavesUnfinished: false,
  joinsByMessageId: true,
  // It would be, but what was joined has another size and date than core sent: listings tell who is who, and flags.
  describesCheaply: false,
  needs: new Set(["Message-ID"]),
  exclusive: exclusiveMailboxes,
  maxMessageSize: Math.min(told.maxMessageSize, appendLimit),
  names: gmailNames(config),
  pace: { ...told.pace, concurrentCalls: imapConnections, limits: [octetsLimit(config)] }
})
