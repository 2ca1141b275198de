import { describe, expect, it } from "vitest"

import { call, create, createMime, property, readAndNotDraft, started } from "./GraphForTest.ts"

const mime = [
  "From: Ann <ann@example.org>",
  "To: =?utf-8?Q?J=C3=BCrgen?= <you@example.com>",
  "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
  "Date: Tue, 2 Mar 2010 10:11:12 +0000",
  "Message-ID: <mime@example.org>",
  "X-Own: 1",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  'Content-Type: multipart/alternative; boundary="c"',
  "",
  "--c",
  "Content-Type: text/plain",
  "",
  "the plain one",
  "--c",
  "Content-Type: text/html; charset=iso-8859-1",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "<p>Gr=FC=DFe</p>",
  "--c--",
  "--b",
  'Content-Type: application/pdf; name="a.pdf"',
  "Content-Disposition: attachment",
  "Content-Transfer-Encoding: base64",
  "",
  "AQIDBA==",
  "--b--",
  ""
].join("\r\n")

describe("a message by MIME", () => {
  it("is a draft of now in Drafts, with what Exchange keeps of it", async () => {
    const server = await started()
    const { status, json } = await createMime(server, mime)
    expect(status).toBe(201)
    expect(json).toMatchObject({
      isDraft: true,
      subject: "Grüße",
      sentDateTime: "2010-03-02T10:11:12Z",
      internetMessageId: "<mime@example.org>",
      hasAttachments: true,
      toRecipients: [{ emailAddress: { name: "Jürgen", address: "you@example.com" } }],
      parentFolderId: server.account.folder("drafts")?.id
    })
    expect(Date.parse(json.receivedDateTime)).toBeGreaterThan(Date.now() - 60_000)
    expect(json.body.content).toContain("<p>Grüße</p>")
    expect(json.body.content).not.toContain("the plain one")
    expect(server.account.messages[0]?.attachments[0]?.octets.read()).toEqual(Buffer.from([1, 2, 3, 4]))
  })

  it.each([
    ["bare line feeds", mime.replaceAll("\r\n", "\n"), "UnableToDeserializePostBody"],
    ["an endless header line", `X-Long: ${"x".repeat(1000)}\r\n${mime}`, "UnableToDeserializePostBody"],
    ["nothing", "", "UnableToDeserializePostBody"]
  ])("is refused with %s", async (_, text, code) => {
    const server = await started()
    const answer = await createMime(server, text)
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it("is refused where it is no base64", async () => {
    const server = await started()
    const answer = await call(server, "POST", "messages", {
      headers: { "content-type": "text/plain" },
      body: mime
    })
    expect([answer.status, answer.code]).toEqual([400, "ErrorMimeContentInvalidBase64String"])
  })

  it("is refused in a folder, unless the server is said to take it", async () => {
    const server = await started()
    const path = "mailFolders/inbox/messages"
    expect((await createMime(server, mime, path)).code).toBe("UnableToDeserializePostBody")
    expect((await createMime(await started({ mimeIntoFolder: true }), mime, path)).status).toBe(201)
  })

  it("of more than one request takes is refused", async () => {
    const server = await started()
    expect((await createMime(server, `${mime}${"x".repeat(3_200_000)}`)).status).toBe(413)
  })

  it("vanishes with a 200 when it is long, where that is switched on", async () => {
    const server = await started()
    server.mimeVanishes()
    const long = `${mime}${"x\r\n".repeat(800_000)}`
    expect((await createMime(server, long)).status).toBe(200)
    expect(server.account.messages).toEqual([])
    expect((await createMime(server, mime)).status).toBe(201)
  })
})

describe("MIME read back", () => {
  it("is written anew from what is stored, with a plain text of Exchange's own", async () => {
    const server = await started()
    const { json } = await create(server, {
      subject: "Grüße",
      body: { contentType: "html", content: "<p>Hello &amp; goodbye</p>" },
      internetMessageHeaders: [{ name: "x-own", value: "1" }],
      attachments: [
        {
          "@odata.type": "#microsoft.graph.fileAttachment",
          name: "a.bin",
          contentBytes: Buffer.alloc(200, 7).toString("base64")
        }
      ],
      singleValueExtendedProperties: [
        readAndNotDraft,
        property("SystemTime 0x0039", "2010-03-02T10:11:09Z"),
        property("String 0x1039", "<root@x.org>"),
        property("String 0x007D", "Received: from a by b\r\n")
      ]
    })
    const { status, text, headers } = await call(server, "GET", `messages/${json.id}/$value`)
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain"])
    expect(text).toContain("Message-ID: <one@example.org>\r\n")
    expect(text).toContain("Date: Tue, 02 Mar 2010 10:11:09 +0000\r\n")
    expect(text).toContain("References: <root@x.org>\r\n")
    expect(text).toContain("x-own: 1\r\n")
    expect(text).toContain("Hello & goodbye")
    expect(text).toContain("BwcHBwcH")
    expect(text).not.toContain("Received:")
    expect(text.replaceAll("\r\n", "")).not.toContain("\n")
  })
})
