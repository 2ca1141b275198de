import { SystemLabel } from "../ProtonAccount.ts"
import { colleagues, friends, hutList, machines, owner } from "./Correspondents.ts"
import { letterOctets, messageIdFor, traceFields } from "./Letter.ts"
import { dateField, type HeaderField, mailboxAddress, mimeMessage, textPart } from "./MimeBuilder.ts"
import type { PeculiarMail, Peculiarity } from "./PeculiarMail.ts"
import { protonId } from "./ProtonId.ts"
import type { SampleLabels } from "./SampleLabels.ts"

const [sender] = colleagues
const secondsOf = (at: string): number => Date.parse(at) / 1000

interface Odd {
  readonly at: string
  /** Every field but the trace of servers, in order. */
  readonly fields: ReadonlyArray<HeaderField>
  readonly text: string
  readonly place?: string
  readonly messageId?: string
}

const odd = (peculiarity: Peculiarity, name: string, mail: Odd): PeculiarMail => {
  const time = secondsOf(mail.at)
  const trace = traceFields({ from: sender, to: [owner], time })
  return {
    peculiarity,
    key: `${peculiarity} ${name}`,
    labelIds: [mail.place ?? SystemLabel.inbox],
    time,
    ...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
    octets: () => mimeMessage([...trace, ...mail.fields, ["MIME-Version", "1.0"]], textPart(mail.text))
  }
}

const from: HeaderField = ["From", mailboxAddress(sender)]
const to: HeaderField = ["To", mailboxAddress(owner)]
const date = (at: string): HeaderField => ["Date", dateField(secondsOf(at), 120)]

const missing = (name: string, at: string, subject: string, text: string): PeculiarMail =>
  odd("missing-message-id", name, { at, fields: [from, to, ["Subject", subject], date(at)], text })

const withId = (peculiarity: Peculiarity, name: string, at: string, fields: ReadonlyArray<HeaderField>) => {
  const messageId = messageIdFor(`${peculiarity} ${name}`, sender)
  return odd(peculiarity, name, {
    at,
    fields: [...fields, ["Message-ID", `<${messageId}>`]],
    text: `${peculiarity}, ${name}.`,
    messageId
  })
}

const doubled = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => {
  const messageId = messageIdFor("doubled-message-id", owner)
  const time = secondsOf("2022-09-05T19:21:00Z")
  const letter = {
    from: owner,
    to: [{ name: hutList.name, address: hutList.address }],
    time,
    messageId,
    references: [messageIdFor("hut question", friends[0])]
  }
  const text = "I can take the third week of August.\r\n\r\nMira"
  const footer = `${text}\r\n\r\n-- \r\nhut-keepers: unsubscribe by carrier pigeon`
  return [
    {
      peculiarity: "doubled-message-id",
      key: "doubled-message-id as sent",
      labelIds: [SystemLabel.sent],
      time,
      messageId,
      octets: () => letterOctets({ ...letter, subject: "Re: Rota for August", part: textPart(text) })
    },
    {
      peculiarity: "doubled-message-id",
      key: "doubled-message-id from the list",
      labelIds: [labels.folder("lists")],
      time: time + 41,
      messageId,
      octets: () =>
        letterOctets({
          ...letter,
          subject: "[hut-keepers] Re: Rota for August",
          received: true,
          more: [["List-Id", hutList.id]],
          part: textPart(footer)
        })
    }
  ]
}

/** A printer that gives every mail it sends one and the same Message-ID. */
const shared: ReadonlyArray<PeculiarMail> = ["page 1", "page 2", "page 3"].map((name, index) => {
  const at = `2023-02-0${index + 1}T11:00:00Z`
  return odd("shared-message-id", name, {
    at,
    fields: [from, to, ["Subject", `Scan, ${name}`], date(at), ["Message-ID", "<scan@printer.local>"]],
    text: `This is ${name}.`,
    messageId: "scan@printer.local"
  })
})

