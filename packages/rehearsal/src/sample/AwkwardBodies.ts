import { SystemLabel } from "../ProtonAccount.ts"
import { colleagues, friends, machines, owner } from "./Correspondents.ts"
import { letterOctets, messageIdFor } from "./Letter.ts"
import {
  attachmentPart,
  dateField,
  headerBlock,
  mailboxAddress,
  type MimePart,
  multipart,
  nestedMessagePart,
  rawPart,
  textPart
} from "./MimeBuilder.ts"
import type { PeculiarMail, Peculiarity } from "./PeculiarMail.ts"
import { protonId } from "./ProtonId.ts"
import type { SampleLabels } from "./SampleLabels.ts"

const [sender] = friends

const body = (
  peculiarity: Peculiarity,
  name: string,
  at: string,
  place: string,
  part: () => MimePart
): PeculiarMail => {
  const key = `${peculiarity} ${name}`
  const messageId = messageIdFor(key, sender)
  const time = Date.parse(at) / 1000
  const letter = {
    from: sender,
    to: [owner],
    subject: `The one with ${name}`,
    time,
    messageId,
    received: true
  }
  return {
    peculiarity,
    key,
    labelIds: [place],
    time,
    messageId,
    octets: () => letterOctets({ ...letter, part: part() })
  }
}

/** No empty line after the header, let alone a body. */
const headerOnly: PeculiarMail = {
  peculiarity: "header-only",
  key: "header-only",
  labelIds: [SystemLabel.inbox],
  time: Date.UTC(2021, 1, 2, 3, 4, 5) / 1000,
  messageId: messageIdFor("header-only", sender),
  octets: () =>
    headerBlock([
      ["From", mailboxAddress(sender)],
      ["To", mailboxAddress(owner)],
      ["Subject", "It is all in the header"],
      ["Date", dateField(Date.UTC(2021, 1, 2, 3, 4, 5) / 1000)],
      ["Message-ID", `<${messageIdFor("header-only", sender)}>`]
    ])
}

const picture = (): Uint8Array =>
  Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    Buffer.alloc(9000, Buffer.from(protonId("picture"), "base64url"))
  ])

const page = '<html><body><p>See the <b>plan</b>:</p><img src="cid:plan@holt.example"></body></html>'

const related = (): MimePart => {
  const inline = attachmentPart("plan.png", "image/png", picture(), "inline")
  return multipart("related", "=_related", [
    textPart(page, "html"),
    { ...inline, fields: [...inline.fields, ["Content-ID", "<plan@holt.example>"]] }
  ])
}

const fromLines = [
  "From the window one sees the lake.",
  ">From the door one does not.",
  "",
  "From mira.holt@proton.example Fri Mar  5 10:00:00 2021",
  "is how an mbox file would begin.",
  ".",
  "..and a line with a dot alone came before this one."
].join("\r\n")

/** What a server would do if it ever took this body for commands. */
const imapCommands = [
  "a1 LOGOUT",
  "a2 DELETE INBOX",
  "* BYE all your mail",
  "+ go ahead",
  "a3 OK [APPENDUID 1 1] done",
  "{5+}",
  "hello)",
  ""
].join("\r\n")

const invitation = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:-//Harbourlight//Calendar//EN",
  "METHOD:REQUEST",
  "BEGIN:VEVENT",
  "UID:5b1d2c1e-rota@harbourlight.example",
  "DTSTAMP:20230310T090000Z",
  "DTSTART:20230315T133000Z",
  "DTEND:20230315T143000Z",
  "SUMMARY:Budget\\, second round",
  "ORGANIZER;CN=Grace Liu:mailto:grace.liu@harbourlight.example",
  "END:VEVENT",
  "END:VCALENDAR",
  ""
].join("\r\n")

const nested = (depth: number): Uint8Array =>
  letterOctets({
    from: machines[depth % machines.length] ?? machines[0],
    to: [sender],
    subject: depth === 0 ? "The first notice" : `Fwd: notice ${depth}`,
    time: Date.UTC(2020, 5, 1 + depth) / 1000,
    messageId: messageIdFor(`nested ${depth}`, machines[0]),
    part:
      depth === 0
        ? textPart("At the bottom of it all.")
        : multipart("mixed", "=_again_the_same_boundary", [
            textPart(`Forwarded, ${depth}.`),
            nestedMessagePart(nested(depth - 1))
          ])
  })

