import {
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  QuotaExceeded,
  Throttled
} from "@mailferry/core/MailError.ts"

import type { FailureContext } from "./FailureContext.ts"
import { detailOf, type GraphFailure } from "./graph/GraphFailure.ts"
import { waitOf } from "./RetryAfter.ts"

interface Known {
  readonly is: (failure: GraphFailure) => boolean
  readonly reason: (failure: GraphFailure, context: FailureContext) => MailErrorReason
}

const has = (pattern: RegExp) => (failure: GraphFailure) =>
  failure.status >= 400 && (pattern.test(failure.code) || pattern.test(failure.text))

/** How the words go on is not documented; MailboxConcurrency is the one limit of calls at once. */
const atOnce = has(/MailboxConcurrency|concurren/iu)

/** What there is too much of, specific before general: the first that fits counts. */
const known: ReadonlyArray<Known> = [
  {
    is: ({ status }) => status === 429,
    reason: (failure, { now }) => {
      const wait = waitOf(failure, now)
      return new Throttled({
        detail: detailOf(failure),
        over: atOnce(failure) ? "concurrency" : "rate",
        ...(wait === undefined ? {} : { retryAfter: wait })
      })
    }
  },
  {
    is: has(/ErrorMessagePerFolderCountReceiveQuotaExceeded|MessagePerFolderCount/iu),
    reason: (failure) =>
      new MailboxRejected({
        why: "permission",
        detail: `the folder is full: ${detailOf(failure)}`,
        advice:
          "Exchange holds a limited number of messages in one folder (1,000,000): move some out, or send this mailbox's mail to another with `rules.rename`."
      })
  },
  {
    is: has(/ErrorFolderHierarchy|SubfolderCount|ErrorFolderCount/iu),
    reason: (failure) => new MailboxRejected({ why: "name", detail: detailOf(failure) })
  },
  {
    is: has(
      /ErrorMessageSizeExceeded|ErrorAttachmentSizeLimitExceeded|ErrorMessageTooBig|ErrorDataSizeLimitExceeded/iu
    ),
    reason: (failure, { user }) =>
      new MessageRejected({
        why: "too-large",
        detail: detailOf(failure),
        advice: `The mailbox takes no message as large as this. An administrator raises the limit, to 150 MB at the most: Set-Mailbox ${user} -MaxSendSize 150MB -MaxReceiveSize 150MB; then \`mailferry run --retry-quarantined\` brings it.`
      })
  },
  {
    // Of one request, 4 MB; front ends answer it as 413, some of them with a page.
    is: (failure) => failure.status === 413 || has(/maximum request length/iu)(failure),
    reason: (failure) =>
      new MessageRejected({
        why: "too-large",
        detail: detailOf(failure),
        advice: "The message is kept as a file. Please report this: larger ones are sent in parts."
      })
  },
  {
    is: (failure) =>
      failure.status === 507 ||
      has(/Error(?:Mailbox|Send|Receive|Storage)?(?:Over)?Quota(?:Exceeded)?\b/iu)(failure),
    reason: (failure, { user }) =>
      new QuotaExceeded({
        detail: detailOf(failure),
        advice: `The mailbox of ${user} is full: make room or have it enlarged, then run again.`
      })
  }
]

/** The mailbox's limits: rate, calls at once, room, sizes. None when the answer is about something else. */
export const reasonOfLimit = (failure: GraphFailure, context: FailureContext): MailErrorReason | undefined =>
  known.find(({ is }) => is(failure))?.reason(failure, context)
