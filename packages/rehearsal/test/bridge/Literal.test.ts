import { assert, describe, it } from "@effect/vitest"
import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"

import { protonId, tinyMessage, type TinyMessage } from "./TinyAccount.ts"

const lines = (...text: ReadonlyArray<string>): string => text.join("\r\n")

const built = (message: Omit<TinyMessage, "name">): string =>
  buildLiteral(tinyMessage({ name: "one", ...message })).toString("utf8")

const plain = (...fields: ReadonlyArray<string>): string =>
  lines("From: a@example.com", ...fields, "", "Hi", "")

describe("the header Bridge builds", () => {
  it("keeps the order of what was there and adds Proton's own fields behind", () => {
    assert.strictEqual(
      built({
        raw: lines(
          "Received: from somewhere",
          "X-Pm-Spamscore: 0",
          "Subject: Hello",
          "Message-ID: <one@example.com>",
          "Date: Fri, 01 Mar 2024 10:00:00 +0100",
          "Content-Type: text/plain; charset=us-ascii",
          "Content-Transfer-Encoding: 7bit",
          "",
          "Hi",
          ""
        )
      }),
      lines(
        "Received: from somewhere",
        "X-Pm-Spamscore: 0",
        "Subject: Hello",
        "Message-ID: <one@example.com>",
        "Date: Fri, 01 Mar 2024 10:00:00 +0100",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        `X-Pm-Internal-Id: ${protonId("one")}`,
        "X-Pm-External-Id: <one@example.com>",
        "X-Pm-Date: Fri, 01 Mar 2024 10:00:00 +0000",
        `References: <${protonId("one")}@protonmail.internalid>`,
        "",
        "Hi",
        ""
      )
    )
  })

  it("replaces Proton's own fields that the sender wrote: nobody can forge an id", () => {
    const literal = built({ raw: plain("X-Pm-Internal-Id: forged==", "x-pm-date: yesterday") })
    assert.deepStrictEqual(literal.match(/^x-pm-(?:internal-id|date):.*$/gimu), [
      `X-Pm-Internal-Id: ${protonId("one")}`,
      "X-Pm-Date: Fri, 01 Mar 2024 10:00:00 +0000"
    ])
  })

  it("makes a Message-Id up only where there is none, from the external id or from Proton's", () => {
    assert.include(built({ raw: plain() }), "Message-Id: <one@example.com>\r\n")
    const { externalId: _, ...without } = tinyMessage({ name: "one", raw: plain() })
    const literal = buildLiteral(without).toString()
    assert.include(literal, `Message-Id: <${protonId("one")}@protonmail.internalid>\r\n`)
    assert.notInclude(literal, "X-Pm-External-Id")
    assert.notInclude(built({ raw: plain("MESSAGE-ID: <kept@example.com>") }), "Message-Id: <one")
  })

  it("appends its reference to those there are, once, one to a line", () => {
    const own = `<${protonId("one")}@protonmail.internalid>`
    assert.include(
      built({ raw: plain("References: <a@x>", " <b@x>", "Subject: s") }),
      `References: <a@x>\r\n <b@x>\r\n ${own}\r\nSubject: s`
    )
    const again = built({ raw: plain(`References: <a@x> ${own}`) })
    assert.strictEqual(again.split(own).length, 2)
  })

  it.each([
    ["no date at all", "sometime last spring"],
    ["a day that does not exist", "Fri, 31 Feb 2020 10:00:00 +0000"],
    ["before 1970", "Wed, 31 Dec 1969 23:59:59 +0000"]
  ])("replaces a Date that is %s by Proton's and keeps the words", (_, date) => {
    const literal = built({ raw: plain(`Date: ${date}`) })
    assert.include(literal, "\r\nDate: Fri, 01 Mar 2024 10:00:00 +0000\r\n")
    assert.include(literal, `\r\nX-Original-Date: ${date}\r\n`)
  })

  it("falls back to the birthday of RFC 822 where Proton has no time either", () => {
    assert.include(
      built({ time: 0, raw: plain("Date: never") }),
      "\r\nDate: Fri, 13 Aug 1982 00:00:00 +0000\r\n"
    )
  })

  it("does not replace an X-Original-Date that is there already", () => {
    const literal = built({ raw: plain("Date: never", "X-Original-Date: once") })
    assert.include(literal, "X-Original-Date: once")
    assert.notInclude(literal, "X-Original-Date: never")
  })

  it("drops mbox separators", () => {
    const literal = built({ raw: `From ann Fri Mar  1 10:00:00 2024\r\n${plain(">From old: x")}` })
    assert.notMatch(literal, /^>?From /mu)
    assert.include(literal, "From: a@example.com")
  })

  it("ends the last field of a message that is all header", () => {
    assert.match(
      built({ raw: "Subject: all there is" }),
      /^Subject: all there is\r\nContent-Type: .*\r\n\r\n$/su
    )
  })
})