const deep = (levels: number): MimePart =>
  levels === 0
    ? textPart("Here.")
    : multipart(levels % 2 === 0 ? "mixed" : "alternative", `=_level_${levels}`, [deep(levels - 1)])

const signature =
  "-----BEGIN PGP SIGNATURE-----\r\n\r\niHUEABYKAB0WIQ==\r\n=aBcD\r\n-----END PGP SIGNATURE-----\r\n"

const plain = "text/plain; charset=us-ascii"

const texts: ReadonlyArray<PeculiarMail> = [
  headerOnly,
  body("empty-body", "nothing in it", "2021-03-01T10:00:00Z", SystemLabel.inbox, () => rawPart(plain, "")),
  body("from-lines", "From at the start of lines", "2021-03-05T10:00:00Z", SystemLabel.archive, () =>
    rawPart(plain, `${fromLines}\r\n`)
  ),
  body("imap-commands", "commands for a server", "2021-03-06T10:00:00Z", SystemLabel.inbox, () =>
    rawPart(plain, imapCommands)
  ),
  body("long-lines", "one line of 50,000 characters", "2021-03-07T10:00:00Z", SystemLabel.archive, () =>
    rawPart(plain, `${"longer and longer ".repeat(2778).slice(0, 50_000)}\r\n`)
  ),
  body("no-final-line-end", "no end to its last line", "2021-03-08T10:00:00Z", SystemLabel.inbox, () =>
    rawPart(plain, "And then it just")
  ),
  body("eight-bit-body", "Latin-1 as it comes", "2021-03-09T10:00:00Z", SystemLabel.archive, () =>
    rawPart("text/plain; charset=iso-8859-1", Buffer.from("Gr\xfc\xdfe, 3 \xb5m\r\n", "latin1"), "8bit")
  ),
  body("eight-bit-body", "no charset that fits", "2021-03-10T10:00:00Z", SystemLabel.archive, () =>
    rawPart(plain, Uint8Array.from([0xff, 0xfe, 0x80, 0xc3, 0x28, 0x0d, 0x0a]), "8bit")
  )
]

const structures = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => [
  body("html-with-attachments", "a plan and two papers", "2023-03-01T10:00:00Z", labels.folder("work"), () =>
    multipart("mixed", "=_mixed", [
      related(),
      attachmentPart('offer; final "3".pdf', "application/pdf", Buffer.from("%PDF-1.7\n%âãÏÓ\n")),
      attachmentPart("Übersicht – Räume.csv", "text/csv", Buffer.from("Raum;m²\r\nKüche;14\r\n")),
      attachmentPart("empty.txt", "text/plain", new Uint8Array(0))
    ])
  ),
  body("calendar", "an invitation", "2023-03-10T09:00:00Z", labels.folder("harbourlight"), () =>
    multipart("mixed", "=_invite", [
      textPart("Grace Liu invites you."),
      rawPart("text/calendar; charset=utf-8; method=REQUEST", invitation, "8bit"),
      attachmentPart("invite.ics", "text/calendar", Buffer.from(invitation))
    ])
  ),
  body("nested-message", "a mail in a mail in a mail", "2023-04-01T09:00:00Z", SystemLabel.archive, () =>
    multipart("mixed", "=_outer", [textPart("See below."), nestedMessagePart(nested(3))])
  ),
  body("deep-nesting", "twenty levels", "2023-04-02T09:00:00Z", SystemLabel.archive, () => deep(20)),
  body("unclosed-multipart", "no closing boundary", "2023-04-03T09:00:00Z", SystemLabel.inbox, () => ({
    fields: [["Content-Type", 'multipart/mixed; boundary="=_open"']],
    body: Buffer.from(`--=_open\r\nContent-Type: text/plain\r\n\r\n${colleagues[0].name} hung up`)
  })),
  body("signed", "a signature", "2023-04-04T09:00:00Z", labels.folder("family"), () => {
    const signed = multipart("signed", "=_signed", [
      textPart("Signed, so that you know it was me."),
      rawPart('application/pgp-signature; name="OpenPGP_signature.asc"', signature)
    ])
    return {
      ...signed,
      fields: [
        [
          "Content-Type",
          'multipart/signed; micalg=pgp-sha512;\r\n protocol="application/pgp-signature";\r\n boundary="=_signed"'
        ]
      ]
    }
  })
]

/** Mail whose body or MIME structure is hard to carry unchanged. */
export const awkwardBodies = (labels: SampleLabels): ReadonlyArray<PeculiarMail> => [
  ...texts,
  ...structures(labels)
]
