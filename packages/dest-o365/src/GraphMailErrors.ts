import {
  MailboxRejected,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  Transient
} from "@mailferry/core/MailError.ts"

import type { FailureContext } from "./FailureContext.ts"
import { detailOf, type GraphFailure } from "./graph/GraphFailure.ts"

interface Known {
  readonly is: (failure: GraphFailure, context: FailureContext) => boolean
  readonly reason: (detail: string, context: FailureContext) => MailErrorReason
}

const has = (pattern: RegExp) => (failure: GraphFailure) =>
  pattern.test(failure.code) || pattern.test(failure.text)

const refused =
  (why: MessageRejected["why"], advice?: string) =>
  (detail: string): MailErrorReason =>
    new MessageRejected({ why, detail, ...(advice === undefined ? {} : { advice }) })

/** Calls that name a message that is there already. */
const onMessage = new Set<Operation>([
  "copy",
  "addFlags",
  "recall",
  "discard",
  "describe",
  "fetch",
  "glimpse"
])

const missingIn = ({ missing, operation }: FailureContext): "message" | "mailbox" | "session" =>
  missing ?? (onMessage.has(operation) ? "message" : "mailbox")

const folderGone = (detail: string): MailErrorReason => new MailboxRejected({ why: "missing", detail })

/** Tries of a change that another one crossed: graph.md section 2.3 has three more after the first. */
const triesOfConflict = 4

/** What Exchange has against a message or a folder, specific before general: the first that fits counts. */
const known: ReadonlyArray<Known> = [
  {
    is: has(/^Error(?:Parent)?FolderNotFound$|^ErrorCannotFindFolder/iu),
    reason: folderGone
  },
  {
    is: (failure, { operation }) =>
      operation !== "ensureMailbox" &&
      (failure.status === 404 || failure.status === 410 || has(/^ErrorInvalidId/iu)(failure)),
    reason: (detail, context) =>
      missingIn(context) === "message" ? new MessageRejected({ why: "gone", detail }) : folderGone(detail)
  },
  {
    is: (failure) => failure.status === 404 || failure.status === 410,
    reason: folderGone
  },
  {
    is: has(/ErrorIrresolvableConflict|ErrorChangeKey|ErrorInvalidChangeKey/iu),
    reason: (detail) => new Transient({ detail, applied: "no", atMost: triesOfConflict })
  },
  {
    is: (_failure, { operation }) => operation === "ensureMailbox",
    reason: (detail) => new MailboxRejected({ why: "name", detail })
  },
  {
    // Another client changed the same thing at the same moment.
    is: ({ status }) => status === 409 || status === 412,
    reason: (detail) => new Transient({ detail, applied: "no", atMost: triesOfConflict })
  },
  {
    is: has(/NamedProp/iu),
    reason: refused(
      "policy",
      "The mailbox has no room for one more kind of property: too many programs have put their own into its mail. Its administrator can ask Microsoft."
    )
  },
  {
    is: has(
      /ErrorVirus|ErrorMessageBlocked|ErrorAttachmentBlocked|Error(?:Content)?Policy|MessageTransmission/iu
    ),
    reason: refused("policy", "Exchange does not take this content. The message is kept as a file.")
  },
  {
    is: (failure, { operation }) =>
      failure.status === 400 && (operation === "append" || operation === "copy"),
    reason: refused("malformed")
  }
]

/** What is wrong with the message or the folder. None when the answer is about something else. */
export const reasonOfMail = (failure: GraphFailure, context: FailureContext): MailErrorReason | undefined =>
  failure.status >= 400 && failure.status < 500
    ? known.find(({ is }) => is(failure, context))?.reason(detailOf(failure), context)
    : undefined
