import {
  AuthFailed,
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  Transient
} from "@mailferry/core/MailError.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import { certificateChanged } from "@mailferry/imap/ImapSocketErrors.ts"

/**
 * Bridge gives one answer to a wrong password, an unknown or disabled address, a signed-out or locked account, one that is not
 * loaded yet, and the wrong address in split mode (gluon's backend.go), so one message has to cover them all.
 */
const checklist =
  "Check in Bridge, in this order: the password is the one Bridge shows for this account, not the Proton password; " +
  "the user is a full address of the account, spelt as there and enabled; the account shows Connected, not Signed out or Locked; " +
  "in split mode, the address is the one whose mail is wanted. Nothing is tried again until you say so: Bridge counts failures."

/** What to do when nothing listens on Bridge's port. */
export const startBridge =
  "Start Proton Mail Bridge and wait until the account shows Connected. If it is running, compare the IMAP port in its " +
  "settings with the one here, and check the internet connection: Bridge closes its port while it is offline."

/** A missing store file is fetched from Proton on demand; these words mean that the network failed, not the message. */
const networkTrouble =
  /no such host|dial tcp|connection re(?:fused|set)|network is unreachable|no internet|i\/o timeout|deadline exceeded|\b(?:429|50[0-4])\b/iu

type Rule = readonly [RegExp, (failure: ImapFailure) => MailErrorReason]

/**
 * gluon sends no response codes: its words are all there is. Specific before general.
 * Sources: gluon's errors.go, bye.go and state.go; bridge facts, sections 3, 5 and 6.
 */
const rules: ReadonlyArray<Rule> = [
  [
    /too many login attempts/iu,
    ({ cause, text }) =>
      new AuthFailed({ detail: text, advice: `Wait a few minutes first. ${checklist}`, cause })
  ],
  [/no such user/iu, ({ cause, text }) => new AuthFailed({ detail: text, advice: checklist, cause })],
  [
    /message failed to load from cache/iu,
    ({ cause, operation, text }) =>
      // A window must come back as unreadable even so: a message that never downloads would otherwise hold up all of it.
      operation === "fetch" && networkTrouble.test(text)
        ? new Transient({
            detail: text,
            advice:
              "Bridge lacks this message on disk and cannot reach Proton: check its internet connection.",
            applied: "no",
            cause
          })
        : new MessageRejected({
            why: "unreadable",
            detail: text,
            advice: "Bridge cannot read this message. A restart of Bridge, or its repair, may bring it back.",
            cause
          })
  ],
  [
    /session state is inconsistent|mailbox was deleted, have to disconnect|session is not authenticated/iu,
    ({ cause, text }) => new Transient({ detail: text, applied: "no", cause })
  ],
  [/no such mailbox/iu, ({ cause, text }) => new MailboxRejected({ why: "missing", detail: text, cause })]
]

/** Node's names for a certificate that is not the one Bridge was found with. An expired one is that one still. */
const anotherCertificate: ReadonlySet<string | undefined> = new Set([
  certificateChanged,
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

/** What a failure means where Bridge says it in its own way; `undefined` for one that any IMAP server could cause. */
export const bridgeReason = (failure: ImapFailure): MailErrorReason | undefined => {
  if (failure.status !== undefined) return rules.find(([words]) => words.test(failure.text))?.[1](failure)
  if (failure.errno === "ECONNREFUSED")
    return new Transient({ detail: failure.text, advice: startBridge, applied: "no" })
  if (!anotherCertificate.has(failure.errno)) return undefined
  // Bridge is looked for anew before the next login, and then it shows whether it has moved or was reset.
  return new Transient({
    detail: `another certificate is shown than a moment ago: ${failure.text}`,
    applied: "no",
    cause: failure.cause
  })
}

/** A refused login with what is probably wrong with it said first, before the checklist for all that may be. */
export const withSuspicions = (reason: MailErrorReason, suspicions: ReadonlyArray<string>): MailErrorReason =>
  reason._tag === "AuthFailed" && suspicions.length > 0
    ? new AuthFailed({ ...reason, advice: [...suspicions, reason.advice ?? ""].join(" ").trim() })
    : reason

/** Bridge has not created the mailboxes yet, or is doing so again after a resync: there is mail, but nothing to open. */
export const stillStarting = (detail: string): Transient =>
  new Transient({
    detail: `Bridge is still starting: ${detail}`,
    advice:
      "Wait until the account shows Connected in Bridge. A first synchronisation takes long, and mail can be carried over meanwhile.",
    applied: "no"
  })
