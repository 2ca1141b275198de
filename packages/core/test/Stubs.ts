import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import type { DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailError, type MailErrorReason, type Operation } from "@mailferry/core/MailError.ts"
import { Duration, Effect, Option } from "effect"

/** What a plain IMAP server with UIDPLUS can do. */
export const capabilities: DestinationCapabilities = {
  placement: "one-mailbox",
  flags: new Set(["\\Seen", "\\Answered", "\\Flagged", "\\Draft"]),
  keywords: true,
  keepsInternalDate: true,
  keepsOctets: true,
  addsHeaders: false,
  reportsLocator: true,
  adoption: "by-header",
  describesCheaply: true,
  describesAtOnce: 500,
  findsByKey: false,
  leavesUnfinished: false,
  joinsByMessageId: false,
  foundWithin: Duration.zero,
  needs: new Set(),
  datesByHeader: false,
  exclusive: [],
  maxMessageSize: Infinity,
  names: { delimiter: Option.some("/"), maxLevelOctets: 255, refused: [], caseInsensitive: false },
  pace: { concurrentCalls: 4, attemptTimeout: Duration.seconds(60), limits: [] }
}

export const mailError = (reason: MailErrorReason, operation: Operation = "append"): MailError =>
  new MailError({ adapter: "stub", operation, reason })

/** Dies on every call that a test does not expect. */
export const stubReader = (expected: Partial<MailboxReader>): MailboxReader => {
  const die = (operation: string) => Effect.die(`unexpected ${operation}`)
  return {
    kind: "stub",
    account: "you@stub.invalid",
    listMailboxes: die("listMailboxes"),
    list: () => die("list"),
    end: () => die("end"),
    describe: () => die("describe"),
    glimpse: () => die("glimpse"),
    fetch: () => die("fetch"),
    ...expected
  }
}

export const stubDestination = (expected: Partial<DestinationService>): DestinationService => ({
  ...stubReader(expected),
  capabilities,
  ensureMailbox: () => Effect.die("unexpected ensureMailbox"),
  append: () => Effect.die("unexpected append"),
  copy: () => Effect.die("unexpected copy"),
  recall: () => Effect.die("unexpected recall"),
  discard: () => Effect.die("unexpected discard"),
  addFlags: () => Effect.die("unexpected addFlags"),
  find: () => Effect.die("unexpected find"),
  ...expected
})
