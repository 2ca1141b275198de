import { describe, expect, it } from "vitest"

import { call, create, keyId, property, readAndNotDraft, started } from "./GraphForTest.ts"

const header = (name: string, value = "1") => ({ name, value })

describe("what Exchange refuses in a new message", () => {
  it.each([
    [
      "six x- headers",
      { internetMessageHeaders: "abcdef".split("").map((name) => header(`x-${name}`)) },
      "InvalidInternetMessageHeaderCollection"
    ],
    [
      "a header twice",
      { internetMessageHeaders: [header("x-a"), header("X-A")] },
      "InvalidInternetMessageHeaderCollection"
    ],
    [
      "a value of 996 characters",
      { internetMessageHeaders: [header("x-a", "x".repeat(996))] },
      "InvalidInternetMessageHeader"
    ],
    [
      "a value of two lines",
      { internetMessageHeaders: [header("x-a", "a\r\nb")] },
      "InvalidInternetMessageHeader"
    ],
    [
      "a recipient without an address",
      { toRecipients: [{ emailAddress: { name: "Ann" } }] },
      "ErrorInvalidRecipients"
    ],
    [
      "a list in place of an address",
      { ccRecipients: [{ emailAddress: { address: "a@x.org, b@x.org" } }] },
      "ErrorInvalidRecipients"
    ],
    [
      "an unknown property type",
      { singleValueExtendedProperties: [property("Text 0x0037", "a")] },
      "ErrorInvalidExtendedProperty"
    ],
    [
      "a property with the type of another",
      { singleValueExtendedProperties: [property("String 0x0E07", "1")] },
      "ErrorInvalidExtendedProperty"
    ],
    [
      "a number that belongs to names",
      { singleValueExtendedProperties: [property("String 0x8001", "1")] },
      "ErrorInvalidExtendedProperty"
    ],
    [
      "an integer that is none",
      { singleValueExtendedProperties: [property("Integer 0x0E07", "one")] },
      "ErrorInvalidExtendedPropertyValue"
    ],
    [
      "a time that is none",
      { singleValueExtendedProperties: [property("SystemTime 0x0E06", "2 Mar 2010")] },
      "ErrorInvalidExtendedPropertyValue"
    ],
    [
      "a time before 1601",
      { singleValueExtendedProperties: [property("SystemTime 0x0E06", "1600-12-31T00:00:00Z")] },
      "ErrorInvalidExtendedPropertyValue"
    ],
    [
      "a header block beyond the limit",
      { singleValueExtendedProperties: [property("String 0x007D", "x".repeat(32_769))] },
      "ErrorPropertyValidationFailure"
    ]
  ])("is %s", async (_, changes, code) => {
    const server = await started()
    const answer = await create(server, changes)
    expect([answer.status, answer.code]).toEqual([400, code])
    expect(server.account.messages).toEqual([])
  })

  it("is not five x- headers of 995 characters", async () => {
    const server = await started()
    const internetMessageHeaders = "abcde".split("").map((name) => header(`x-${name}`, "x".repeat(995)))
    expect((await create(server, { internetMessageHeaders })).status).toBe(201)
    expect(server.account.messages[0]?.parts.headers).toHaveLength(5)
  })

  it("is a header of another name than x-, and an empty list of headers", async () => {
    const server = await started()
    const foreign = await create(server, { internetMessageHeaders: [header("Received")] })
    expect([foreign.status, foreign.code]).toEqual([400, "InvalidInternetMessageHeader"])
    const empty = await create(server, { internetMessageHeaders: [] })
    expect([empty.status, empty.code]).toEqual([400, "InvalidInternetMessageHeaderCollection"])
  })

  it("depends on what the server is said to honour", async () => {
    const server = await started({ ignoresUnread: true, keepsInlineHeaders: false })
    const { json } = await create(server, {
      internetMessageHeaders: [header("x-a")],
      singleValueExtendedProperties: [property("Integer 0x0E07", "0")]
    })
    expect(json.isRead).toBe(true)
    const changed = await call(server, "PATCH", `messages/${json.id}`, { body: { isRead: false } })
    expect(changed.json.isRead).toBe(false)
    expect(server.account.messages[0]?.parts.headers).toEqual([])
  })
})

