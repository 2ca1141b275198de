/** What Exchange cannot keep of a message, or what had to be guessed: a row of the report. */
export interface MessageLoss {
  readonly kind: LossKind
  /** For a person: which part or field, and how many. Never text of the message. */
  readonly detail: string
}

export type LossKind =
  /** Exchange stores one body: the other way to read the same text is gone. */
  | "text-alternative"
  /** Octets in no known charset, or not in the one named: characters may be wrong. */
  | "charset-guessed"
  /** Base64 or quoted-printable that is broken: what could be decoded is there. */
  | "part-damaged"
  /** Text outside all parts of a multipart. */
  | "text-outside-parts"
  /** Control characters that a mailbox property does not hold. */
  | "control-characters"
  /** Too long a body: it is the attachment `body.html` or `body.txt`. */
  | "body-attached"
  /** An invitation came as mail with a calendar file; nothing was entered in a calendar. */
  | "invitation-attached"
  /** An inline picture named by its location and not by Content-ID stands among the attachments. */
  | "inline-by-location"
  /** The signature does not verify any more, or the encryption cannot be undone there: the octets changed. */
  | "signature"
  | "encryption"
  /** Addresses that are none; they stand in the internet headers only. */
  | "address-dropped"
  /** From holds no address, so that none could be shown. */
  | "sender-missing"
  /** Recipients beyond what one request holds; they stand in the internet headers only. */
  | "recipients-cut"
  /** The Date header names no date: the day of arrival is shown as the day of sending. */
  | "sent-date-missing"
  /** A date beyond what a mailbox property holds. */
  | "date-clamped"
  /** A Message-ID that cannot be one: Exchange makes its own. */
  | "message-id"
  /** The internet headers are longer than 32 KB: servers' traces were left out first. */
  | "headers-cut"
  /** Refused by Exchange with it, so sent without: internet headers, x- headers, Reply-To and Sender, the end of a long subject. */
  | "internet-headers"
  | "x-headers"
  | "reply-to"
  | "subject-cut"
  /** Refused by Exchange however little was sent: it is a short note with the original as a file. */
  | "stored-as-file"
