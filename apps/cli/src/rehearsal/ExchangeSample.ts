import { createHash } from "node:crypto"

import { type ProtonAccount, type ProtonLabel, SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { friends, owner } from "@mailferry/rehearsal/sample/Correspondents.ts"
import { letterOctets, messageIdFor } from "@mailferry/rehearsal/sample/Letter.ts"
import {
  attachmentPart,
  type HeaderField,
  type MimePart,
  multipart,
  rawPart,
  textPart
} from "@mailferry/rehearsal/sample/MimeBuilder.ts"
import { protonMessage } from "@mailferry/rehearsal/sample/SampleMail.ts"

const [, from, other] = friends

/** Octets that no two files share and nothing compresses. */
const octetsOf = (name: string, size: number): Buffer => {
  const block = createHash("sha512").update(name).digest()
  return Buffer.alloc(size, block)
}

const page = (text: string): string => `<html><body><p>${text}</p></body></html>`

const twoForms = (boundary: string): MimePart =>
  multipart("alternative", boundary, [textPart("Plain words."), textPart(page("<b>Fine</b> words."), "html")])

const file = (name: string, size: number): MimePart =>
  attachmentPart(name, "application/octet-stream", octetsOf(name, size))

const signed = (): MimePart => {
  const { body } = multipart("signed", "=_both", [
    twoForms("=_forms"),
    rawPart('application/pgp-signature; name="signature.asc"', "-----BEGIN PGP SIGNATURE-----\r\n=aBcD\r\n")
  ])
  const type =
    'multipart/signed; micalg=pgp-sha256;\r\n protocol="application/pgp-signature"; boundary="=_both"'
  return { fields: [["Content-Type", type]], body }
}

const encrypted = (): MimePart => ({
  fields: [
    ["Content-Type", 'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'],
    ["Content-Disposition", 'attachment; filename="smime.p7m"'],
    ["Content-Transfer-Encoding", "base64"]
  ],
  body: attachmentPart("smime.p7m", "application/pkcs7-mime", octetsOf("sealed", 3000)).body
})

/** Outlook divides lists of categories at both signs, and IMAP keeps words that begin so for programs. */
const oddLabel: ProtonLabel = { id: "exchange odd label", kind: "label", path: ["$avings; later, maybe"] }

interface Extra {
  readonly name: string
  readonly place?: ReadonlyArray<string>
  /** Fields besides. */
  readonly more?: ReadonlyArray<HeaderField>
  readonly part: () => MimePart
}

/** One request does not hold them: by a POST of its own, in parts of a session, and both one after another. */
const large: ReadonlyArray<Extra> = [
  { name: "two megabytes", part: () => file("two.bin", 2_010_000) },
  { name: "three parts of a file", part: () => file("parts.bin", 6_560_000) },
  {
    name: "several large files",
    place: [SystemLabel.inbox, SystemLabel.sent],
    part: () =>
      multipart("mixed", "=_several", [
        textPart("Four files."),
        file("small.bin", 1000),
        file("medium.bin", 1_010_000),
        file("other.bin", 1_010_000),
        file("large.bin", 3_200_000)
      ])
  }
]

/** What Exchange takes apart, and what a mail reader sees in more than one way. */
const peculiar: ReadonlyArray<Extra> = [
  { name: "a signature over two forms", part: signed },
  { name: "a sealed letter", place: [SystemLabel.archive, SystemLabel.starred], part: encrypted },
  {
    name: "what Outlook packs",
    place: [SystemLabel.inbox, oddLabel.id],
    more: [
      ["Cc", "Zofia <zofia.l@poczta.example>, archive@post.example"],
      ["Reply-To", "Desk <desk@post.example>"],
      ["Importance", "High"]
    ],
    part: () =>
      multipart("mixed", "=_tnef", [
        textPart("See the file."),
        attachmentPart("winmail.dat", "application/ms-tnef", octetsOf("winmail", 4000))
      ])
  },
  {
    name: "a draft with a file",
    place: [SystemLabel.drafts],
    part: () => multipart("mixed", "=_draft", [textPart("Not yet."), file("plan.bin", 5000)])
  }
]

const letters = [...large, ...peculiar]

/** The account, with mail besides that goes its own way into Exchange. */
export const withExchangeMail = <Account extends ProtonAccount>(account: Account): Account => ({
  ...account,
  labels: [...account.labels, oddLabel],
  messages: [
    ...account.messages,
    ...letters.map(({ more = [], name, part, place = [SystemLabel.inbox] }, index) => {
      const time = Date.UTC(2026, 8, 1 + index, 9) / 1000
      const mine = place.includes(SystemLabel.sent) || place.includes(SystemLabel.drafts)
      const writer = mine ? owner : from
      const messageId = messageIdFor(name, writer)
      const letter = { from: writer, to: [place.includes(SystemLabel.inbox) ? owner : other] }
      const octets = () =>
        letterOctets({
          ...letter,
          subject: `With ${name}`,
          time,
          messageId,
          received: !mine,
          more,
          part: part()
        })
      return protonMessage(1, { key: `exchange ${name}`, labelIds: place, time, messageId, octets })
    })
  ]
})
