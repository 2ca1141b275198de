import { type ProtonMessage, SystemLabel } from "../ProtonAccount.ts"
import { colleagues, type Correspondent, friends, machines, owner, ownerAtHome } from "./Correspondents.ts"
import { letterOctets, messageIdFor } from "./Letter.ts"
import { attachmentPart, mimeMessage, multipart, textPart } from "./MimeBuilder.ts"
import type { PeculiarMail, Peculiarity } from "./PeculiarMail.ts"
import { folderKeys, labelKeys, type SampleLabels } from "./SampleLabels.ts"

const [tomas, ines] = friends
const [bank, , shop] = machines

interface Note {
  readonly from?: Correspondent
  readonly to?: Correspondent
  readonly subject: string
  readonly text: string
  /** `2021-03-04T05:06:07Z`. */
  readonly at: string
  readonly labelIds: ReadonlyArray<string>
  readonly unread?: boolean
  readonly answered?: boolean
  readonly forwarded?: boolean
  readonly address?: string
  readonly trouble?: ProtonMessage["trouble"]
}

/** A short plain mail that is peculiar only in where it lies, or in what Proton says of it. */
const note = (
  peculiarity: Peculiarity,
  name: string,
  { from = tomas, to = owner, ...rest }: Note
): PeculiarMail => {
  const { subject, text, at, ...state } = rest
  const key = `${peculiarity} ${name}`
  const time = Date.parse(at) / 1000
  const messageId = messageIdFor(key, from)
  const received = from.address !== owner.address
  const letter = { from, to: [to], subject, time, messageId, received, part: textPart(text) }
  return { ...state, peculiarity, key, time, messageId, octets: () => letterOctets(letter) }
}

const twin = (copy: number): PeculiarMail => ({
  ...note("byte-identical", "imported twice", {
    subject: "Imported twice by an eager assistant",
    text: "The same octets, two messages.",
    at: "2016-12-24T18:00:00Z",
    labelIds: [SystemLabel.archive]
  }),
  key: `byte-identical ${copy}`
})

const views = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => [
  note("self-sent", "note", {
    from: owner,
    subject: "Note to self: passport number",
    text: "It is in the blue drawer.",
    at: "2020-02-29T22:15:00Z",
    labelIds: [SystemLabel.inbox, SystemLabel.sent]
  }),
  note("self-sent", "labelled", {
    from: owner,
    subject: "Draft of the letter to the tax office",
    text: "Sent from one machine to the other.",
    at: "2024-05-30T08:00:01Z",
    labelIds: [SystemLabel.inbox, SystemLabel.sent, labels.label("taxes"), SystemLabel.starred]
  }),
  note("snoozed", "bare", {
    subject: "Decide about the cabin",
    text: "Snoozed until spring.",
    at: "2026-09-12T07:30:00Z",
    labelIds: []
  }),
  note("snoozed", "labelled", {
    from: ines,
    subject: "Choir on the second Sunday",
    text: "Are you in?",
    at: "2026-10-02T16:20:00Z",
    labelIds: [labels.label("urgent")],
    unread: true
  }),
  note("many-labels", "four", {
    from: colleagues[0],
    subject: "Nordwind: signed at last",
    text: "Keep this one findable.",
    at: "2023-11-17T13:05:59Z",
    labelIds: [
      labels.folder("nordwind"),
      SystemLabel.starred,
      ...(["urgent", "nordwind", "taxes", "receipts"] as const).map(labels.label)
    ],
    answered: true
  }),
  ...[...labelKeys.filter((key) => key !== "unused").entries()].map(([index, key]) =>
    note("many-labels", key, {
      from: bank,
      subject: `Statement no. ${index + 1}`,
      text: "Your statement is attached to your account.",
      at: `2022-0${(index % 9) + 1}-28T23:59:59Z`,
      labelIds: [labels.folder("bank"), labels.label(key)]
    })
  ),
  ...[...folderKeys.filter((key) => key !== "empty").entries()].map(([index, key]) =>
    note("filed-in-every-folder", key, {
      from: ines,
      subject: `Box no. ${index + 1} from the attic`,
      text: "Found your old letters, scanned one a day.",
      at: `2018-10-${String(index + 1).padStart(2, "0")}T09:00:00Z`,
      labelIds: [labels.folder(key)]
    })
  ),
  twin(1),
  twin(2)
]

