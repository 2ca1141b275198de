import type { Recipient, StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"

import type { ExchangeMail } from "./ExchangeMail.ts"
import type { MessageFacts } from "./MessageFacts.ts"
import { visibleText } from "./VisibleText.ts"

/** What is compared: a message, what its octets say, and an item of the mailbox that stands for it. */
export interface Pair {
  readonly mail: ExchangeMail
  readonly facts: MessageFacts
  readonly stored: StoredMessage
}

/** One thing that a message has. */
export interface Property {
  readonly what: string
  /** Kinds of loss that account for a difference. */
  readonly excuses: ReadonlyArray<string>
  /** What accounts for every difference, since Exchange is made so. */
  readonly always?: string
  /** Messages that have none of it are left out of its row. */
  readonly concerns?: (pair: Pair) => boolean
  /** What differs, for people and without text of the message; undefined where nothing does. */
  readonly difference: (pair: Pair) => string | undefined
}

const unlike = (is: unknown, should: unknown): string | undefined =>
  is === should ? undefined : `${String(is)} instead of ${String(should)}`

const day = (at: number): string => new Date(at).toISOString()

const dateUnlike = (is: number, should: number): string | undefined =>
  is === should ? undefined : `${day(is)} instead of ${day(should)}`

const other = (differs: boolean, words: string): string | undefined => (differs ? words : undefined)

const addressesOf = (recipients: ReadonlyArray<Recipient>): string =>
  recipients.map(({ emailAddress }) => emailAddress.address ?? "").join(" ")

const sorted = (names: Iterable<string>): string => [...names].toSorted().join(", ")

/** A multiset less another. */
const without = (all: ReadonlyArray<string>, some: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = [...some]
  return all.filter((each) => {
    const at = left.indexOf(each)
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
}

const filesOf = ({ stored }: Pair): ReadonlyArray<string> =>
  stored.attachments.map(({ octets }) => octets.sha256)

const hasOriginal = (pair: Pair): boolean => filesOf(pair).includes(pair.facts.sha256)

const received: ReadonlyArray<Property> = [
  {
    what: "real mail, and drafts drafts",
    excuses: [],
    difference: ({ mail, stored }) => unlike(stored.isDraft, mail.isDraft)
  },
  {
    what: "received date (INTERNALDATE)",
    excuses: ["date-not-kept", "date-clamped", "draft-date"],
    difference: ({ mail, stored }) =>
      mail.received === undefined ? undefined : dateUnlike(stored.received, mail.received)
  },
  {
    what: "sent date (Date)",
    excuses: ["date-clamped", "sent-date-missing"],
    difference: ({ facts, stored }) =>
      facts.sent === undefined ? "there was none" : dateUnlike(stored.sent, facts.sent)
  },
  {
    what: "read or unread",
    excuses: ["flag-not-kept"],
    difference: ({ mail, stored }) => unlike(stored.isRead, mail.isRead)
  },
  {
    what: "star as flag",
    excuses: ["flag-not-kept"],
    difference: ({ mail, stored }) => unlike(stored.parts.flag["flagStatus"] === "flagged", mail.isFlagged)
  },
  {
    what: "labels as categories",
    excuses: ["label-refused"],
    concerns: ({ mail }) => mail.categories.length > 0,
    difference: ({ mail, stored }) => unlike(sorted(stored.categories), sorted(mail.categories))
  },
  {
    what: "answered, forwarded",
    excuses: ["flag-not-kept"],
    concerns: ({ mail }) => mail.isAnswered || mail.isForwarded,
    difference: ({ mail, stored }) => {
      // PidTagLastVerbExecuted and PidTagIconIndex: one tells of the answer and one of the forwarding where both were.
      const verb = stored.properties.get("Integer 0x1081")
      const icon = stored.properties.get("Integer 0x1080")
      const isShown = (mark: readonly [string, string]) => verb === mark[0] || icon === mark[1]
      const shown = [isShown(["102", "261"]), isShown(["104", "262"])].join()
      return other(shown !== [mail.isAnswered, mail.isForwarded].join(), "other marks")
    }
  }
]

const headers: ReadonlyArray<Property> = [
  {
    what: "From",
    excuses: ["sender-missing", "address-dropped"],
    difference: ({ facts, stored }) =>
      unlike(stored.parts.from?.emailAddress.address ?? "", facts.from[0] ?? "none")
  },
  {
    what: "To, Cc and Bcc",
    excuses: ["address-dropped", "recipients-cut"],
    difference: ({ facts, stored: { parts } }) =>
      other(
        addressesOf(parts.toRecipients) !== facts.to.join(" ") ||
          addressesOf(parts.ccRecipients) !== facts.cc.join(" ") ||
          addressesOf(parts.bccRecipients) !== facts.bcc.join(" "),
        "other recipients"
      )
  },
  {
    what: "Reply-To",
    excuses: ["reply-to"],
    concerns: ({ facts }) => facts.replyTo.length > 0,
    difference: ({ facts, stored }) =>
      other(addressesOf(stored.parts.replyTo) !== facts.replyTo.join(" "), "another")
  },
  {
    what: "importance",
    excuses: [],
    concerns: ({ facts }) => facts.importance !== "",
    difference: ({ facts, stored }) => unlike(stored.parts.importance, facts.importance)
  },
  {
    what: "Subject",
    excuses: ["charset-guessed", "control-characters", "subject-cut"],
    difference: ({ facts, stored }) =>
      other(
        stored.subject.replaceAll(/\s+/gu, "") !== facts.subject.replaceAll(/\s+/gu, ""),
        "another subject"
      )
  },
  {
    what: "Message-ID",
    excuses: ["message-id"],
    concerns: ({ facts }) => facts.messageId !== undefined,
    difference: ({ facts, stored }) =>
      other(stored.internetMessageId !== facts.messageId, "another Message-ID")
  },
  {
    what: "In-Reply-To and References",
    excuses: [],
    concerns: ({ facts }) => facts.inReplyTo !== "" || facts.references !== "",
    difference: ({ facts, stored: { parts } }) =>
      other(
        (parts.inReplyTo ?? "") !== facts.inReplyTo || (parts.references ?? "") !== facts.references,
        "another conversation"
      )
  },
  {
    what: "whole header, as internet headers",
    excuses: ["control-characters", "headers-cut", "internet-headers"],
    // A draft was never sent, and so has none.
    concerns: ({ mail }) => !mail.isDraft,
    difference: ({ facts, stored }) =>
      other((stored.parts.transportHeaders ?? "") !== facts.header, "another header")
  }
]

const bodies: ReadonlyArray<Property> = [
  {
    what: "text",
    excuses: ["body-attached", "charset-guessed", "control-characters", "part-damaged"],
    difference: ({ facts, stored }) => {
      const { content, contentType } = stored.parts.body
      const is = visibleText({ isHtml: contentType === "html", text: content })
      return other(is !== facts.texts.map(visibleText).join(""), "another text")
    }
  },
  {
    what: "  in the characters it was written in",
    excuses: ["charset-guessed"],
    concerns: ({ facts }) => facts.texts.length > 0,
    difference: ({ facts }) => other(!facts.texts.every(({ isCertain }) => isCertain), "some are guessed")
  },
  {
    what: "HTML as HTML",
    excuses: ["body-attached"],
    concerns: ({ facts }) => facts.texts.some(({ isHtml }) => isHtml),
    difference: ({ stored }) => unlike(stored.parts.body.contentType, "html")
  },
  {
    what: "files, each octet (SHA-256)",
    excuses: ["part-damaged"],
    concerns: ({ facts }) => facts.files.length > 0,
    difference: (pair) => {
      const lost = without(pair.facts.files, filesOf(pair))
      return other(lost.length > 0, `${lost.length} of ${pair.facts.files.length} files missing or different`)
    }
  },
  {
    what: "no file more than there was",
    excuses: ["body-attached"],
    difference: (pair) => {
      const more = without(filesOf(pair), [...pair.facts.files, pair.facts.sha256])
      return other(more.length > 0, `${more.length} more`)
    }
  },
  {
    what: "the text's other form (text beside HTML)",
    excuses: ["text-alternative"],
    concerns: ({ facts }) => facts.hasOtherForm,
    difference: () => "one is stored"
  },
  {
    what: "invitations as invitations",
    excuses: ["invitation-attached"],
    concerns: ({ facts }) => facts.isInvitation,
    difference: () => "a file is there"
  },
  {
    what: "signature, encryption",
    excuses: ["encryption", "signature"],
    concerns: ({ facts }) => facts.sealed !== undefined,
    difference: () => "parts were written anew"
  },
  {
    what: "  the original of these as a file",
    excuses: [],
    concerns: ({ facts }) => facts.sealed !== undefined,
    difference: (pair) => other(!hasOriginal(pair), "no file with its octets")
  },
  {
    what: "octets of the whole message",
    excuses: [],
    always: "mime-rebuilt",
    difference: (pair) => other(!hasOriginal(pair), "written anew")
  }
]

/** Everything that Exchange could keep of a message, but for the place where it stands. */
export const exchangeProperties: ReadonlyArray<Property> = [...received, ...headers, ...bodies]
