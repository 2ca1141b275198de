import * as DateTime from "effect/DateTime"
import { describe, expect, it } from "vitest"

import { violations } from "./GraphContract.ts"
import { built, everyday, letter, property, reading } from "./Letters.ts"

const html = (content: string, more: ReadonlyArray<string> = []) =>
  letter([...everyday, "Content-Type: text/html", ...more], content)

const parts = (type: string, each: ReadonlyArray<string>): Uint8Array =>
  letter(
    [...everyday, `Content-Type: multipart/${type}; boundary="b"`],
    [...each.map((part) => `--b\r\n${part}\r\n`), "--b--\r\n"].join("")
  )

describe("a message that was received", () => {
  it("is made with its flags and both dates, as strings, and with its key", () => {
    const { request } = built(letter(everyday), { flags: new Set(["\\Seen"]) })
    expect(request.singleValueExtendedProperties).toEqual([
      { id: "Integer 0x0E07", value: "1" },
      { id: "SystemTime 0x0E06", value: "2020-02-29T12:00:05Z" },
      { id: "SystemTime 0x0039", value: "2020-02-29T12:00:00Z" },
      { id: "String 0x007D", value: `${everyday.join("\r\n")}\r\n` },
      {
        id: "String {8a0d4a24-bd65-4275-b58e-6f57182c02e2} Name MigrationKey",
        value: "ab".repeat(32)
      }
    ])
    expect(request.isRead).toBe(true)
  })

  it("is unread, and no draft, when it was not read", () => {
    const { request } = built(letter(everyday))
    expect(property(request, "Integer 0x0E07")).toBe("0")
    expect(request.isRead).toBe(false)
  })

  it("keeps its Message-ID, its thread and its star", () => {
    const lines = [...everyday, "In-Reply-To: <p@a.example>", "References: <r@a.example>\r\n <p@a.example>"]
    const { request } = built(letter(lines), { flags: new Set(["\\Flagged"]) })
    expect(request.internetMessageId).toBe("<1@a.example>")
    expect(property(request, "String 0x1042")).toBe("<p@a.example>")
    expect(property(request, "String 0x1039")).toBe("<r@a.example> <p@a.example>")
    expect(request.flag).toEqual({ flagStatus: "flagged" })
  })

  it("keeps the first and the last of a thread of thousands", () => {
    const ids = Array.from({ length: 2000 }, (_, index) => `<${index}@a.example>`)
    const { request } = built(letter([...everyday, `References: ${ids.join("\r\n ")}`]))
    const references = property(request, "String 0x1039") ?? ""
    expect(references.length).toBeLessThanOrEqual(8000)
    expect(references).toMatch(/^<0@a\.example> <\d+@a\.example> .*<1999@a\.example>$/u)
  })

  it.each([
    { flags: ["\\Answered"] as const, keywords: [], verb: "102", icon: "261", losses: [] },
    { flags: [] as const, keywords: ["$Forwarded"], verb: "104", icon: "262", losses: [] },
    {
      flags: ["\\Answered"] as const,
      keywords: ["$Forwarded"],
      verb: "102",
      icon: "262",
      losses: []
    }
  ])("shows as answered or forwarded: $flags $keywords", ({ flags, icon, keywords, losses, verb }) => {
    const message = built(letter(everyday), { flags: new Set(flags), keywords: new Set(keywords) })
    expect(property(message.request, "Integer 0x1081")).toBe(verb)
    expect(property(message.request, "Integer 0x1080")).toBe(icon)
    expect(message.losses.map(({ kind }) => kind)).toEqual(losses)
  })

  it.each([
    ["X-Priority: 1 (Highest)", "high"],
    ["Importance: high", "high"],
    ["X-Priority: 5", "low"],
    ["Priority: non-urgent", "low"],
    ["X-Priority: 3\r\nImportance: High", "high"],
    ["X-Priority: whatever", "normal"]
  ])("is as important as %j says", (line, importance) => {
    expect(built(letter([...everyday, line])).request.importance).toBe(importance)
  })

  it("names what Proton calls it in a header of its own, and no other", () => {
    const { request } = built(letter(["X-Pm-Internal-Id: abc==", "X-Mailer: M", ...everyday]))
    expect(request.internetMessageHeaders).toEqual([{ name: "x-pm-internal-id", value: "abc==" }])
  })

  it.each(["<>", "no brackets", "<a b@c>", `<${"x".repeat(2000)}@y>`])(
    "goes without a Message-ID that is none, and says so: %.20s",
    (id) => {
      const lines = everyday.map((line) => (line.startsWith("Message-ID") ? `Message-ID: ${id}` : line))
      const { losses, request } = built(letter(lines))
      expect(request.internetMessageId).toBeUndefined()
      expect(losses.map(({ kind }) => kind)).toEqual(["message-id"])
    }
  )

  it("bears its labels as categories, each once", () => {
    const { request } = built(letter(everyday), { categories: ["Work", "a,b;c", "work", " "] })
    expect(request.categories).toEqual(["Work", "a_b_c"])
  })
})