const ids: ReadonlyArray<PeculiarMail> = [
  missing("first", "2016-11-11T11:11:11Z", "Test", "Hello?"),
  missing("second", "2016-11-11T11:11:12Z", "Test", "Hello, again?"),
  odd("odd-message-id", "empty", {
    at: "2017-02-03T04:05:06Z",
    fields: [
      from,
      to,
      ["Subject", "An empty Message-ID"],
      date("2017-02-03T04:05:06Z"),
      ["Message-ID", "<>"]
    ],
    text: "Nothing between the brackets."
  }),
  odd("odd-message-id", "folded", {
    at: "2017-02-04T04:05:06Z",
    fields: [
      from,
      to,
      ["Subject", "A Message-ID on a line of its own"],
      date("2017-02-04T04:05:06Z"),
      ["Message-Id", "\r\n <a very-long-left-hand-side!that.no-parser%likes+at=all@[192.0.2.7]>"]
    ],
    text: "With a space in it, too.",
    messageId: "a very-long-left-hand-side!that.no-parser%likes+at=all@[192.0.2.7]"
  }),
  withId("foreign-internal-id", "from an older move", "2019-07-07T07:07:07Z", [
    ["X-Pm-Internal-Id", protonId("an account long closed")],
    ["X-Pm-Gluon-Id", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"],
    from,
    to,
    ["Subject", "Moved once before, by another account's Bridge"],
    date("2019-07-07T07:07:07Z")
  ])
]

const dates: ReadonlyArray<PeculiarMail> = [
  withId("bad-date", "in words", "2018-02-02T02:02:02Z", [
    from,
    to,
    ["Subject", "When?"],
    ["Date", "yesterday, after lunch"]
  ]),
  withId("bad-date", "no such day", "2018-02-28T03:00:00Z", [
    from,
    to,
    ["Subject", "The thirtieth of February"],
    ["Date", "Fri, 30 Feb 2018 25:61:61 +9900"]
  ]),
  withId("missing-date", "none", "2018-03-03T03:03:03Z", [from, to, ["Subject", "No date at all"]]),
  withId("date-1969", "before the epoch", "2018-04-04T04:04:04Z", [
    from,
    to,
    ["Subject", "From a machine with a flat battery"],
    ["Date", "Wed, 31 Dec 1969 23:59:59 +0000"]
  ]),
  withId("date-2099", "ahead of its time", "2018-05-05T05:05:05Z", [
    from,
    to,
    ["Subject", "From the future"],
    ["Date", "Thu, 31 Dec 2099 23:59:59 -1200"]
  ])
]

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1")

const spellings: ReadonlyArray<PeculiarMail> = [
  withId("eight-bit-headers", "utf-8", "2020-03-03T03:03:03Z", [
    ["From", "Jörg Weißmüller <joerg.weissmueller@post.example>"],
    to,
    ["Subject", "Grüße aus Köln — schöne Tage 🎈"],
    date("2020-03-03T03:03:03Z")
  ]),
  withId("eight-bit-headers", "latin-1", "2020-03-04T03:03:03Z", [
    ["From", latin1("Fran\xe7ois B\xe9ranger <francois@beranger.example>")],
    to,
    ["Subject", latin1("R\xe9union d\xe9plac\xe9e")],
    date("2020-03-04T03:03:03Z")
  ]),
  withId("encoded-words", "q iso-8859-1", "2020-04-01T01:00:00Z", [
    ["From", "=?iso-8859-1?Q?Fran=E7ois_B=E9ranger?= <francois@beranger.example>"],
    to,
    ["Subject", "=?iso-8859-1?Q?R=E9union_d=E9plac=E9e_=28encore=29?="],
    date("2020-04-01T01:00:00Z")
  ]),
  withId("encoded-words", "iso-2022-jp, folded", "2020-04-02T01:00:00Z", [
    ["From", "=?ISO-2022-JP?B?GyRCOzNFRBsoQiAbJEIyVjtSGyhC?= <hanako@yamada.example>"],
    to,
    ["Subject", "=?ISO-2022-JP?B?GyRCRnxLXE45OVQbKEI=?=\r\n =?UTF-8?B?44Gu5LqI5a6a?= (2019)"],
    date("2020-04-02T01:00:00Z")
  ]),
  withId("encoded-words", "a character cut in two", "2020-04-03T01:00:00Z", [
    from,
    to,
    ["Subject", "=?UTF-8?B?w?= =?UTF-8?B?qQ==?= =?x-unknown?Q?what=20is=20this?="],
    date("2020-04-03T01:00:00Z")
  ]),
  withId("no-subject", "none", "2020-05-01T01:00:00Z", [from, to, date("2020-05-01T01:00:00Z")]),
  withId("no-from", "none", "2020-05-02T01:00:00Z", [
    to,
    ["Subject", "Nobody in particular"],
    date("2020-05-02T01:00:00Z")
  ]),
  withId("long-header", "references and recipients", "2020-06-01T01:00:00Z", [
    ["From", mailboxAddress(machines[0])],
    ["To", Array.from({ length: 200 }, (_, index) => `member${index}@choir.example`).join(",\r\n\t")],
    [
      "Subject",
      `${"A subject that was folded by a machine of another age, ".repeat(8)}end`.replaceAll(", ", ",\r\n\t")
    ],
    date("2020-06-01T01:00:00Z"),
    ["References", Array.from({ length: 150 }, (_, index) => `<${index}.thread@choir.example>`).join("\r\n ")]
  ])
]

/** Mail whose header breaks, or nearly breaks, a rule. */
export const awkwardHeaders = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => [
  ...doubled(labels),
  ...shared,
  ...ids,
  ...dates,
  ...spellings
]
