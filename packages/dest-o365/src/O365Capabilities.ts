import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"

import { contentMissing } from "./ContentMissing.ts"
import type { O365Config } from "./O365Config.ts"
import { concurrentCalls, o365Limits } from "./O365Limits.ts"
import { o365Names } from "./O365Names.ts"

/** 150 MB: the most an upload session takes (learn.microsoft.com/graph/outlook-large-attachments). */
const maxMessageSize = 150 * 1024 * 1024

/**
 * 35 MB: what a mailbox takes that nobody has changed (learn.microsoft.com, Exchange Online limits: 35 MB to send, 36 MB
 * to receive). Graph tells a mailbox's own limit nowhere.
 */
const usualMessageSize = 35 * 1024 * 1024

const sizeAdvice =
  "An administrator can raise the limits first: Set-Mailbox you@example.com -MaxReceiveSize 150MB -MaxSendSize 150MB."

/** For one request and its answer: 4 MB over a slow line, and time for Exchange to think. */
export const requestTimeout = Duration.minutes(3)

/** A message of 150 MB at half a megabyte a second takes five minutes, and shares that with others. */
const attemptTimeout = Duration.hours(1)

/** What Exchange keeps of what it is given by Graph. */
export const o365Capabilities = (config: Pick<O365Config, "user">): DestinationCapabilities => ({
  placement: "one-mailbox",
  flags: new Set(["\\Seen", "\\Answered", "\\Flagged", "\\Draft"]),
  keywords: true,
  labelsAsKeywords: {
    called: "category",
    // Outlook joins names by these when it shows or types them.
    refused: /[,;]/gu,
    longest: 255,
    registered: new Set(["$Forwarded"])
  },
  keepsInternalDate: true,
  // PtypTime ([MS-OXCDATA] 2.11.1) begins in 1601, where 0 is "none"; Outlook's own "none" is in 4501.
  internalDates: {
    from: DateTime.makeUnsafe("1601-01-02T00:00:00Z"),
    to: DateTime.makeUnsafe("4500-08-31T00:00:00Z"),
    future: true
  },
  keepsOctets: false,
  contentMissing,
  addsHeaders: true,
  reportsLocator: true,
  adoption: "by-header",
  describesCheaply: true,
  describesAtOnce: 20,
  findsByKey: true,
  leavesUnfinished: true,
  joinsByMessageId: false,
  foundWithin: Duration.zero,
  needs: new Set(),
  datesByHeader: false,
  exclusive: [],
  maxMessageSize,
  doubtfulSize: { above: usualMessageSize, advice: sizeAdvice },
  names: o365Names,
  // graph.md, behaviour 11: what those who fill Exchange by Graph found to be enough after a 5xx.
  pace: {
    concurrentCalls,
    attemptTimeout,
    backoff: { first: Duration.seconds(15), longest: Duration.minutes(5), tries: 8 },
    limits: o365Limits(config)
  }
})