describe("dates", () => {
  const dated = (date: string) => letter(everyday.map((line) => (line.startsWith("Date") ? date : line)))

  it.each(["Date: yesterday, after lunch", "X-No-Date: 1"])(
    "of sending that nobody can read are those of arrival, and told: %s",
    (line) => {
      const { losses, request } = built(dated(line))
      expect(property(request, "SystemTime 0x0039")).toBe("2020-02-29T12:00:05Z")
      expect(losses.map(({ kind }) => kind)).toEqual(["sent-date-missing"])
    }
  )

  it.each([
    ["Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59Z"],
    ["Thu, 31 Dec 2099 23:59:59 -1200", "2100-01-01T11:59:59Z"]
  ])("that are odd but possible stay: %s", (date, sent) => {
    const { losses, request } = built(dated(`Date: ${date}`))
    expect(property(request, "SystemTime 0x0039")).toBe(sent)
    expect(losses).toEqual([])
  })

  it("that no property holds are the nearest one, and told", () => {
    const { losses, request } = built(dated("Date: Mon, 1 Jan 9999 00:00:00 +0000"), {
      internalDate: DateTime.makeUnsafe("1066-10-14T09:00:00Z")
    })
    expect(property(request, "SystemTime 0x0039")).toBe("4500-08-31T00:00:00Z")
    expect(property(request, "SystemTime 0x0E06")).toBe("1601-01-02T00:00:00Z")
    expect(losses.map(({ kind }) => kind)).toEqual(["date-clamped", "date-clamped"])
  })
})

