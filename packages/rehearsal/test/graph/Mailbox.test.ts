import { describe, expect, it } from "vitest"

import { call, create, keyId, property, readAndNotDraft, started } from "./GraphForTest.ts"

describe("a mailbox as a test sees it", () => {
  it("may have had mail before, in folders that are made for it", async () => {
    const server = await started()
    const received = Date.parse("2012-01-02T03:04:05Z")
    server.account.deposit("Work/Old", { subject: "Old", received, properties: { [keyId]: "k" } })
    server.account.deposit("inbox", { isRead: false })
    expect(server.account.folderAt("Work/Old")?.wellKnown).toBeUndefined()
    const { json } = await call(server, "GET", `messages?$filter=subject%20eq%20'Old'`)
    expect(json.value[0]).toMatchObject({ isDraft: false, receivedDateTime: "2012-01-02T03:04:05Z" })
    expect((await call(server, "GET", "mailFolders/inbox")).json.unreadItemCount).toBe(1)
    expect(server.stats.stored).toBe(0)
  })

  it("gives ids that differ in the case of letters only", async () => {
    const server = await started()
    const ids = [(await create(server)).json.id as string, (await create(server)).json.id as string]
    expect(new Set(ids).size).toBe(2)
    expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(1)
    expect((await call(server, "GET", `messages/${ids[0]?.toLowerCase() ?? ""}`)).status).toBe(404)
  })

  it("tells how many named properties a client made", async () => {
    const server = await started()
    for (const value of ["a", "b"]) {
      await create(server, {
        internetMessageHeaders: [{ name: "X-Own", value }],
        singleValueExtendedProperties: [readAndNotDraft, property(keyId, value)]
      })
    }
    expect([...server.account.namedProperties]).toEqual([keyId, "x-own"])
  })

  it("tells of each request what it was and what became of it, and nothing of what it carried", async () => {
    const server = await started()
    await create(server)
    await call(server, "GET", "messages/none")
    expect(server.requests).toMatchObject([
      { call: "messages.create", method: "POST", path: "/v1.0/me/mailFolders/inbox/messages", status: 201 },
      { call: "messages.get", status: 404, reason: "ErrorItemNotFound" }
    ])
    expect(server.stats).toMatchObject({ requests: 2, calls: 2, refused: 1, stored: 1 })
    expect(JSON.stringify(server.requests)).not.toContain("Hello")
  })
})
