import { assert, describe, it } from "@effect/vitest"
import type { MailErrorReason, Operation } from "@mailferry/core/MailError.ts"

import { imapReason } from "../src/ImapErrors.ts"
import type { ImapFailure } from "../src/ImapFailure.ts"

type Answer = readonly [server: string, operation: Operation, answer: string, meaning: string]

/** `NO [CODE args] text` as imapflow takes it apart. */
const failureOf = (operation: Operation, answer: string): ImapFailure => {
  const [, status = "", code, text = ""] = /^(NO|BAD|BYE) (?:\[([A-Z-]+)[^\]]*\] ?)?(.*)$/u.exec(answer) ?? []
  return { operation, status: status as "NO", code, text, applied: "no" }
}

const meaningOf = (reason: MailErrorReason): string =>
  "why" in reason ? `${reason._tag} ${reason.why}` : reason._tag

/**
 * Answers as the servers' sources, their documentation and public threads have them. Those of Exchange, Yahoo, iCloud
 * and Zoho about full accounts and blocked messages follow the wording of their other answers; none was recorded.
 */
const answers: ReadonlyArray<Answer> = [
  // Login
  ["Dovecot", "connect", "NO [AUTHENTICATIONFAILED] Authentication failed.", "AuthFailed"],
  [
    "Dovecot",
    "connect",
    "NO [UNAVAILABLE] Temporary authentication failure. [host:2026-11-21 10:00:00]",
    "Transient"
  ],
  [
    "Dovecot",
    "connect",
    "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    "Throttled"
  ],
  ["Dovecot", "connect", "NO [AUTHORIZATIONFAILED] Authorization failed", "AuthFailed"],
  ["Dovecot", "connect", "NO [EXPIRED] Password expired", "AuthFailed"],
  [
    "Dovecot",
    "connect",
    "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
    "Fatal"
  ],
  ["Dovecot", "connect", "BAD Authentication aborted by client.", "Fatal"],
  ["Dovecot", "connect", "BYE Too many invalid IMAP commands.", "Transient"],
  ["Cyrus", "connect", "NO Login failed: authentication failure", "AuthFailed"],
  ["Cyrus", "connect", "NO [ALERT] Too many open connections", "Throttled"],
  ["Courier", "connect", "NO Login failed.", "AuthFailed"],
  ["Courier", "connect", "BYE Maximum number of connections reached", "Throttled"],
  ["Gmail", "connect", "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "AuthFailed"],
  [
    "Gmail",
    "connect",
    "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    "AuthFailed"
  ],
  [
    "Gmail",
    "connect",
    "NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
    "AuthFailed"
  ],
  [
    "Gmail",
    "connect",
    "NO [WEBALERT https://accounts.google.com/signin/continue] Web login required.",
    "AuthFailed"
  ],
  [
    "Gmail",
    "connect",
    "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    "AuthFailed"
  ],
  ["Gmail", "connect", "NO [ALERT] Too many simultaneous connections. (Failure)", "Throttled"],
  ["Gmail", "connect", "NO [ALERT] Account exceeded command or bandwidth limits. (Failure)", "Throttled"],
  ["Exchange", "connect", "NO LOGIN failed.", "AuthFailed"],
  ["Exchange", "connect", "NO AUTHENTICATE failed.", "AuthFailed"],
  ["Exchange", "connect", "BAD User is authenticated but not connected.", "AuthFailed"],
  ["Exchange", "connect", "NO Server Unavailable. 15", "Transient"],
  ["Yahoo", "connect", "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", "AuthFailed"],
  ["Yahoo", "connect", "NO [LIMIT] LOGIN Rate limit hit.", "Throttled"],
  ["Yahoo", "connect", "NO [SERVERBUG] LOGIN Server error - Please try again later", "Transient"],
  ["iCloud", "connect", "NO [AUTHENTICATIONFAILED] Authentication Failed", "AuthFailed"],
  ["iCloud", "connect", "NO [UNAVAILABLE] Server unavailable, please try again later", "Transient"],
  ["Zoho", "connect", "NO [ALERT] Invalid credentials(Failure)", "AuthFailed"],
  [
    "Zoho",
    "connect",
    "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator (Failure)",
    "AuthFailed"
  ],
  ["Zoho", "connect", "NO [ALERT] Too many simultaneous IMAP connections (Failure)", "Throttled"],
  // Opening and listing
  ["Dovecot", "list", "NO [NONEXISTENT] Mailbox doesn't exist: Work", "MailboxRejected missing"],
  ["Dovecot", "list", "NO [NOPERM] Permission denied", "MailboxRejected permission"],
  [
    "Dovecot",
    "list",
    "NO [SERVERBUG] Internal error occurred. Refer to server log for more information.",
    "Transient"
  ],
  ["Dovecot", "list", "NO [INUSE] Mailbox is in use", "Transient"],
  ["Cyrus", "list", "NO Mailbox does not exist", "MailboxRejected missing"],
  ["Cyrus", "list", "NO Permission denied", "MailboxRejected permission"],
  ["Cyrus", "list", "NO Mailbox has an invalid format", "MailboxRejected permission"],
  ["Gmail", "list", "NO [NONEXISTENT] Unknown Mailbox: Work (Failure)", "MailboxRejected missing"],
  ["Gmail", "list", "NO System Error (Failure)", "Transient"],
  ["Exchange", "list", "NO The requested item could not be found.", "MailboxRejected missing"],
  ["Exchange", "list", "BAD User is authenticated but not connected.", "Transient"],
  ["Yahoo", "list", "NO [NONEXISTENT] EXAMINE No such mailbox", "MailboxRejected missing"],
  ["Courier", "list", "NO Unable to open this mailbox.", "MailboxRejected permission"],
  ["an unknown server", "listMailboxes", "BAD Unknown command", "Fatal"],
  // Reading
  [
    "Dovecot",
    "fetch",
    "NO [SERVERBUG] Internal error occurred. Refer to server log for more information.",
    "Transient"
  ],
  ["Yahoo", "fetch", "NO [UNAVAILABLE] UID FETCH Server error while fetching messages", "Transient"],
  ["Yahoo", "describe", "NO [LIMIT] UID FETCH Rate limit hit.", "Throttled"],
  ["Gmail", "fetch", "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", "Throttled"],
  ["Gmail", "fetch", "NO [THROTTLED] Too many requests", "Throttled"],
  ["Gmail", "fetch", "NO Some messages could not be FETCHed (Failure)", "MessageRejected unreadable"],
  ["Exchange", "fetch", "BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds", "Throttled"],
  ["Exchange", "fetch", "NO Server error while fetching: 0x80004005", "MessageRejected unreadable"],
  ["Cyrus", "fetch", "NO [CORRUPTION] Mailbox is damaged", "MessageRejected unreadable"],
  ["Bridge", "describe", "NO message failed to load from cache", "MessageRejected unreadable"],
  // Creating
  [
    "Dovecot",
    "ensureMailbox",
    "NO [CANNOT] Character not allowed in mailbox name: '.'",
    "MailboxRejected name"
  ],
  ["Dovecot", "ensureMailbox", "NO [CANNOT] Invalid mailbox name: Begins with '~'", "MailboxRejected name"],
  ["Dovecot", "ensureMailbox", "NO [ALREADYEXISTS] Mailbox already exists", "MailboxRejected name"],
  ["Dovecot", "ensureMailbox", "NO [LIMIT] Mailbox name too long", "MailboxRejected permission"],
  ["Cyrus", "ensureMailbox", "NO Permission denied", "MailboxRejected permission"],
  ["Cyrus", "ensureMailbox", "NO Invalid mailbox name", "MailboxRejected name"],
  ["Gmail", "ensureMailbox", "NO [CANNOT] Invalid folder name: [Gmail]/x (Failure)", "MailboxRejected name"],
  ["Gmail", "ensureMailbox", "NO [OVERQUOTA] Account is over quota", "QuotaExceeded"],
  ["Courier", "ensureMailbox", "NO Invalid mailbox name.", "MailboxRejected name"],
  // Storing
  ["Dovecot", "append", "NO [TRYCREATE] Mailbox doesn't exist: Work", "MailboxRejected missing"],
  ["Dovecot", "append", "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", "QuotaExceeded"],
  ["Dovecot", "append", "NO [LIMIT] Too many keywords", "MessageRejected policy"],
  ["Dovecot", "append", "NO Can't save a zero byte message", "MessageRejected malformed"],
  ["Dovecot", "append", "NO [CANNOT] Invalid mailbox name", "MailboxRejected name"],
  ["Dovecot", "append", "BAD Invalid internal date.", "MessageRejected unclassified"],
  ["Cyrus", "append", "NO Message contains NUL characters", "MessageRejected malformed"],
  ["Cyrus", "append", "NO Message contains bare newlines", "MessageRejected malformed"],
  ["Cyrus", "append", "NO Message contains invalid header", "MessageRejected malformed"],
  ["Cyrus", "append", "NO [OVERQUOTA] Over quota", "QuotaExceeded"],
  ["Cyrus", "append", "NO [TRYCREATE] Mailbox does not exist", "MailboxRejected missing"],
  ["Cyrus", "append", "NO [TOOBIG] Message size exceeds fixed limit", "MessageRejected too-large"],
  [
    "Gmail",
    "append",
    "NO [OVERQUOTA] Account is over quota: https://support.google.com/mail (Failure)",
    "QuotaExceeded"
  ],
  [
    "Gmail",
    "append",
    "NO [TOOBIG] Message too large. https://support.google.com/mail/?p=MaxSizeError",
    "MessageRejected too-large"
  ],
  ["Gmail", "append", "BYE Session expired, please login again.", "Transient"],
  ["Exchange", "append", "NO Request is throttled. Suggested Backoff Time: 299609 milliseconds", "Throttled"],
  ["Exchange", "append", "BAD Command Argument Error. 11", "MessageRejected unclassified"],
  ["Exchange", "append", "NO The message exceeds the maximum supported size.", "MessageRejected too-large"],
  ["Exchange", "append", "NO Mailbox is full", "QuotaExceeded"],
  ["Yahoo", "append", "NO [OVERQUOTA] APPEND Mailbox over quota", "QuotaExceeded"],
  ["Yahoo", "append", "NO [CANNOT] APPEND Message blocked by virus scanner", "MessageRejected policy"],
  ["iCloud", "append", "NO [OVERQUOTA] Quota exceeded", "QuotaExceeded"],
  ["iCloud", "append", "NO [TOOBIG] Message exceeds the size limit", "MessageRejected too-large"],
  ["Zoho", "append", "NO [ALERT] Storage full (Failure)", "QuotaExceeded"],
  ["Mailo", "append", "NO Temporary unavailable", "Transient"],
  ["an unknown server", "append", "NO no reason given", "MessageRejected unclassified"],
  ["Dovecot", "copy", "NO [TRYCREATE] Mailbox doesn't exist: Label", "MailboxRejected missing"],
  ["Dovecot", "copy", "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", "QuotaExceeded"],
  ["Dovecot", "copy", "NO [EXPUNGEISSUED] Some of the requested messages were expunged", "Transient"],
  ["Dovecot", "addFlags", "NO [READ-ONLY] Mailbox is read-only", "MailboxRejected permission"],
  ["Dovecot", "find", "BYE Disconnected for inactivity.", "Transient"]
]

/** Errors of Node and of imapflow, by their code. */
const errnos: ReadonlyArray<readonly [errno: string, meaning: string]> = [
  ["ECONNREFUSED", "Transient"],
  ["ECONNRESET", "Transient"],
  ["ENOTFOUND", "Transient"],
  ["EPIPE", "Transient"],
  ["ETIMEDOUT", "Transient"],
  ["CONNECT_TIMEOUT", "Transient"],
  ["GREETING_TIMEOUT", "Transient"],
  ["NoConnection", "Transient"],
  ["EConnectionClosed", "Transient"],
  ["ClosedAfterConnectTLS", "Transient"],
  ["UnexpectedTag", "Transient"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "Fatal"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "Fatal"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Fatal"],
  ["CERT_HAS_EXPIRED", "Fatal"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Fatal"],
  ["CERTIFICATE_CHANGED", "Fatal"],
  ["STARTTLS_INJECTION", "Fatal"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "Fatal"]
]

describe("ImapErrors", () => {
  it("knows what servers answer", () => {
    const told = answers.map(([server, operation, answer]): Answer => [
      server,
      operation,
      answer,
      meaningOf(imapReason(failureOf(operation, answer)))
    ])
    assert.deepStrictEqual(told, [...answers])
  })

  it("knows what goes wrong below IMAP, and says what to do where a person can do something", () => {
    const told = errnos.map(([errno]) => {
      const reason = imapReason({ operation: "connect", text: "it failed", errno, applied: "no" })
      if (reason._tag === "Fatal") assert.isString(reason.advice, errno)
      return [errno, meaningOf(reason)] as const
    })
    assert.deepStrictEqual(told, [...errnos])
  })

  it("keeps the wait a server asks for", () => {
    const reason = imapReason(
      failureOf("append", "BAD Request is throttled. Suggested Backoff Time: 12345 milliseconds")
    )
    assert.strictEqual(reason._tag === "Throttled" && String(reason.retryAfter), "12345 millis")
  })

  it("says of a lost connection whether the command may have been carried out", () => {
    for (const applied of ["no", "unknown"] as const) {
      const reason = imapReason({
        operation: "append",
        text: "Connection not available",
        errno: "NoConnection",
        applied
      })
      assert.deepInclude(reason, { _tag: "Transient", applied })
    }
  })

  it("keeps an unknown outcome unknown, whatever the server says as it hangs up", () => {
    const words = [
      "BYE Request is throttled. Suggested Backoff Time: 12345 milliseconds",
      "BYE Too many simultaneous connections",
      "BYE Logged out for security reasons",
      "BYE [OVERQUOTA] Quota exceeded",
      "BYE [EXPIRED] Log in again"
    ]
    for (const operation of ["append", "copy"] as const) {
      for (const answer of words) {
        const reason = imapReason({ ...failureOf(operation, answer), applied: "unknown" })
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" }, answer)
      }
      for (const errno of ["EPROTO", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"]) {
        const reason = imapReason({ operation, text: "it failed", errno, applied: "unknown" })
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" }, errno)
      }
    }
  })

  it("says of a refusal that nothing was carried out", () => {
    const reason = imapReason(failureOf("append", "NO [UNAVAILABLE] Try again later"))
    assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
  })

  it("keeps the server's words", () => {
    const { detail } = imapReason(failureOf("append", "NO [OVERQUOTA] Quota exceeded"))
    assert.strictEqual(detail, "Quota exceeded")
  })
})
