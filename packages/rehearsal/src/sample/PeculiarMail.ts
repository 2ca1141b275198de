import { awkwardBodies } from "./AwkwardBodies.ts"
import { awkwardHeaders } from "./AwkwardHeaders.ts"
import { awkwardPlacements } from "./AwkwardPlacements.ts"
import { largeMail } from "./LargeMail.ts"
import type { SampleLabels } from "./SampleLabels.ts"
import type { SampleMail } from "./SampleMail.ts"

/** What makes a message of the sample worth having. */
export type Peculiarity =
  | "answered-and-forwarded"
  | "bad-date"
  | "byte-identical"
  | "calendar"
  | "date-1969"
  | "date-2099"
  | "deep-nesting"
  | "doubled-message-id"
  | "draft"
  | "eight-bit-body"
  | "eight-bit-headers"
  | "empty-body"
  | "encoded-words"
  | "filed-in-every-folder"
  | "foreign-internal-id"
  | "from-lines"
  | "header-only"
  | "html-with-attachments"
  | "imap-commands"
  | "large"
  | "long-header"
  | "long-lines"
  | "many-labels"
  | "missing-date"
  | "missing-message-id"
  | "nested-message"
  | "no-final-line-end"
  | "no-from"
  | "no-subject"
  | "no-time"
  | "odd-message-id"
  | "second-address"
  | "scheduled"
  | "self-sent"
  | "shared-message-id"
  | "signed"
  | "skipped"
  | "snoozed"
  | "starred"
  | "trashed"
  | "unclosed-multipart"
  | "undecryptable-attachment"
  | "undecryptable-body"

export interface PeculiarMail extends SampleMail {
  readonly peculiarity: Peculiarity
}

/**
 * One or more messages for every {@link Peculiarity}.
 *
 * @param largest octets of the largest attachment, before base64
 */
export const peculiarMail = (labels: SampleLabels, largest: number): ReadonlyArray<PeculiarMail> => [
  ...awkwardPlacements(labels),
  ...awkwardHeaders(labels),
  ...awkwardBodies(labels),
  largeMail(labels, largest)
]
