import { describe, expect, it } from "vitest"

import type { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { call, importMail, mail, started } from "./GmailForTest.ts"

const create = (server: RehearsalGmail, name: string, more: object = {}) =>
  call(server, "POST", "labels", { body: { name, ...more } })

describe("labels", () => {
  it("are listed with Gmail's own and without counts, which only get has", async () => {
    const server = await started()
    const color = { backgroundColor: "#16a766", textColor: "#ffffff" }
    const made = await create(server, "Work/Plans", { labelListVisibility: "labelShowIfUnread", color })
    expect(made.json).toEqual({
      id: expect.stringMatching(/^Label_\d+$/u),
      name: "Work/Plans",
      type: "user",
      messageListVisibility: "show",
      labelListVisibility: "labelShowIfUnread",
      color
    })
    await importMail(server, mail({}), { metadata: { labelIds: [made.json.id, "UNREAD"] } })
    await importMail(server, mail({}), { metadata: { labelIds: [made.json.id] } })
    const { json } = await call(server, "GET", "labels")
    expect(json.labels.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(["INBOX", "SENT", "SPAM", "TRASH", "STARRED", "CATEGORY_FORUMS", made.json.id])
    )
    expect(json.labels.at(-1)).toEqual(made.json)
    expect((await call(server, "GET", `labels/${made.json.id}`)).json).toEqual({
      ...made.json,
      messagesTotal: 2,
      messagesUnread: 1,
      threadsTotal: 2,
      threadsUnread: 1
    })
    expect((await call(server, "GET", "labels/Label_99")).status).toBe(404)
  })

  it("need no parent, and a name is free again once its label is gone", async () => {
    const server = await started()
    const { json } = await create(server, "A/B/C")
    const { json: message } = await importMail(server, mail({}), { metadata: { labelIds: [json.id] } })
    expect((await call(server, "DELETE", `labels/${json.id}`)).status).toBe(204)
    expect((await call(server, "GET", `messages/${message.id}?format=minimal`)).json.labelIds).toEqual([])
    const again = await create(server, "A/B/C")
    expect(again.status).toBe(200)
    expect(again.json.id).not.toBe(json.id)
    const gone = await importMail(server, mail({}), { metadata: { labelIds: [json.id] } })
    expect(gone.json.error.message).toBe(`Invalid label: ${json.id}`)
  })

  it("conflict in any case of their letters, with one another and with Gmail's own names", async () => {
    const server = await started()
    await create(server, "Reisen")
    for (const name of ["reisen", "REISEN", "Archive", "all mail", "Travel/2020", "Muted"]) {
      const { status, json } = await create(server, name)
      expect([name, status, json]).toEqual([
        name,
        409,
        {
          error: {
            code: 409,
            message: "Label name exists or conflicts",
            errors: [{ message: "Label name exists or conflicts", domain: "global", reason: "aborted" }],
            status: "ABORTED"
          }
        }
      ])
    }
    expect((await create(server, "Proton/Travel")).status).toBe(200)
  })

  it("conflict when two of a name are made at once", async () => {
    const server = await started({ latencyMillis: 10 })
    const answers = await Promise.all([
      create(server, "Same"),
      create(server, "same"),
      create(server, "SAME")
    ])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(2)
  })

  it("conflict with the names of the account's language", async () => {
    const german = await started({ language: "de" })
    expect((await create(german, "Gesendet")).status).toBe(409)
    expect((await create(german, "Da leggere")).status).toBe(200)
    const italian = await started({ language: "it" })
    expect((await create(italian, "Da leggere")).status).toBe(409)
  })

  it.each([
    "",
    " a",
    "a ",
    "a  b",
    "a/ b",
    "a//b",
    "/a",
    "a/",
    "a^b",
    "a\\b",
    "a*",
    "a+b",
    "a`b",
    'a"b',
    "a'b",
    "INBOX",
    "sent",
    "Trash/x",
    "x".repeat(226)
  ])("cannot be called %j", async (name) => {
    const server = await started()
    const { status, json } = await create(server, name)
    expect([status, json.error.message]).toEqual([400, "Invalid label name"])
  })

  it("may have 225 characters, of any script", async () => {
    const server = await started()
    expect((await create(server, "名".repeat(225))).status).toBe(200)
  })

  it("take the colours of the palette, and both of them", async () => {
    const server = await started()
    const refused = [
      { backgroundColor: "#123456", textColor: "#ffffff" },
      { backgroundColor: "#16a766" },
      { textColor: "#000000" }
    ]
    for (const color of refused) expect((await create(server, "c", { color })).status).toBe(400)
    expect(
      (await create(server, "c", { color: { backgroundColor: "#083018", textColor: "#fb4c2f" } })).status
    ).toBe(200)
  })

  it("are changed by PATCH in part and by PUT as a whole, Gmail's own not at all", async () => {
    const server = await started()
    const color = { backgroundColor: "#16a766", textColor: "#ffffff" }
    const { id } = (await create(server, "Old", { color })).json
    await create(server, "Taken")
    expect((await call(server, "PATCH", `labels/${id}`, { body: { name: "old" } })).json).toMatchObject({
      name: "old",
      color
    })
    expect((await call(server, "PATCH", `labels/${id}`, { body: { name: "TAKEN" } })).status).toBe(409)
    expect((await call(server, "PUT", `labels/${id}`, { body: { name: "New" } })).json).not.toHaveProperty(
      "color"
    )
    expect((await call(server, "PATCH", "labels/INBOX", { body: { name: "Mine" } })).status).toBe(400)
    expect((await call(server, "DELETE", "labels/INBOX")).status).toBe(400)
    expect((await create(server, "Old")).status).toBe(200)
  })

  it("end at a number, Gmail's own included", async () => {
    const server = await started({ maxLabels: 16 })
    expect((await create(server, "15th")).status).toBe(200)
    expect((await create(server, "16th")).status).toBe(200)
    expect((await create(server, "17th")).json.error).toMatchObject({ code: 400, message: "Too many labels" })
  })
})
