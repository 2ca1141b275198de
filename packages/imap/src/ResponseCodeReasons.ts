import {
  AuthFailed,
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  QuotaExceeded,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"

import type { ImapFailure } from "./ImapFailure.ts"

type Reason = (
  failure: ImapFailure,
  fields: { readonly detail: string; readonly cause: unknown }
) => MailErrorReason | undefined

const transient: Reason = ({ applied }, fields) => new Transient({ ...fields, applied })

const signIn =
  (advice: string): Reason =>
  (_, fields) =>
    new AuthFailed({ ...fields, advice })

const fatal =
  (advice: string): Reason =>
  (_, fields) =>
    new Fatal({ ...fields, advice })

const tooLarge: Reason = (_, fields) => new MessageRejected({ ...fields, why: "too-large" })

const missing: Reason = (_, fields) => new MailboxRejected({ ...fields, why: "missing" })

const denied: Reason = (_, fields) =>
  new MailboxRejected({
    ...fields,
    why: "permission",
    advice: "Give this account the right to write there, or leave the mailbox out."
  })

const isMessage = ({ operation }: ImapFailure): boolean =>
  operation === "append" || operation === "copy" || operation === "addFlags"

const reads = ({ operation }: ImapFailure): boolean =>
  operation === "fetch" || operation === "describe" || operation === "glimpse"

/** What each response code means. RFC 5530 section 3 unless said. */
const reasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  [
    "AUTHENTICATIONFAILED",
    signIn("Check the user name and the password. Many providers want an app password for IMAP.")
  ],
  [
    "AUTHORIZATIONFAILED",
    signIn("The password is right, but this user may not open this account. Check the user name.")
  ],
  ["EXPIRED", signIn("The password or token has expired. Set a new one and try again.")],
  // Gmail: a link to open in a browser follows.
  ["WEBALERT", signIn("Sign in with a browser once and confirm that it was you, then try again.")],
  ["PRIVACYREQUIRED", fatal('The server wants TLS before a login. Set security to "tls" or "starttls".')],
  ["CONTACTADMIN", fatal("Ask the administrator of this server; it says that only they can help.")],

  ["UNAVAILABLE", transient],
  ["INUSE", transient],
  ["SERVERBUG", transient],
  ["EXPUNGEISSUED", transient],

  // Gmail, on commands that come too fast.
  ["THROTTLED", (_, fields) => new Throttled(fields)],
  [
    "LIMIT",
    (failure, fields) => {
      if (failure.operation === "connect") return new Throttled(fields)
      if (failure.operation === "ensureMailbox") return new MailboxRejected({ ...fields, why: "permission" })
      return isMessage(failure) ? new MessageRejected({ ...fields, why: "policy" }) : undefined
    }
  ],
  [
    "OVERQUOTA",
    (_, fields) =>
      new QuotaExceeded({
        ...fields,
        advice: "Make room in the destination account, or get more, then run again."
      })
  ],

  ["TOOBIG", tooLarge], // RFC 4469 section 4.2
  ["APPENDLIMIT", tooLarge], // imapflow's own, when the message exceeds RFC 7889's limit
  ["TRYCREATE", missing], // RFC 9051 section 7.1
  ["NONEXISTENT", missing],
  ["NOPERM", denied],
  ["READ-ONLY", denied], // RFC 9051 section 7.1
  [
    "CANNOT",
    (failure, fields) =>
      isMessage(failure) && !/mailbox|folder|name/iu.test(failure.text)
        ? new MessageRejected({ ...fields, why: "policy" })
        : new MailboxRejected({ ...fields, why: "name" })
  ],
  ["ALREADYEXISTS", (_, fields) => new MailboxRejected({ ...fields, why: "name" })],
  [
    "CORRUPTION",
    (failure, fields) =>
      reads(failure)
        ? new MessageRejected({ ...fields, why: "unreadable" })
        : new MailboxRejected({
            ...fields,
            why: "permission",
            advice: "The server says this mailbox is damaged; its administrator can repair it."
          })
  ],
  // RFC 3516 section 4.3: the server cannot decode or store this encoding.
  [
    "UNKNOWN-CTE",
    (failure, fields) => new MessageRejected({ ...fields, why: reads(failure) ? "unreadable" : "malformed" })
  ]
])

/** What a response code means for this failure; none when the code says nothing about why (ALERT, PARSE, CLIENTBUG). */
export const reasonOfCode = (failure: ImapFailure, code: string): MailErrorReason | undefined =>
  reasons.get(code)?.(failure, { detail: failure.text, cause: failure.cause })