const states: ReadonlyArray<PeculiarMail> = [
  note("starred", "archive", {
    from: ines,
    subject: "The poem you asked for",
    text: "Copied by hand, then typed.",
    at: "2019-03-31T01:30:00Z",
    labelIds: [SystemLabel.archive, SystemLabel.starred]
  }),
  note("starred", "trash", {
    from: shop,
    subject: "Tea for half the price",
    text: "Starred, then thrown away.",
    at: "2025-06-06T06:06:06Z",
    labelIds: [SystemLabel.trash, SystemLabel.starred]
  }),
  note("trashed", "old", {
    from: bank,
    subject: "Your card has expired",
    text: "Replaced long ago.",
    at: "2017-08-08T08:08:08Z",
    labelIds: [SystemLabel.trash],
    unread: true
  }),
  note("answered-and-forwarded", "both", {
    from: colleagues[2],
    subject: "Terms for the spring",
    text: "Pass it on to Marta when you have answered.",
    at: "2022-04-01T10:00:00Z",
    labelIds: [SystemLabel.archive],
    answered: true,
    forwarded: true
  }),
  note("answered-and-forwarded", "forwarded only", {
    from: colleagues[1],
    subject: "Plan of the harbour",
    text: "For whoever needs it.",
    at: "2022-04-02T10:00:00Z",
    labelIds: [SystemLabel.inbox],
    forwarded: true
  }),
  note("second-address", "home", {
    from: ines,
    to: ownerAtHome,
    subject: "For your own address",
    text: "I never trust the other one.",
    at: "2021-01-01T00:00:00Z",
    labelIds: [SystemLabel.inbox],
    address: ownerAtHome.address
  }),
  note("second-address", "sent", {
    from: ownerAtHome,
    to: ines,
    subject: "Re: For your own address",
    text: "Both work.",
    at: "2021-01-01T09:12:00Z",
    labelIds: [SystemLabel.sent],
    address: ownerAtHome.address
  }),
  note("scheduled", "new year", {
    from: owner,
    to: ines,
    subject: "Happy new year!",
    text: "Written in October, to be on the safe side.",
    at: "2026-11-02T07:00:00Z",
    labelIds: [SystemLabel.scheduled]
  }),
  note("draft", "begun", {
    from: owner,
    to: tomas,
    subject: "About the summer",
    text: "I have been thinking, and",
    at: "2026-10-30T21:44:00Z",
    labelIds: [SystemLabel.drafts]
  }),
  {
    peculiarity: "draft",
    key: "draft to nobody",
    labelIds: [SystemLabel.drafts],
    time: Date.parse("2026-10-31T06:00:00Z") / 1000,
    octets: () =>
      mimeMessage(
        [
          ["From", owner.address],
          ["Subject", ""]
        ],
        textPart("")
      )
  },
  note("no-time", "zero", {
    subject: "Proton has no time for this one",
    text: "Left over from a very old import.",
    at: "1970-01-01T00:00:00Z",
    labelIds: [SystemLabel.archive]
  })
]

const troubles: ReadonlyArray<PeculiarMail> = [
  note("skipped", "unbuildable", {
    subject: "Nobody will ever see this in Bridge",
    text: "Its MIME type is one that Bridge refuses to build.",
    at: "2018-05-05T05:05:05Z",
    labelIds: [SystemLabel.inbox],
    trouble: "skipped"
  }),
  note("undecryptable-body", "lost key", {
    subject: "From before the password was reset",
    text: "Only the old key opens this.",
    at: "2017-01-15T12:00:00Z",
    labelIds: [SystemLabel.inbox],
    trouble: "undecryptable-body"
  }),
  {
    ...note("undecryptable-attachment", "lost key", {
      subject: "Deeds of the house",
      text: "",
      at: "2017-01-16T12:00:00Z",
      labelIds: [SystemLabel.archive],
      trouble: "undecryptable-attachment"
    }),
    octets: () =>
      letterOctets({
        from: tomas,
        to: [owner],
        subject: "Deeds of the house",
        time: Date.parse("2017-01-16T12:00:00Z") / 1000,
        messageId: messageIdFor("undecryptable-attachment lost key", tomas),
        received: true,
        part: multipart("mixed", "=_deeds", [
          textPart("The text opens, the attachment does not."),
          attachmentPart("deeds.pdf", "application/pdf", Buffer.from("%PDF-1.4\nsealed"))
        ])
      })
  }
]

/** Mail that is peculiar in where it lies, in its flags, or in what Bridge can make of it. */
export const awkwardPlacements = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => [
  ...views(labels),
  ...states,
  ...troubles
]
