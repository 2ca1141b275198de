import { describe, expect, it } from "vitest"

import { call, create, keyId, letter, property, readAndNotDraft, started } from "./GraphForTest.ts"

const immutable = { prefer: 'IdType="ImmutableId"' }

describe("a message by JSON", () => {
  it("is no draft and has its dates where the properties say so in the creating request", async () => {
    const server = await started()
    const { status, json, headers } = await create(server)
    expect(status).toBe(201)
    expect(headers.get("location")).toContain(encodeURIComponent(json.id))
    expect(json).toMatchObject({
      isDraft: false,
      isRead: true,
      receivedDateTime: "2010-03-02T10:11:12Z",
      sentDateTime: "2010-03-02T10:11:09Z",
      internetMessageId: "<one@example.org>",
      parentFolderId: server.account.folder("inbox")?.id,
      from: { emailAddress: { name: "Ann", address: "ann@example.org" } }
    })
  })

  it("is unread with 0x0E07 0", async () => {
    const server = await started()
    const { json } = await create(server, {
      singleValueExtendedProperties: [property("Integer 0x0E07", "0")]
    })
    expect(json).toMatchObject({ isDraft: false, isRead: false })
  })

  it.each(["4", "5"])(
    "is no draft with 0x0E07 %s: what is the store's own in it is ignored",
    async (value) => {
      const server = await started()
      const { json } = await create(server, {
        singleValueExtendedProperties: [property("Integer 0x0E07", value)]
      })
      expect(json).toMatchObject({ isDraft: false, isRead: value === "5" })
    }
  )

  it("is a draft of now without the properties, whatever the plain fields say", async () => {
    const server = await started({ foreignHeaders: "ignore" })
    const { json } = await create(server, {
      isDraft: false,
      receivedDateTime: "2010-03-02T10:11:12Z",
      sentDateTime: "2010-03-02T10:11:12Z",
      internetMessageHeaders: [{ name: "Received", value: "from a by b" }],
      singleValueExtendedProperties: []
    })
    expect(json.isDraft).toBe(true)
    expect(Date.parse(json.receivedDateTime)).toBeGreaterThan(Date.now() - 60_000)
    expect(Date.parse(json.sentDateTime)).toBeGreaterThan(Date.now() - 60_000)
    expect(server.account.messages[0]?.parts.headers).toEqual([])
  })

  it("stays a draft: a later change answers 200 and changes nothing", async () => {
    const server = await started()
    const { json } = await create(server, { singleValueExtendedProperties: [] })
    for (const body of [{ isDraft: false }, { singleValueExtendedProperties: [readAndNotDraft] }]) {
      const changed = await call(server, "PATCH", `messages/${json.id}`, { body })
      expect([changed.status, changed.json.isDraft]).toEqual([200, true])
    }
  })

  it("is a draft all the same where the mailbox does not honour 0x0E07", async () => {
    const server = await started({ probeMakesDrafts: true })
    expect((await create(server)).json.isDraft).toBe(true)
  })

  it("keeps the properties it came with, in Exchange's spelling of their ids", async () => {
    const server = await started()
    const { json } = await create(server, {
      singleValueExtendedProperties: [
        readAndNotDraft,
        property("String 0x1042", "<parent@x.org>"),
        property("Integer 0x1081", "102"),
        property(keyId.replace("8fe7a3a4", "8FE7A3A4"), "abc")
      ]
    })
    const filter = ["String 0x1042", "Integer 0x1081", keyId, "Integer 0x0E07"]
      .map((id) => `id eq '${id}'`)
      .join(" or ")
    const query = new URLSearchParams({ $expand: `singleValueExtendedProperties($filter=${filter})` })
    const read = await call(server, "GET", `messages/${json.id}?${query.toString()}`)
    expect(read.json.singleValueExtendedProperties).toEqual([
      { id: "String 0x1042", value: "<parent@x.org>" },
      { id: "Integer 0x1081", value: "102" },
      { id: keyId, value: "abc" },
      { id: "Integer 0xe07", value: "1" }
    ])
  })

  it("gives the header block of 0x007D back as internet headers, with x- headers, when it is asked for", async () => {
    const server = await started()
    const { json } = await create(server, {
      internetMessageHeaders: [{ name: "x-own", value: "1" }],
      singleValueExtendedProperties: [
        readAndNotDraft,
        property("String 0x007D", "Received: from a\r\n\tby b\r\nDKIM-Signature: v=1\r\n")
      ]
    })
    expect(json.internetMessageHeaders).toBeUndefined()
    const read = await call(server, "GET", `messages/${json.id}?$select=internetMessageHeaders`)
    expect(read.json.internetMessageHeaders).toEqual([
      { name: "Received", value: "from a\tby b" },
      { name: "DKIM-Signature", value: "v=1" },
      { name: "x-own", value: "1" }
    ])
  })

  it("has another id after a move, unless the ids are immutable ones", async () => {
    const server = await started()
    const { json } = await create(server)
    const fixed = (await call(server, "GET", `messages/${json.id}`, { headers: immutable })).json.id
    const moved = await call(server, "POST", `messages/${json.id}/move`, {
      body: { destinationId: "archive" }
    })
    expect(moved.status).toBe(201)
    expect(moved.json.id).not.toBe(json.id)
    expect((await call(server, "GET", `messages/${json.id}`)).code).toBe("ErrorItemNotFound")
    const found = await call(server, "GET", `messages/${fixed}`, { headers: immutable })
    expect(found.json).toMatchObject({ id: fixed, parentFolderId: server.account.folder("archive")?.id })
    expect(found.headers.get("preference-applied")).toBe('IdType="ImmutableId"')
  })

  it("counts attachments but not inline ones", async () => {
    const server = await started()
    const file = {
      "@odata.type": "#microsoft.graph.fileAttachment",
      name: "a.png",
      contentType: "image/png",
      contentBytes: "AQID"
    }
    const inline = await create(server, { attachments: [{ ...file, isInline: true, contentId: "a" }] })
    const both = await create(server, { attachments: [{ ...file, isInline: true, contentId: "a" }, file] })
    expect([inline.json.hasAttachments, both.json.hasAttachments]).toEqual([false, true])
    const { json } = await call(server, "GET", `messages/${both.json.id}/attachments`)
    expect(json.value).toMatchObject([
      { isInline: true, contentId: "a" },
      { isInline: false, contentBytes: "AQID" }
    ])
  })

  it("is found by its key in its folder, whatever the case of the value", async () => {
    const server = await started()
    await create(server, { singleValueExtendedProperties: [readAndNotDraft, property(keyId, "0aFF")] })
    await create(server, { singleValueExtendedProperties: [readAndNotDraft, property(keyId, "0afe")] })
    const find = async (id: string, value: string) => {
      const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`
      const query = new URLSearchParams({ $filter: filter })
      const { json } = await call(server, "GET", `mailFolders/inbox/messages?${query.toString()}`)
      return json.value.length as number
    }
    expect(await find(keyId, "0AfF")).toBe(1)
    expect(await find(keyId.replace("MigrationKey", "migrationkey"), "0AfF")).toBe(0)
  })

  it("is read back with html around what was sent, and without what could do harm", async () => {
    const server = await started()
    const content = '<p onclick="x()">Hi</p><script>alert(1)</script>'
    const { json } = await create(server, { body: { contentType: "html", content } })
    expect(json.body.content).toMatch(/^<html><head>.*charset=utf-8.*<body><p>Hi<\/p><\/body><\/html>$/su)
    const unsafe = await call(server, "GET", `messages/${json.id}`, {
      headers: { prefer: "outlook.allow-unsafe-html" }
    })
    expect(unsafe.json.body.content).toContain("<script>")
  })

  it("has its body as text or as HTML, as is asked for", async () => {
    const server = await started()
    const html = await create(server, { body: { contentType: "html", content: "<p>a &lt; b</p><p>c</p>" } })
    const text = await create(server, { body: { contentType: "text", content: "a < b\nc" } })
    const read = async (id: string, type: string) =>
      (
        await call(server, "GET", `messages/${id}`, {
          headers: { prefer: `outlook.body-content-type="${type}"` }
        })
      ).json.body
    expect(await read(html.json.id, "text")).toEqual({ contentType: "text", content: "a < b\r\nc" })
    expect((await read(text.json.id, "html")).content).toContain("a &lt; b<br>\r\nc")
    expect(text.json.body).toEqual({ contentType: "text", content: "a < b\nc" })
  })

  it("takes a property without a value for one that is not there", async () => {
    const server = await started()
    const { status, json } = await create(server, {
      singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: null }]
    })
    expect([status, json.isDraft]).toEqual([201, true])
  })

  it("goes to Drafts where no folder is named", async () => {
    const server = await started()
    await call(server, "POST", "messages", { body: letter() })
    expect(server.account.messages[0]?.folderPath).toBe("Drafts")
  })
})