describe("a message later", () => {
  it("changes its read state, flag, categories, importance and own properties", async () => {
    const server = await started()
    const { json } = await create(server)
    const changed = await call(server, "PATCH", `messages/${json.id}`, {
      body: {
        isRead: false,
        categories: ["Work", "Not in the list"],
        flag: { flagStatus: "flagged" },
        importance: "high",
        singleValueExtendedProperties: [property(keyId, "done")]
      }
    })
    expect(changed.json).toMatchObject({
      isRead: false,
      categories: ["Work", "Not in the list"],
      flag: { flagStatus: "flagged" },
      importance: "high",
      isDraft: false
    })
    expect(changed.json.changeKey).not.toBe(json.changeKey)
    expect(server.account.messages[0]?.properties.get(keyId)).toBe("done")
  })

  it("keeps its dates and stays no draft, though the change is answered 200", async () => {
    const server = await started()
    const { json } = await create(server)
    const changed = await call(server, "PATCH", `messages/${json.id}`, {
      body: {
        receivedDateTime: "2020-01-01T00:00:00Z",
        singleValueExtendedProperties: [
          property("Integer 0x0E07", "8"),
          property("SystemTime 0x0E06", "2020-01-01T00:00:00Z")
        ]
      }
    })
    expect([changed.status, changed.json.isDraft]).toEqual([200, false])
    expect(changed.json.receivedDateTime).toBe("2010-03-02T10:11:12Z")
  })

  it("changes its content only while it is a draft", async () => {
    const server = await started()
    const sent = await create(server)
    const refused = await call(server, "PATCH", `messages/${sent.json.id}`, { body: { subject: "Other" } })
    expect([refused.status, refused.code]).toEqual([400, "ErrorInvalidPropertyUpdateSentMessage"])
    const draft = await create(server, { singleValueExtendedProperties: [] })
    const body = { subject: "Other", isReadReceiptRequested: true }
    const changed = await call(server, "PATCH", `messages/${draft.json.id}`, { body })
    expect(changed.json).toMatchObject(body)
  })

  it("is copied with all it has, under another id", async () => {
    const server = await started()
    const { json } = await create(server)
    const copy = await call(server, "POST", `messages/${json.id}/copy`, {
      body: { destinationId: "archive" }
    })
    expect([copy.status, copy.json.isDraft, copy.json.receivedDateTime]).toEqual([
      201,
      false,
      "2010-03-02T10:11:12Z"
    ])
    expect(copy.json.id).not.toBe(json.id)
    expect(server.account.messages.map(({ folderPath }) => folderPath)).toEqual(["Inbox", "Archive"])
  })

  it("lies in Deleted Items when it is deleted, and nowhere when that is for ever", async () => {
    const server = await started()
    const first = await create(server)
    await call(server, "DELETE", `messages/${first.json.id}`)
    expect(server.account.messages[0]?.folderPath).toBe("Deleted Items")
    const second = await create(server)
    expect((await call(server, "POST", `messages/${second.json.id}/permanentDelete`)).status).toBe(204)
    expect(server.account.messages).toHaveLength(1)
  })

  it("shares its conversation with what it answers", async () => {
    const server = await started()
    const first = await create(server)
    const answer = await create(server, {
      internetMessageId: "<two@example.org>",
      singleValueExtendedProperties: [readAndNotDraft, property("String 0x1042", "<one@example.org>")]
    })
    const other = await create(server, { internetMessageId: "<three@example.org>" })
    expect(answer.json.conversationId).toBe(first.json.conversationId)
    expect(other.json.conversationId).not.toBe(first.json.conversationId)
  })
})

describe("the master list of categories", () => {
  it("has each name once, with one of 25 colours that may change", async () => {
    const server = await started()
    const make = (displayName: string) =>
      call(server, "POST", "outlook/masterCategories", { body: { displayName, color: "preset24" } })
    const made = await make("Work")
    expect([made.status, made.json.color]).toEqual([201, "preset24"])
    expect((await make("WORK")).status).toBe(409)
    const path = `outlook/masterCategories/${made.json.id}`
    expect((await call(server, "PATCH", path, { body: { color: "none" } })).json.color).toBe("none")
    expect((await call(server, "PATCH", path, { body: { displayName: "Home" } })).status).toBe(400)
    expect((await call(server, "DELETE", path)).status).toBe(204)
    expect((await call(server, "GET", "outlook/masterCategories")).json.value).toEqual([])
  })
})