describe("the body", () => {
  it("is HTML when there are both, and the text is told as lost", () => {
    const { losses, request } = built(
      parts("alternative", ["\r\ntext", "Content-Type: text/html\r\n\r\n<p>html</p>"])
    )
    expect(request.body).toEqual({ contentType: "html", content: "<p>html</p>" })
    expect(losses.map(({ kind }) => kind)).toEqual(["text-alternative"])
  })

  it("is HTML even where the text stands behind it, against the rules", () => {
    const octets = parts("alternative", ["Content-Type: text/html\r\n\r\n<p>html</p>", "\r\ntext"])
    expect(reading(built(octets)).html).toBe("<p>html</p>")
  })

  it("comes with the files of the alternative that is shown", () => {
    const shown = [
      'Content-Type: multipart/mixed; boundary="c"\r\n',
      "--c\r\nContent-Type: text/html\r\n\r\n<p>html</p>",
      "--c\r\nContent-Type: text/csv; name=a.csv\r\n\r\na;b",
      "--c--"
    ].join("\r\n")
    expect(reading(built(parts("alternative", ["\r\ntext", shown]))).files).toEqual([
      { name: "a.csv", octets: "a;b" }
    ])
  })

  it("has a sign in place of each character that no mailbox holds, and tells how many", () => {
    const { losses, request } = built(letter(everyday, "a\0b\u0007\tc"))
    expect(request.body.content).toBe("a\ufffdb\ufffd\tc")
    expect(losses).toEqual([{ kind: "control-characters", detail: "text/plain: 2 replaced" }])
  })

  it("is text, with CRLF, when there is only that", () => {
    expect(built(letter(everyday, "a\r\nb\n")).request.body).toEqual({
      contentType: "text",
      content: "a\r\nb\r\n"
    })
  })

  it("is the text when the HTML beside it shows nothing", () => {
    const message = built(
      parts("alternative", [
        "\r\ntext",
        "Content-Type: text/html\r\n\r\n<html><head><style>p{}</style></head><body><br>&nbsp;</body></html>"
      ])
    )
    expect(reading(message)).toMatchObject({ text: "text", html: "" })
    expect(message.losses).toEqual([])
  })

  it("keeps a calendar part beside it as a file", () => {
    const message = built(
      parts("alternative", [
        "\r\ntext",
        "Content-Type: text/html\r\n\r\n<p>html</p>",
        "Content-Type: text/calendar; method=request\r\n\r\nBEGIN:VCALENDAR"
      ])
    )
    expect(reading(message)).toMatchObject({
      html: "<p>html</p>",
      files: [{ name: "invite.ics", octets: "BEGIN:VCALENDAR" }]
    })
    expect(message.losses.map(({ kind }) => kind)).toEqual(["text-alternative", "invitation-attached"])
  })

  it("takes a list's footer in, and keeps a named text as a file", () => {
    const message = built(
      parts("mixed", [
        "Content-Type: text/html\r\n\r\n<html><body><p>x</p></body></html>",
        "Content-Type: text/plain; name=notes.txt\r\n\r\nnotes",
        "\r\nunsubscribe <here>"
      ])
    )
    expect(reading(message)).toMatchObject({
      html: '<html><body><p>x</p><div style="white-space:pre-wrap">unsubscribe &lt;here&gt;</div></body></html>',
      files: [{ name: "notes.txt", octets: "notes" }]
    })
  })

  it("is text when a text stands behind a text", () => {
    expect(reading(built(parts("mixed", ["\r\none", "\r\ntwo"]))).text).toBe("one\ntwo")
  })

  it("says where text stands that is in no part", () => {
    const octets = Buffer.concat([parts("mixed", ["\r\none"]), Buffer.from("Sent by a list\r\n")])
    expect(built(octets).losses.map(({ kind }) => kind)).toEqual(["text-outside-parts"])
  })

  it("begins with the part that multipart/related names", () => {
    const message = built(
      letter(
        [...everyday, 'Content-Type: multipart/related; start="<root>"; boundary="b"'],
        "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--b\r\nContent-ID: <root>\r\nContent-Type: text/html\r\n\r\n<p>root</p>\r\n--b--"
      )
    )
    expect(reading(message)).toMatchObject({
      html: "<p>root</p>",
      files: [{ name: "a.txt", octets: "file" }]
    })
  })
})

describe("pictures", () => {
  const withPicture = (page: string, fields: string) =>
    built(
      parts("related", [
        `Content-Type: text/html\r\n\r\n${page}`,
        `Content-Type: image/png; name=p.png\r\n${fields}\r\n\r\nPNG`
      ])
    )

  it.each([
    ['<img src="cid:a%25b@c">', "Content-ID: <a%b@c>"],
    ["<img src=cid:x@y>", "Content-ID: x@y"],
    ["<td style='background:url(CID:x@y)'>", "Content-ID: <x@y>"]
  ])("that HTML shows are inline: %s", (page, fields) => {
    const { small } = withPicture(page, fields)
    expect(small.map(({ isInline }) => isInline)).toEqual([true])
    expect(small[0]?.contentId).not.toMatch(/[<>]/u)
  })

  it("that it does not show stand among the files, where somebody finds them", () => {
    expect(withPicture("<p>x</p>", "Content-ID: <x@y>").small).toMatchObject([
      { isInline: false, contentId: "x@y" }
    ])
  })

  it("that it shows by a location are files, and told", () => {
    const { losses, small } = withPicture(
      '<img src="http://a.example/p.png">',
      "Content-Location: http://a.example/p.png"
    )
    expect(small).toMatchObject([{ isInline: false }])
    expect(losses.map(({ kind }) => kind)).toEqual(["inline-by-location"])
  })
})

