import { crlf, head, mail, type Torture, torture } from "./TortureMail.ts"

const mixed = (parts: ReadonlyArray<string>): Uint8Array =>
  mail(
    'Content-Type: multipart/mixed; boundary="m"',
    `--m\n\n${["hello", ...parts].join("\n--m\n")}\n--m--\n`
  )

const inner = crlf(`From: in@a.example
Subject: =?utf-8?Q?inner_=E2=82=AC?=
Content-Type: multipart/mixed; boundary="i"

--i

trailing blanks  
--i
Content-Transfer-Encoding: base64

AAEC
--i--
`)

const nested = (levels: number): Uint8Array => {
  const opened = Array.from(
    { length: levels },
    (_, level) => `Content-Type: multipart/mixed; boundary="n${level}"\r\n\r\n--n${level}\r\n`
  )
  const closed = Array.from({ length: levels }, (_, level) => `\r\n--n${levels - 1 - level}--`)
  return Buffer.from(`${head("Subject: deep")}\r\n${opened.join("")}\r\nbottom${closed.join("")}\r\n`)
}

const file = (fields: string, body: string): string => `${fields}\n\n${body}`

const files: ReadonlyArray<Torture> = [
  torture(
    "a 7-bit attachment keeps its line ends",
    () => mixed([file("Content-Type: text/csv; name=a.csv", "a;b\nc;d\n")]),
    { text: "hello", files: [{ name: "a.csv", octets: "a;b\r\nc;d\r\n" }] }
  ),
  torture(
    "an 8-bit attachment keeps its octets",
    () => mixed([file("Content-Disposition: attachment; filename=o.bin", "\u00ff\u0000\u20ac")]),
    { files: [{ name: "o.bin", octets: Buffer.from("\u00ff\u0000\u20ac").toString("latin1") }] }
  ),
  torture(
    "a quoted-printable attachment",
    () =>
      mixed([
        file(
          "Content-Type: application/x-q; name=q\nContent-Transfer-Encoding: quoted-printable",
          "a=3D=\nb=20\n=C3=BC"
        )
      ]),
    { files: [{ name: "q", octets: "a=b \r\n\u00c3\u00bc" }] }
  ),
  torture(
    "a calendar part in Latin-1 keeps its octets",
    () =>
      Buffer.from(
        crlf(
          `${head('Content-Type: multipart/mixed; boundary="m"')}\n\n--m\n\nhello\n--m\nContent-Type: text/calendar; charset=iso-8859-1; method=REQUEST\n\nBEGIN:VCALENDAR\nSUMMARY:f\u00fcr\nEND:VCALENDAR\n\n--m--\n`
        ),
        "latin1"
      ),
    { files: [{ name: "invite.ics", octets: "BEGIN:VCALENDAR\r\nSUMMARY:f\u00fcr\r\nEND:VCALENDAR\r\n" }] },
    ["invitation-attached"]
  ),
  torture("a message in the message, inline", () => mixed([`Content-Type: message/rfc822\n\n${inner}`]), {
    text: "hello",
    files: [{ name: "inner €.eml", octets: inner }]
  }),
  torture(
    "a digest of messages without types",
    () => mail('Content-Type: multipart/digest; boundary="d"', `--d\n\n${inner}\n--d--`),
    { files: [{ name: "inner €.eml", octets: inner }] }
  ),
  torture(
    "a delivery report",
    () =>
      mail(
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
        `--r\n\nIt failed.\n--r\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n\n--r\nContent-Type: message/rfc822\n\n${inner}\n--r--`
      ),
    {
      text: "It failed.",
      files: [
        { name: "details.txt", octets: "Status: 5.1.1\r\n" },
        { name: "inner €.eml", octets: inner }
      ]
    }
  ),
  torture(
    "a name by RFC 2231, in pieces and cut within a character",
    () =>
      mixed([
        file(
          "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''%E2%82;\n filename*1*=%AC%20; filename*2=\"a;b.pdf\"",
          "%PDF"
        )
      ]),
    { files: [{ name: "€ a;b.pdf", octets: "%PDF" }] }
  ),
  torture(
    "a name with an encoded word and a parenthesis",
    () =>
      mixed([
        file('Content-Disposition: attachment; filename="=?utf-8?Q?=C3=BCber?=(1).txt"', "x"),
        file("Content-Disposition: attachment; filename=offer(1).txt", "y")
      ]),
    {
      files: [
        { name: "über(1).txt", octets: "x" },
        { name: "offer(1).txt", octets: "y" }
      ]
    }
  ),
  torture(
    "an 8-bit name",
    () => mixed([file('Content-Disposition: attachment; filename="Übersicht.csv"', "x")]),
    { files: [{ name: "Übersicht.csv", octets: "x" }] }
  ),
  torture(
    "base64 padded in each line, with rubbish between",
    () =>
      mixed([
        file(
          "Content-Disposition: attachment; filename=b\nContent-Transfer-Encoding: base64",
          "YQ==\nYg==\n*!*\nYw"
        )
      ]),
    { files: [{ name: "b", octets: "abc" }] },
    ["part-damaged"]
  ),
  torture(
    "broken quoted-printable",
    () =>
      mail(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
        "a=XY =C3=BC=\nb ="
      ),
    { text: "a=XY üb" },
    ["part-damaged"]
  ),
  torture(
    "TNEF",
    () => mixed([file("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64", "eJ8+Ig==")]),
    { files: [{ name: "winmail.dat", octets: 'x\u009f>"' }] }
  ),
  torture(
    "an encoding nobody knows",
    () =>
      mixed([
        file(
          "Content-Disposition: attachment; filename=u\nContent-Transfer-Encoding: x-uuencode",
          "begin 644 u\nend"
        )
      ]),
    { files: [{ name: "u", octets: "begin 644 u\r\nend" }] },
    ["part-damaged"]
  )
]

