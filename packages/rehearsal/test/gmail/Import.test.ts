import { describe, expect, it } from "vitest"

import { call, importMail, mail, started } from "./GmailForTest.ts"

const insertPath = "/upload/gmail/v1/users/me/messages"

describe("import", () => {
  it("takes a message with a known Message-ID for the old one and merges the labels", async () => {
    const server = await started()
    const label = (await call(server, "POST", "labels", { body: { name: "Work" } })).json.id
    const first = await importMail(server, mail({ "Message-ID": "<a@x>" }), {
      metadata: { labelIds: ["INBOX"] }
    })
    const second = await importMail(server, mail({ "message-id": " <a@x> " }, "Another body\r\n"), {
      metadata: { labelIds: [label, "UNREAD", "STARRED"] }
    })
    expect(second.json.id).toBe(first.json.id)
    expect(new Set(second.json.labelIds)).toEqual(new Set(["INBOX", label, "STARRED", "UNREAD"]))
    expect(server.account.messages).toHaveLength(1)
    expect(server.account.messages[0]?.raw).toEqual(mail({ "Message-ID": "<a@x>" }))
    expect([server.stats.stored, server.stats.merged, server.stats.units]).toEqual([1, 1, 55])
  })

  it("keeps two messages apart that have no Message-ID, or when told not to merge", async () => {
    const server = await started()
    for (let times = 0; times < 2; times += 1) await importMail(server, mail({}))
    expect(server.account.messages).toHaveLength(2)
    const other = await started({ importDeduplicates: false })
    for (let times = 0; times < 2; times += 1) await importMail(other, mail({ "Message-ID": "<a@x>" }))
    expect(other.account.messages).toHaveLength(2)
  })

  it("finds its twin in Trash too, and moves it where the newer one lies", async () => {
    const server = await started()
    server.account.deposit(mail({ "Message-ID": "<a@x>" }), ["TRASH", "UNREAD"])
    const { json } = await importMail(server, mail({ "Message-ID": "<a@x>" }), {
      metadata: { labelIds: ["INBOX"] }
    })
    expect(json.labelIds.toSorted()).toEqual(["INBOX", "UNREAD"])
  })

  it("archives what it is given no labels for", async () => {
    const server = await started()
    expect((await importMail(server, mail({}))).json.labelIds).toEqual([])
    expect((await importMail(server, mail({}), { metadata: { labelIds: [] } })).json.labelIds).toEqual([])
  })

  it("dates a message by its Date, and by now where that is missing, wrong or not wanted", async () => {
    const server = await started()
    const begin = Date.now()
    const dated = { Date: "Fri, 21 Nov 1997 09:55:06 -0600" }
    await importMail(server, mail({ ...dated }))
    await importMail(server, mail({}))
    await importMail(server, mail({ Date: "yesterday" }))
    await importMail(server, mail({ ...dated }), { query: "&internalDateSource=receivedTime" })
    const [byHeader, ...byClock] = server.account.messages.map(({ internalDate }) => internalDate)
    expect(byHeader).toBe(Date.UTC(1997, 10, 21, 15, 55, 6))
    expect(byClock.map((date) => date >= begin)).toEqual([true, true, true])
  })

  it("takes known spam for spam unless told not to", async () => {
    const server = await started()
    const gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    const metadata = { labelIds: ["INBOX", "UNREAD"] }
    const taken = await importMail(server, mail({}, gtube), { metadata })
    expect(taken.json.labelIds.toSorted()).toEqual(["SPAM", "UNREAD"])
    const spared = await importMail(server, mail({}, gtube), { metadata, query: "&neverMarkSpam=true" })
    expect(spared.json.labelIds.toSorted()).toEqual(["INBOX", "UNREAD"])
  })

  it("puts answers into the conversation, in whatever order they come, and other subjects not", async () => {
    const server = await started()
    const answer = await importMail(
      server,
      mail({ "Message-ID": "<b@x>", "In-Reply-To": "<a@x>", Subject: "Re: Plan" })
    )
    const question = await importMail(server, mail({ "Message-ID": "<a@x>", Subject: "Plan" }))
    const third = await importMail(server, mail({ References: "<a@x>\r\n <b@x>", Subject: "AW: Re: PLAN" }))
    const other = await importMail(server, mail({ References: "<a@x>", Subject: "Something else" }))
    const same = await importMail(server, mail({ Subject: "Plan" }))
    expect(question.json.threadId).toBe(answer.json.threadId)
    expect(third.json.threadId).toBe(answer.json.threadId)
    expect(other.json.threadId).toBe(other.json.id)
    expect(same.json.threadId).toBe(same.json.id)
    const given = await importMail(server, mail({}), { metadata: { threadId: answer.json.threadId } })
    expect(given.json.threadId).toBe(answer.json.threadId)
    expect((await importMail(server, mail({}), { metadata: { threadId: "19a0" } })).status).toBe(404)
  })
})

describe("insert", () => {
  it("stores what is there already once more, dates it now and threads nothing", async () => {
    const server = await started()
    const begin = Date.now()
    const octets = mail({ "Message-ID": "<a@x>", References: "<a@x>", Date: "1 Jan 2001 00:00:00 +0000" })
    const first = await importMail(server, octets, { path: insertPath })
    const second = await importMail(server, octets, { path: insertPath })
    expect(second.json.id).not.toBe(first.json.id)
    expect(second.json.threadId).toBe(second.json.id)
    expect(server.account.messages.every(({ internalDate }) => internalDate >= begin)).toBe(true)
    await importMail(server, octets, { path: insertPath, query: "&internalDateSource=dateHeader" })
    expect(server.account.messages.at(-1)?.internalDate).toBe(Date.UTC(2001, 0, 1))
  })

  it("calls mail from oneself sent, and knows no neverMarkSpam", async () => {
    const server = await started({ user: "you@gmail.com" })
    const own = await importMail(server, mail({ From: '"You" <You@gmail.com>' }), { path: insertPath })
    expect(own.json.labelIds).toEqual(["SENT"])
    const spam = await importMail(server, mail({}), { path: insertPath, query: "&neverMarkSpam=true" })
    expect([spam.status, spam.json.error.message]).toEqual([400, expect.stringContaining("neverMarkSpam")])
  })
})

it("makes drafts that need no sender and take no labels", async () => {
  const server = await started()
  const raw = Buffer.from("Subject: to be continued\r\n\r\n").toString("base64url")
  const { json } = await call(server, "POST", "drafts", { body: { message: { raw } } })
  expect(json).toMatchObject({ id: expect.stringMatching(/^r-/u), message: { labelIds: ["DRAFT"] } })
  const labelled = await call(server, "POST", "drafts", { body: { message: { raw, labelIds: ["STARRED"] } } })
  expect(labelled.status).toBe(400)
})