describe("the body Bridge builds", () => {
  const typed = (type: string, body: string | Uint8Array, encoding = "8bit"): Buffer =>
    Buffer.concat([
      Buffer.from(
        lines(
          "From: a@example.com",
          `Content-Type: ${type}`,
          `Content-Transfer-Encoding: ${encoding}`,
          "",
          ""
        )
      ),
      Buffer.from(body)
    ])

  it("is quoted-printable UTF-8 where it is one valid text", () => {
    const literal = built({ raw: typed("text/html; charset=iso-8859-1", "Grüße =\r\nend ") })
    assert.include(literal, "Content-Type: text/html; charset=utf-8\r\n")
    assert.match(literal, /\r\n\r\nGr=C3=BC=C3=9Fe =3D\r\nend=20$/u)
  })

  it("keeps the charset where the text is not UTF-8", () => {
    const literal = built({
      raw: typed("text/plain; charset=iso-8859-1", Buffer.from("Gr\xfc\xdfe", "latin1"))
    })
    assert.include(literal, "Content-Type: text/plain; charset=iso-8859-1\r\n")
    assert.match(literal, /\r\n\r\nGr=FC=DFe$/u)
  })

  it("decodes what was base64, and has no line of more than 76 characters", () => {
    const text = "long ".repeat(100)
    const literal = built({ raw: typed("text/plain", Buffer.from(text).toString("base64"), "base64") })
    const body = literal.slice(literal.indexOf("\r\n\r\n") + 4)
    assert.isAtMost(Math.max(...body.split("\r\n").map((line) => line.length)), 76)
    assert.strictEqual(body.replaceAll("=\r\n", "").replaceAll("=20", " "), text)
  })

  const two = (type: string): string =>
    lines(
      "From: a@example.com",
      `Content-Type: multipart/${type}; boundary=x`,
      "",
      "a preamble",
      "--x",
      "Content-Type: text/plain",
      "",
      "first",
      "--x",
      'Content-Type: application/pdf; name="a.pdf"',
      'Content-Disposition: attachment; filename="a.pdf"',
      "Content-Transfer-Encoding: base64",
      "",
      "JVBERg==",
      "--x--",
      ""
    )

  it("has boundaries hashed from Proton's id, the same every time", () => {
    const once = built({ raw: two("mixed") })
    assert.match(once, /Content-Type: multipart\/mixed; boundary=[\da-f]{64}\r\n/u)
    assert.strictEqual(built({ raw: two("mixed") }), once)
    const other = buildLiteral(tinyMessage({ name: "two", raw: two("mixed") })).toString()
    const boundary = (text: string): string | undefined => /boundary=([\da-f]{64})/u.exec(text)?.[1]
    assert.notStrictEqual(boundary(other), boundary(once))
    assert.notInclude(once, "a preamble")
    assert.include(
      once,
      `--${boundary(once)}\r\nContent-Type: text/plain\r\n\r\nfirst\r\n--${boundary(once)}\r\n`
    )
    assert.isTrue(once.endsWith(`--${boundary(once)}--\r\n`))
  })

  it("has one and the same boundary in all signed mail", () => {
    const constant = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    const literal = built({ raw: two('signed; protocol="application/pgp-signature"') })
    assert.include(literal, `multipart/signed; boundary=${constant}; protocol="application/pgp-signature"`)
    assert.include(literal, `\r\n--${constant}--\r\n`)
  })

  it("has lost all alternatives but the last", () => {
    const literal = built({
      raw: lines(
        "From: a@example.com",
        "Content-Type: multipart/alternative; boundary=x",
        "",
        "--x",
        "Content-Type: text/plain",
        "",
        "plain",
        "--x",
        "Content-Type: text/html",
        "",
        "<p>rich</p>",
        "--x--",
        ""
      )
    })
    assert.include(literal, "Content-Type: text/html; charset=utf-8\r\n")
    assert.match(literal, /\r\n\r\n<p>rich<\/p>$/u)
  })

  it("stays sealed where the key is lost, and says so in the armor", () => {
    const literal = built({ trouble: "undecryptable-body", raw: typed("text/html", "secret") })
    assert.match(literal, /Content-Type: multipart\/mixed; boundary=[\da-f]{64}\r\n/u)
    assert.match(
      literal,
      /Content-Type: text\/html; charset=utf-8\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nVersion: .+\r\nComment: This message could not be decrypted: .+\r\n\r\n[\w+/=\r\n]+-----END PGP MESSAGE-----\r\n/u
    )
    assert.notInclude(literal, "secret")
  })

  it("is PGP/MIME where it was several parts and the key is lost", () => {
    const literal = built({ trouble: "undecryptable-body", raw: two("mixed") })
    assert.match(
      literal,
      /Content-Type: multipart\/encrypted; boundary=[\da-f]{64}; protocol="application\/pgp-encrypted"/u
    )
    assert.include(literal, "\r\n\r\nVersion: 1\r\n")
    assert.include(literal, 'filename="encrypted.asc"')
  })

  it("has a .pgp in place of an attachment whose key is lost", () => {
    const literal = built({ trouble: "undecryptable-attachment", raw: two("mixed") })
    assert.include(literal, "\r\n\r\nfirst\r\n")
    assert.include(literal, 'Content-Type: application/octet-stream; name="a.pdf.pgp"\r\n')
    assert.include(literal, 'Content-Disposition: attachment; filename="a.pdf.pgp"\r\n')
    assert.match(literal, /Comment: This attachment could not be decrypted: .+/u)
    assert.notInclude(literal, "JVBERg==")
  })
})
