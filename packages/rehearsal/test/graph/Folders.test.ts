import { describe, expect, it } from "vitest"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { call, create, started } from "./GraphForTest.ts"

const folder = (server: RehearsalGraph, displayName: string, changes: object = {}, path = "mailFolders") =>
  call(server, "POST", path, { body: { displayName, ...changes } })

const names = (json: any): ReadonlyArray<string> => json.value.map((each: any) => each.displayName)

describe("mail folders", () => {
  it("come ten to a page unless more are asked for, with a link to the next", async () => {
    const server = await started()
    for (let n = 0; n < 5; n += 1) await folder(server, `Folder ${n}`)
    const first = await call(server, "GET", "mailFolders")
    expect(first.json.value).toHaveLength(10)
    const second = await call(server, "GET", first.json["@odata.nextLink"])
    expect(second.json.value).toHaveLength(2)
    expect(second.json["@odata.nextLink"]).toBeUndefined()
    expect((await call(server, "GET", "mailFolders?$top=100")).json.value).toHaveLength(12)
  })

  it("are found by their well-known names in whatever case, also where they are called otherwise", async () => {
    const server = await started({ folderNames: { sentitems: "Gesendete Elemente" } })
    const { json } = await call(server, "GET", "mailFolders/SentItems")
    expect(json.displayName).toBe("Gesendete Elemente")
    expect((await call(server, "GET", `mailFolders/${json.id}`)).json).toEqual(json)
  })

  it("have no archive where the mailbox has none", async () => {
    const server = await started({ archive: false })
    const answer = await call(server, "GET", "mailFolders/archive")
    expect([answer.status, answer.code]).toEqual([404, "ErrorItemNotFound"])
  })

  it("exist once below one parent, whatever the case", async () => {
    const server = await started()
    const work = await folder(server, "Work")
    expect(work.status).toBe(201)
    const again = await folder(server, "WORK")
    expect([again.status, again.code]).toEqual([409, "ErrorFolderExists"])
    expect((await folder(server, "Work", {}, `mailFolders/${work.json.id}/childFolders`)).status).toBe(201)
    expect(server.account.folderAt("Work/Work")).toBeDefined()
  })

  it("stand in the way though hidden ones are not listed unless asked for", async () => {
    const server = await started()
    await folder(server, "Secret", { isHidden: true })
    expect((await folder(server, "secret")).code).toBe("ErrorFolderExists")
    expect(names((await call(server, "GET", "mailFolders?$top=100")).json)).not.toContain("Secret")
    const all = await call(server, "GET", "mailFolders?$top=100&includeHiddenFolders=true")
    expect(names(all.json)).toContain("Secret")
  })

  it.each([
    ["", "ErrorInvalidFolderName"],
    ["x".repeat(256), "ErrorInvalidFolderName"],
    ["a\u0007b", "ErrorInvalidFolderName"]
  ])("are refused the name %j", async (name, code) => {
    const server = await started()
    expect((await folder(server, name)).code).toBe(code)
  })

  it("may have names of 255 characters, and slashes", async () => {
    const server = await started()
    expect((await folder(server, "x".repeat(255))).status).toBe(201)
    expect((await folder(server, "a/b")).json.displayName).toBe("a/b")
  })

  it("count what is in them", async () => {
    const server = await started()
    await create(server)
    await create(server, { singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: "0" }] })
    const { json } = await call(server, "GET", "mailFolders/inbox?$select=totalItemCount,unreadItemCount")
    expect(json).toEqual({ id: json.id, totalItemCount: 2, unreadItemCount: 1 })
  })

  it("keep their id when they are deleted the first time, and lie below Deleted Items then", async () => {
    const server = await started()
    const { json } = await folder(server, "Work")
    expect((await call(server, "DELETE", `mailFolders/${json.id}`)).status).toBe(204)
    const trash = server.account.folder("deleteditems")?.id
    expect((await call(server, "GET", `mailFolders/${json.id}`)).json.parentFolderId).toBe(trash)
    await call(server, "DELETE", `mailFolders/${json.id}`)
    expect((await call(server, "GET", `mailFolders/${json.id}`)).status).toBe(404)
  })

  it("of Exchange's own are not deleted", async () => {
    const server = await started()
    expect((await call(server, "DELETE", "mailFolders/inbox")).code).toBe("ErrorDeleteDistinguishedFolder")
  })

  it("are found by name with a filter", async () => {
    const server = await started()
    const { json } = await call(server, "GET", "mailFolders?$filter=displayName%20eq%20'Drafts'")
    expect(names(json)).toEqual(["Drafts"])
  })
})
