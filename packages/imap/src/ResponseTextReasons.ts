import {
  AuthFailed,
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  QuotaExceeded,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"

import type { ImapFailure } from "./ImapFailure.ts"

interface Rule {
  /** Who says so. */
  readonly from: string
  readonly text: RegExp
  /** Operations the words mean this in; all when absent. */
  readonly on?: ReadonlyArray<Operation>
  readonly reason: (
    failure: ImapFailure,
    fields: { readonly detail: string; readonly cause: unknown }
  ) => MailErrorReason
}

const storing: ReadonlyArray<Operation> = ["append", "copy"]
const opening: ReadonlyArray<Operation> = [
  "list",
  "end",
  "describe",
  "fetch",
  "glimpse",
  "find",
  "append",
  "copy",
  "addFlags"
]

const appPassword =
  "Create an app password with this provider and use it here: it refuses the account password for IMAP."

const signIn =
  (advice: string): Rule["reason"] =>
  (_, fields) =>
    new AuthFailed({ ...fields, advice })

const rejected =
  (why: MessageRejected["why"]): Rule["reason"] =>
  (_, fields) =>
    new MessageRejected({ ...fields, why })

const mailbox =
  (why: MailboxRejected["why"]): Rule["reason"] =>
  (_, fields) =>
    new MailboxRejected({ ...fields, why })

const transient: Rule["reason"] = ({ applied }, fields) => new Transient({ ...fields, applied })

/** Words of servers that say it without a response code, or with one that says something else. First match wins. */
const rules: ReadonlyArray<Rule> = [
  {
    from: "Exchange: BAD Request is throttled. Suggested Backoff Time: 12345 milliseconds",
    text: /throttled/iu,
    reason: ({ throttledFor, text }, fields) => {
      const stated = throttledFor ?? Number(/backoff time[:=\s]+(\d+)/iu.exec(text)?.[1] ?? Number.NaN)
      return new Throttled(Number.isNaN(stated) ? fields : { ...fields, retryAfter: Duration.millis(stated) })
    }
  },
  {
    from: "Gmail, Dovecot, Courier, Yahoo, Zoho: too many of our, or the user's other, connections",
    text: /too many (simultaneous |open |concurrent |imap )*(connections|sessions)|(maximum|max|allowed) (number of )?(simultaneous |concurrent )?(connections|sessions)|connection limit/iu,
    reason: (_, fields) =>
      new Throttled({
        ...fields,
        advice: 'Close other mail programs on this account, or set "connections" lower.'
      })
  },
  {
    from: "Gmail (with OVERQUOTA), Yahoo (with LIMIT), Zoho",
    text: /bandwidth limit|rate limit|too many (requests|commands|messages)|(usage|download|upload) limit|slow down/iu,
    reason: (_, fields) => new Throttled(fields)
  },
  {
    from: "Exchange: at login a mailbox without licence or IMAP, later a hiccup of its own",
    text: /authenticated but not connected/iu,
    reason: (failure, fields) =>
      failure.operation === "connect"
        ? new AuthFailed({
            ...fields,
            advice: "Check that the account has a mailbox and that IMAP is enabled for it."
          })
        : new Transient({ ...fields, applied: failure.applied })
  },
  {
    from: "Gmail, Yahoo, iCloud, Zoho",
    text: /application[- ]specific password|app[- ]password|two[- ]factor/iu,
    on: ["connect"],
    reason: signIn(appPassword)
  },
  {
    from: "Gmail, Zoho: IMAP switched off",
    text: /not enabled for imap|enable imap|imap (access|use)? ?(is )?(disabled|not enabled|not allowed)/iu,
    on: ["connect"],
    reason: signIn("Switch IMAP access on in this account's settings.")
  },
  {
    from: "Gmail, Yahoo: a browser is wanted",
    text: /web ?(browser|login)|log ?in via|suspicious|unusual/iu,
    on: ["connect"],
    reason: signIn("Sign in with a browser once and confirm that it was you, then try again.")
  },
  {
    from: "everyone, at times",
    text: /internal (server )?error|system error|temporar(y|ily)|try again|try later|server (is )?(too )?(busy|unavailable|not responding)|backend|timed? ?out|mailbox (is )?locked|locked by|being (moved|updated)/iu,
    reason: transient
  },
  {
    from: "imapflow, of a server that offers no mechanism it could use",
    text: /login is disabled|no matching authentication method|unsupported authentication mechanism|logindisabled/iu,
    on: ["connect"],
    reason: (_, fields) =>
      new Fatal({
        ...fields,
        advice:
          'The server offers no way to log in here. Set security to "tls", or use a token instead of a password.'
      })
  },
  {
    from: "Courier, Yahoo, Zoho, Exchange, without OVERQUOTA",
    text: /over ?quota|quota (is |has been )?(exceeded|full)|exceed\w* .*quota|mailbox (is )?full|(not enough|insufficient|no) (disk )?(space|storage)|storage (is )?full|out of (space|storage)/iu,
    on: [...storing, "ensureMailbox"],
    reason: (_, fields) =>
      new QuotaExceeded({
        ...fields,
        advice: "Make room in the destination account, or get more, then run again."
      })
  },
  {
    from: "Gmail, Exchange, Yahoo, iCloud, Courier",
    text: /too (large|big|long)|(exceed|larger than|greater than|over)\w* .*(size|maximum|limit|bytes)|size ?limit/iu,
    on: storing,
    reason: rejected("too-large")
  },
  {
    from: "Cyrus (Mailbox does not exist), Dovecot (Mailbox doesn't exist), Gmail (Unknown Mailbox), Courier, Exchange",
    text: /(mailbox|folder) .*(does ?n[o']t|does not) exist|no such (mailbox|folder)|unknown (mailbox|folder)|(mailbox|folder) .*(not found|could not be found)|nonexistent|doesn't exist|requested item could not be found/iu,
    on: opening,
    reason: mailbox("missing")
  },
  {
    from: "Dovecot (Invalid mailbox name, Character not allowed), Cyrus, Courier, Gmail, Exchange",
    text: /invalid (mailbox|folder)( name)?|(mailbox|folder) name|(name|character) (is )?not allowed|invalid name|begins with hierarchy|invalid characters?/iu,
    on: ["ensureMailbox", "append", "copy", "list", "end"],
    reason: mailbox("name")
  },
  {
    from: "Cyrus (Permission denied), Dovecot, Gmail, Exchange",
    text: /permission denied|access (is )?denied|not permitted|not allowed|read[- ]?only|operation not supported/iu,
    reason: (failure, fields) =>
      failure.operation === "connect"
        ? new AuthFailed(fields)
        : new MailboxRejected({ ...fields, why: "permission" })
  },
  {
    from: "Cyrus (contains NUL, bare newlines, invalid header), Dovecot (zero byte), Exchange",
    text: /bare newline|nul character|invalid header|zero[- ]?byte|empty message|malformed|not a valid message|parse|invalid message|message contains/iu,
    on: storing,
    reason: rejected("malformed")
  },
  {
    from: "scanners behind Yahoo, Zoho and company servers",
    text: /virus|malware|infected|spam|policy|blocked|security|suspicious/iu,
    on: storing,
    reason: rejected("policy")
  },
  {
    from: "Dovecot, Exchange, Bridge (message failed to load from cache)",
    text: /no longer (exist|available)|message .*not found|no such message/iu,
    on: ["fetch", "copy", "addFlags"],
    reason: rejected("gone")
  }
]

/** What the server's words mean, where somebody has met them before. */
export const reasonOfText = (failure: ImapFailure): MailErrorReason | undefined => {
  const words = failure.throttledFor === undefined ? failure.text : `throttled: ${failure.text}`
  return rules
    .find(({ on, text }) => text.test(words) && (on === undefined || on.includes(failure.operation)))
    ?.reason(failure, { detail: failure.text, cause: failure.cause })
}
