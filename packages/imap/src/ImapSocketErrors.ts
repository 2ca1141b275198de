import {
  Fatal,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  Transient
} from "@mailferry/core/MailError.ts"

import type { ImapFailure } from "./ImapFailure.ts"

/** The certificate shown is none of those that were pinned. Ours: no other library says so. */
export const certificateChanged = "CERTIFICATE_CHANGED"

const untrusted =
  "The server's certificate is signed by nobody this machine trusts. If it is your own server, save its certificate and name the file " +
  'as "certificate"; otherwise somebody may be listening in between.'

/** Node's names for a certificate that does not verify (`node:tls`, X509 certificate error codes), with what to do. */
const certificateErrors: ReadonlyMap<string, string> = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", untrusted],
  ["SELF_SIGNED_CERT_IN_CHAIN", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", untrusted],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", untrusted],
  ["CERT_UNTRUSTED", untrusted],
  ["CERT_SIGNATURE_FAILURE", untrusted],
  ["INVALID_CA", untrusted],
  ["INVALID_PURPOSE", untrusted],
  [
    "CERT_HAS_EXPIRED",
    "The server's certificate has expired. Its administrator must renew it; check this machine's clock, too."
  ],
  ["CERT_NOT_YET_VALID", "The server's certificate is not valid yet. Check this machine's clock."],
  ["CERT_REVOKED", "The server's certificate was revoked. Ask its administrator."],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "The certificate is for another name. Use the host name that the certificate names."
  ],
  [
    certificateChanged,
    "The server shows another certificate than the one this machine has pinned. If it was renewed, accept the new one."
  ]
])

/** The handshake met something that is not TLS, or not our kind of it. */
const notTls = /^(EPROTO|ERR_SSL_|ERR_TLS_)/u

const unreachable: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "Nothing listens there. Check host and port, and whether the server is running."],
  ["ENOTFOUND", "There is no host of this name. Check its spelling, and the internet connection."],
  ["EAI_AGAIN", "The host name could not be looked up. Check the internet connection."],
  ["EHOSTUNREACH", "There is no way to this host. Check the internet connection, a VPN, a firewall."],
  ["ENETUNREACH", "There is no network. Check the internet connection."],
  ["CONNECT_TIMEOUT", "The host does not answer. Check host and port, and whether a firewall is in between."],
  [
    "GREETING_TIMEOUT",
    "The server accepts connections but does not greet. Port and security may not belong together (993 with tls, 143 with starttls)."
  ],
  ["UPGRADE_TIMEOUT", "The server offers STARTTLS but does not go through with it. Try security: tls."]
])

const tooMuch: ReadonlySet<string> = new Set([
  "LineTooLarge",
  "LiteralTooLarge",
  "ResponseTooLarge",
  "MAX_IMAP_NESTING_REACHED"
])

/** imapflow refused to put this value into a command. */
const unsendable = /^Invalid(String|Token|Text)Value$/u

/** What an error of the socket, of TLS or of imapflow means; none when it is of neither. */
export const reasonOfSocket = (failure: ImapFailure): MailErrorReason | undefined => {
  const { applied, cause, errno, operation, text, tls } = failure
  const fields = { detail: errno === undefined || text.includes(errno) ? text : `${text} (${errno})`, cause }
  if (/does not support STARTTLS/u.test(text)) {
    return new Fatal({
      ...fields,
      advice: "The server offers no STARTTLS here. Try security: tls (port 993)."
    })
  }
  if (errno === undefined) return tls === true ? new Transient({ ...fields, applied }) : undefined
  const certificate = certificateErrors.get(errno)
  if (certificate !== undefined) return new Fatal({ ...fields, advice: certificate })
  if (errno === "STARTTLS_INJECTION") {
    return new Fatal({
      ...fields,
      advice: "Somebody between this machine and the server tampers with the connection. Try security: tls."
    })
  }
  if (notTls.test(errno)) {
    return new Fatal({
      ...fields,
      advice: "Port and security do not belong together. Usual are 993 with tls and 143 with starttls."
    })
  }
  if (unsendable.test(errno)) {
    return operation === "append"
      ? new MessageRejected({ ...fields, why: "malformed" })
      : new MailboxRejected({ ...fields, why: "name" })
  }
  if (tooMuch.has(errno) && (operation === "describe" || operation === "fetch" || operation === "glimpse")) {
    return new MessageRejected({ ...fields, why: "unreadable" })
  }
  const advice = unreachable.get(errno)
  return new Transient(advice === undefined ? { ...fields, applied } : { ...fields, advice, applied })
}