describe("what JSON cannot hold", () => {
  const signed = parts("signed", ["\r\nsigned", "Content-Type: application/pgp-signature\r\n\r\nSIG"])

  it.each([
    ["signed", signed, "signed"],
    [
      "encrypted",
      parts("encrypted", ["Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"]),
      "encrypted"
    ],
    [
      "opaquely signed",
      letter([...everyday, "Content-Type: application/x-pkcs7-mime; smime-type=Signed-Data"]),
      "signed"
    ],
    ["enveloped", letter([...everyday, "Content-Type: application/pkcs7-mime"]), "encrypted"],
    [
      "a list's footer around a signature",
      parts("mixed", [
        'Content-Type: multipart/signed; boundary="c"\r\n\r\n--c\r\n\r\nx\r\n--c--',
        "\r\nfooter"
      ]),
      "signed"
    ],
    [
      "encrypted within a signature",
      parts("signed", ['Content-Type: multipart/encrypted; boundary="c"\r\n\r\n--c\r\n\r\nx\r\n--c--']),
      "encrypted"
    ]
  ])("is found: %s", (_, octets, reason) => {
    expect(built(octets).needsOriginal).toBe(reason)
  })

  it("is not PGP within the text, nor what a message in the message is", () => {
    const pgp = "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nx\r\n-----BEGIN PGP SIGNATURE-----\r\n"
    expect(built(letter(everyday, pgp)).needsOriginal).toBeUndefined()
    const forwarded = parts("mixed", [
      "\r\nsee below",
      "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/signed; boundary=z\r\n\r\n"
    ])
    expect(built(forwarded).needsOriginal).toBeUndefined()
  })

  it("comes with its original, octet for octet, when asked", () => {
    const { losses, small } = built(signed, { original: "when-needed" })
    const original = small.find(({ name }) => name === "original.eml")
    expect(original?.contentType).toBe("message/rfc822")
    expect(original?.octets.equals(signed)).toBe(true)
    expect(losses.map(({ kind }) => kind)).toEqual(["signature"])
  })

  it("is asked for only when needed, or always", () => {
    const names = (original: "when-needed" | "always") =>
      built(letter(everyday), { original }).small.map(({ name }) => name)
    expect(names("when-needed")).toEqual([])
    expect(names("always")).toEqual(["original.eml"])
  })
})

describe("the request", () => {
  it("holds whatever Graph's own description allows, with everything in it", () => {
    const octets = html('<img src="cid:x">', [
      "X-Pm-Internal-Id: id",
      "Reply-To: list@c.example",
      "Cc: c@c.example",
      "Bcc: d@d.example",
      "Sender: e@e.example"
    ])
    const { request } = built(octets, {
      flags: new Set(["\\Seen", "\\Flagged", "\\Answered"]),
      categories: ["Work"],
      original: "always"
    })
    expect(violations("message", request)).toBe("")
    expect(violations("attachment", request.attachments?.[0])).toBe("")
  })

  it("is refused by that description when it is wrong, so that the tests mean something", () => {
    const { request } = built(letter(everyday))
    expect(violations("message", { ...request, subjct: "x" })).toContain("additional")
    expect(violations("message", { ...request, importance: "urgent" })).not.toBe("")
    const numeric = [{ id: "Integer 0x0E07", value: 1 }]
    expect(violations("message", { ...request, singleValueExtendedProperties: numeric })).not.toBe("")
    expect(violations("message", { ...request, attachments: [{ name: "x" }] })).not.toBe("")
    expect(violations("message", { ...request, sentDateTime: "Sat, 29 Feb 2020" })).not.toBe("")
  })
})
