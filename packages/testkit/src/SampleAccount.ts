import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import * as DateTime from "effect/DateTime"

import { wellFormedCorpus } from "./Corpus.ts"
import type { MemoryMailboxSpec, MemoryMessageSpec } from "./MemoryAccount.ts"
import { sampleMessage } from "./SampleMessage.ts"
import type { SourceProbes } from "./source/Subject.ts"

const date = DateTime.makeUnsafe("2019-03-31T01:30:00Z")

/** What a test must be told of an account that was filled with {@link sampleMailboxes}. */
export type SampleFacts = Required<Pick<SourceProbes, "long" | "known" | "shared" | "scratch">>

export interface SampleAccount {
  readonly mailboxes: ReadonlyArray<MemoryMailboxSpec>
  readonly facts: SampleFacts
}

/**
 * An account that the source laws can be tried on: a mailbox of 1,050 messages, one message shown by three
 * mailboxes, the well-formed corpus, and a mailbox for laws that change something.
 */
export const sampleAccount = (): SampleAccount => {
  const body = `first line of the known body\r\n${"y".repeat(500)}\r\n`
  const known = sampleMessage({ subject: "known", body })
  const shared = sampleMessage({ subject: "shared" })
  const longMailbox: MailboxPath = ["Archive", "long"]
  const label: MailboxPath = ["Labels", "red"]
  const scratch: MailboxPath = ["scratch"]
  const messages: Array<MemoryMessageSpec> = Array.from({ length: 1050 }, (_, second) => ({
    bytes: sampleMessage({ subject: `number ${second}`, body: "." }).bytes,
    internalDate: DateTime.add(date, { seconds: second }),
    flags: second % 2 === 0 ? ["\\Seen"] : []
  }))
  const flags = ["\\Flagged"] as const
  return {
    mailboxes: [
      {
        path: ["INBOX"],
        specialUse: "inbox",
        messages: [
          ...wellFormedCorpus.map((it) => ({ bytes: it.bytes(), internalDate: date })),
          { bytes: known.bytes, internalDate: date, flags, keywords: ["$Forwarded"] },
          { bytes: shared.bytes, internalDate: date, flags: ["\\Seen"] }
        ]
      },
      { path: ["Archive"], messages: [{ bytes: shared.bytes, internalDate: date, flags: ["\\Seen"] }] },
      { path: longMailbox, messages },
      {
        path: label,
        role: "label",
        messages: [{ bytes: shared.bytes, internalDate: date, flags: ["\\Seen"] }]
      },
      { path: scratch }
    ],
    facts: {
      long: { mailbox: longMailbox, messages: messages.length },
      known: {
        mailbox: ["INBOX"],
        messageId: known.messageId,
        internalDate: date,
        bytes: known.bytes,
        flags: new Set(flags),
        keywords: new Set(["$Forwarded"])
      },
      shared: { messageId: shared.messageId, mailboxes: [["INBOX"], ["Archive"], label] },
      scratch
    }
  }
}
