import { describe, expect, it } from "vitest"

import { schemaFault } from "../../src/graph/contract/SchemaCheck.ts"
import { answerFaults, requestFaults } from "./GraphContract.ts"
import {
  call,
  create,
  createMime,
  keyId,
  letter,
  property,
  readAndNotDraft,
  started
} from "./GraphForTest.ts"

const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: "AQID" }

const bad: ReadonlyArray<readonly [string, Record<string, unknown>, RegExp]> = [
  ["a misspelt field", { subjekt: "x" }, /'subjekt' does not exist on type 'microsoft.graph.message'/u],
  ["a misspelt field inside", { body: { contenttype: "html" } }, /'contenttype' does not exist/u],
  ["a bad enumeration", { importance: "urgent" }, /'urgent' was not found/u],
  [
    "a number as extended value",
    { singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: 1 }] },
    /Edm.String/u
  ],
  [
    "an extended property without a value",
    { singleValueExtendedProperties: [{ id: "Integer 0x0E07" }] },
    /required/u
  ],
  [
    "an attachment without its type",
    { attachments: [{ name: "a", contentBytes: "AQID" }] },
    /'@odata.type'/u
  ],
  [
    "an attachment of an unknown type",
    { attachments: [{ ...file, "@odata.type": "#microsoft.graph.file" }] },
    /could not be resolved/u
  ],
  ["a date of RFC 5322", { receivedDateTime: "Tue, 2 Mar 2010 10:11:12 +0000" }, /Edm.DateTimeOffset/u],
  ["broken base64", { attachments: [{ ...file, contentBytes: "AQI" }] }, /Edm.Binary/u],
  ["a list in place of an object", { from: [] }, /StartObject/u],
  ["an object in place of a list", { toRecipients: {} }, /StartArray/u],
  ["a text in place of a boolean", { isRead: "true" }, /Edm.Boolean/u],
  ["null where nothing may be missing", { importance: null }, /null/u]
]

describe("a request that breaks the contract", () => {
  it.each(bad)("is refused in OData's words: %s", async (_, changes, words) => {
    const server = await started()
    const { status, code, json } = await create(server, changes)
    expect([status, code]).toEqual([400, "RequestBodyRead"])
    expect(json.error.message).toMatch(words)
    expect(server.account.messages).toEqual([])
  })

  it.each([
    ...bad,
    ["nothing", { attachments: [file], categories: ["a"], flag: { flagStatus: "flagged" } }, /x/u] as const
  ])("is judged as ajv judges it: %s", (_, changes) => {
    const body = letter(changes)
    expect(schemaFault(body, "message") === undefined).toBe(requestFaults("message", body).length === 0)
  })

  it.each([
    ["no JSON", "{", "application/json", "BadRequest"],
    [
      "no UTF-8",
      new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      "application/json",
      "BadRequest"
    ],
    ["another type", "<a/>", "text/xml", "RequestBodyRead"]
  ])("is refused where it is %s", async (_, body, type, code) => {
    const server = await started()
    const answer = await call(server, "POST", "messages", { body, headers: { "content-type": type } })
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it("is refused where a colour is none of the 25", async () => {
    const server = await started()
    const body = { displayName: "Work", color: "preset25" }
    expect((await call(server, "POST", "outlook/masterCategories", { body })).code).toBe("RequestBodyRead")
  })
})

describe("every answer keeps the contract", () => {
  it("of folders", async () => {
    const server = await started()
    const made = await call(server, "POST", "mailFolders", { body: { displayName: "Work" } })
    expect(answerFaults("POST", "/me/mailFolders", made)).toEqual([])
    const { id } = made.json
    const child = await call(server, "POST", `mailFolders/${id}/childFolders`, { body: { displayName: "A" } })
    expect(answerFaults("POST", "/me/mailFolders/{id}/childFolders", child)).toEqual([])
    const children = await call(server, "GET", `mailFolders/${id}/childFolders`)
    expect(answerFaults("GET", "/me/mailFolders/{id}/childFolders", children)).toEqual([])
    const all = await call(server, "GET", "mailFolders?$top=2&$count=true")
    expect(answerFaults("GET", "/me/mailFolders", all)).toEqual([])
    const again = await call(server, "POST", "mailFolders", { body: { displayName: "Work" } })
    expect(answerFaults("POST", "/me/mailFolders", again)).toEqual([])
  })

  it("of messages", async () => {
    const server = await started()
    const properties = [readAndNotDraft, property(keyId, "a")]
    const made = await create(server, { attachments: [file], singleValueExtendedProperties: properties })
    expect(answerFaults("POST", "/me/mailFolders/{id}/messages", made)).toEqual([])
    const mime = await createMime(server, "From: a@x.org\r\nSubject: M\r\n\r\nHi\r\n")
    expect(mime.status).toBe(201)
    expect(answerFaults("POST", "/me/messages", mime)).toEqual([])
    const changed = await call(server, "PATCH", `messages/${made.json.id}`, { body: { isRead: false } })
    expect(answerFaults("PATCH", "/me/messages/{mid}", changed)).toEqual([])
    const query = `$expand=attachments,singleValueExtendedProperties($filter=id eq '${keyId}')&$count=true&$top=1`
    const listed = await call(server, "GET", `mailFolders/inbox/messages?${query.replaceAll(" ", "%20")}`)
    expect(listed.json.value[0].attachments).toHaveLength(1)
    expect(listed.json.value[0].singleValueExtendedProperties).toHaveLength(1)
    expect(answerFaults("GET", "/me/mailFolders/{id}/messages", listed)).toEqual([])
  })

  it("of attachments, upload sessions and categories", async () => {
    const server = await started()
    const { json } = await create(server)
    const path = `messages/${json.id}/attachments`
    const attached = await call(server, "POST", path, { body: file })
    expect(answerFaults("POST", "/me/messages/{mid}/attachments", attached)).toEqual([])
    const AttachmentItem = { attachmentType: "file", name: "b", size: 4_000_000 }
    const session = await call(server, "POST", `${path}/createUploadSession`, { body: { AttachmentItem } })
    expect(session.status).toBe(201)
    expect(answerFaults("POST", "/me/messages/{mid}/attachments/createUploadSession", session)).toEqual([])
    const category = await call(server, "POST", "outlook/masterCategories", {
      body: { displayName: "W", color: "preset24" }
    })
    expect(answerFaults("POST", "/me/outlook/masterCategories", category)).toEqual([])
    const categories = await call(server, "GET", "outlook/masterCategories")
    expect(answerFaults("GET", "/me/outlook/masterCategories", categories)).toEqual([])
  })
})