const structures: ReadonlyArray<Torture> = [
  torture(
    "alternatives, related pictures, and a file",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="x"',
        `--x
Content-Type: multipart/alternative; boundary="y"

--y

plain
--y
Content-Type: multipart/related; boundary="z"

--z
Content-Type: text/html

<img src="cid:p@a">
--z
Content-Type: image/png; name=p.png
Content-ID: <p@a>
Content-Transfer-Encoding: base64

iVBO
--z--
--y--
--x
Content-Disposition: attachment; filename=f

F
--x--`
      ),
    {
      html: '<img src="cid:p@a">',
      files: [
        { name: "p.png", octets: "\u0089PN" },
        { name: "f", octets: "F" }
      ]
    },
    ["text-alternative"]
  ),
  torture("500 parts within each other", () => nested(500), { text: "bottom" }),
  torture(
    "an inner multipart that is never closed",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="o"',
        '--o\nContent-Type: multipart/mixed; boundary="oo"\n\n--oo\n\nfirst\n--o\nContent-Disposition: attachment; filename=f\n\nF\n--o--'
      ),
    { text: "first", files: [{ name: "f", octets: "F" }] }
  ),
  torture(
    "a boundary that begins another",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="ab"',
        '--ab\nContent-Type: multipart/mixed; boundary="a"\n\n--a\n\none\n--a--\n--ab\nContent-Disposition: attachment; filename=f\n\nF\n--ab--'
      ),
    { text: "one", files: [{ name: "f", octets: "F" }] }
  ),
  torture("a multipart without its boundary", () => mail("Content-Type: multipart/mixed", "still here"), {
    text: "still here"
  }),
  torture(
    "a part without a header line, and one without an empty line",
    () =>
      mail(
        'Content-Type: multipart/mixed; boundary="e"',
        "--e\n\ntext\n--e\nContent-Type: application/x; name=x\n--e\n\nmore\n--e--"
      ),
    { text: "text\nmore", files: [{ name: "x", octets: "" }] }
  ),
  torture(
    "multipart/signed keeps the signature",
    () =>
      mail(
        'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="s"',
        "--s\n\nsigned\n--s\nContent-Type: application/pgp-signature\n\nSIG\n\n--s--"
      ),
    { text: "signed", files: [{ name: "signature.asc", octets: "SIG\r\n" }] },
    ["signature"]
  ),
  torture(
    "application/pkcs7-mime",
    () =>
      mail(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64",
        "MIID"
      ),
    { files: [{ name: "smime.p7m", octets: "0\u0082\u0003" }] },
    ["encryption"]
  ),
  torture(
    "PGP/MIME, encrypted",
    () =>
      mail(
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="p"',
        "--p\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--p\nContent-Type: application/octet-stream; name=encrypted.asc\n\nPGP\n\n--p--"
      ),
    {
      files: [
        { name: "version.asc", octets: "Version: 1\r\n" },
        { name: "encrypted.asc", octets: "PGP\r\n" }
      ]
    },
    ["encryption"]
  )
]

/** Files and structures that parsers get wrong. */
export const torturousParts: ReadonlyArray<Torture> = [...files, ...structures]
