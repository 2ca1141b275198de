import {
  AuthFailed,
  type MailErrorReason,
  MessageRejected,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import * as Duration from "effect/Duration"

type Fields = { readonly detail: string; readonly cause: unknown }

interface Rule {
  /** Who has met it. */
  readonly from: string
  readonly text: RegExp
  readonly holds: (failure: ImapFailure) => boolean
  readonly reason: (fields: Fields, failure: ImapFailure, reached: boolean) => MailErrorReason
}

const always = () => true
const at =
  (...operations: ReadonlyArray<ImapFailure["operation"]>): Rule["holds"] =>
  ({ operation }) =>
    operations.includes(operation)

const switchedOn =
  "IMAP may be switched off for this mailbox (an administrator can look: Get-CASMailbox, ImapEnabled), or this account may not open it. Leave `transport: imap` out to go by Microsoft Graph."

const sizeAdvice =
  "An administrator can raise the mailbox's limits to 150 MB: Set-Mailbox -MaxReceiveSize 150MB -MaxSendSize 150MB."

const unconvertible = `Exchange says so of mail it cannot take apart, of lines of more than 10,500 octets, and of mail over the mailbox's limit. ${sizeAdvice}`

const tooLarge: Rule["reason"] = (fields) =>
  new MessageRejected({ ...fields, why: "too-large", advice: sizeAdvice })

const backoff = ({ text, throttledFor }: ImapFailure): number =>
  throttledFor ?? Number(/backoff time[:=\s]+(\d+)/iu.exec(text)?.[1] ?? Number.NaN)

/** What Exchange's IMAP says, where other servers say it otherwise or nothing like it. First match wins. */
const rules: ReadonlyArray<Rule> = [
  {
    from: "imapsync's FAQ.Office365, imapsync#198: 180 to 300 s, in a NO or a BAD",
    text: /request is throttled|suggested backoff time/iu,
    holds: always,
    reason: (fields, failure) => {
      const millis = backoff(failure)
      return new Throttled({
        ...fields,
        over: "rate",
        ...(Number.isNaN(millis) ? {} : { retryAfter: Duration.millis(millis) })
      })
    }
  },
  {
    from: "a mailbox without licence, rights or IMAP; once it has worked, a hiccup (Webklex/php-imap#464)",
    text: /authenticated but not connected/iu,
    holds: always,
    reason: (fields, { applied }, reached) =>
      reached ? new Transient({ ...fields, applied }) : new AuthFailed({ ...fields, advice: switchedOn })
  },
  {
    from: "office-developer-exchange-docs#87, jstedfast/MailKit#690: one answer whatever is wrong",
    text: /^(?:authenticate|login) failed/iu,
    holds: at("connect"),
    reason: (fields) => new AuthFailed({ ...fields, advice: switchedOn })
  },
  {
    from: "imapsync's FAQ.Office365",
    text: /maximum size of appendable message/iu,
    holds: at("append"),
    reason: tooLarge
  },
  {
    from: "imapsync's FAQ.Office365, imapsync#285, #389: long lines, odd charsets, read receipts, too large",
    text: /command argument error/iu,
    holds: at("append"),
    reason: (fields) => new MessageRejected({ ...fields, why: "malformed", advice: unconvertible })
  }
]

/**
 * What a failure means at Exchange; none where the general table of IMAP servers knows as much. `reached`: whether the
 * mailbox has been of use in this run already.
 */
export const exchangeReason = (failure: ImapFailure, reached: boolean): MailErrorReason | undefined => {
  const { applied, cause, operation, text, throttledFor } = failure
  // What may have been stored stays so, whatever was said as the connection ended.
  if (applied === "unknown" && (operation === "append" || operation === "copy")) return undefined
  const words = throttledFor === undefined ? text : `request is throttled: ${text}`
  return rules
    .find((rule) => rule.text.test(words) && rule.holds(failure))
    ?.reason({ detail: text, cause }, failure, reached)
}
