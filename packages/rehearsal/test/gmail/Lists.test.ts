import { describe, expect, it } from "vitest"

import type { RehearsalGmail } from "../../src/RehearsalGmail.ts"
import { call, importMail, mail, started } from "./GmailForTest.ts"

const day = (number: number): Date => new Date(Date.UTC(2020, 0, number))

/** Message-IDs of a list. */
const listed = async (server: RehearsalGmail, query: string): Promise<ReadonlyArray<string>> => {
  const { json } = await call(server, "GET", `messages?${query}`)
  const byId = new Map(server.account.messages.map(({ id, messageId }) => [id, messageId ?? ""]))
  return (json.messages ?? []).map(({ id }: { id: string }) => byId.get(id))
}

const filled = async (): Promise<RehearsalGmail> => {
  const server = await started()
  const deposits: ReadonlyArray<readonly [string, ReadonlyArray<string>, number]> = [
    ["<a>", ["INBOX", "UNREAD"], 2],
    ["<b>", ["INBOX", "My Work"], 3],
    ["<c>", ["SPAM"], 4],
    ["<d>", ["TRASH", "UNREAD"], 5],
    ["<e>", [], 1]
  ]
  for (const [id, labels, date] of deposits)
    server.account.deposit(mail({ "Message-ID": id }), labels, day(date))
  return server
}

describe("a list of messages", () => {
  it("is newest first, with all of the labels asked for, without Spam and Trash unless these are", async () => {
    const server = await filled()
    expect(await listed(server, "")).toEqual(["<b>", "<a>", "<e>"])
    expect(await listed(server, "includeSpamTrash=true")).toEqual(["<d>", "<c>", "<b>", "<a>", "<e>"])
    expect(await listed(server, "labelIds=INBOX&labelIds=UNREAD")).toEqual(["<a>"])
    expect(await listed(server, "labelIds=SPAM")).toEqual(["<c>"])
    expect(await listed(server, "labelIds=UNREAD")).toEqual(["<a>"])
    const empty = await call(server, "GET", "messages?labelIds=STARRED")
    expect(empty.json).toEqual({ resultSizeEstimate: 0 })
    expect((await call(server, "GET", "messages?labelIds=Label_99")).json.error.message).toBe(
      "Invalid label: Label_99"
    )
  })

  it("finds by Message-ID, label and place, and refuses a search it does not know", async () => {
    const server = await filled()
    expect(await listed(server, "q=rfc822msgid:a")).toEqual(["<a>"])
    expect(await listed(server, "q=rfc822msgid:<a>")).toEqual(["<a>"])
    expect(await listed(server, "q=rfc822msgid:c")).toEqual([])
    expect(await listed(server, "q=rfc822msgid:c&includeSpamTrash=true")).toEqual(["<c>"])
    expect(await listed(server, "q=in:inbox -label:my-work")).toEqual(["<a>"])
    expect(await listed(server, "q=in:trash")).toEqual(["<d>"])
    expect(await listed(server, "q=in:anywhere is:unread")).toEqual(["<d>", "<a>"])
    expect((await call(server, "GET", "messages?q=larger:5M")).json.error.message).toContain("larger:5M")
  })

  it("finds a new message by its Message-ID only when it is indexed", async () => {
    const server = await started({ indexDelayMillis: 60_000 })
    await importMail(server, mail({ "Message-ID": "<a@x>" }))
    expect(await listed(server, "q=rfc822msgid:a@x")).toEqual([])
    expect(await listed(server, "")).toEqual(["<a@x>"])
  })

  it("has at most 500 on a page, and its pages hold still while messages arrive", async () => {
    const server = await started()
    const deposit = (number: number, date: Date) =>
      server.account.deposit(mail({ "Message-ID": `<${number}>` }), [], date)
    for (let number = 0; number < 600; number += 1) deposit(number, day(1))
    const first = await call(server, "GET", "messages?maxResults=1000")
    expect(first.json.messages).toHaveLength(500)
    for (let number = 600; number < 650; number += 1) deposit(number, day(2))
    const second = await call(server, "GET", `messages?maxResults=500&pageToken=${first.json.nextPageToken}`)
    const ids = [...first.json.messages, ...second.json.messages].map(({ id }: { id: string }) => id)
    expect([ids.length, new Set(ids).size]).toEqual([600, 600])
    expect(second.json).not.toHaveProperty("nextPageToken")
    expect((await call(server, "GET", "messages?pageToken=nonsense")).status).toBe(400)
    expect((await call(server, "GET", "messages")).json.messages).toHaveLength(100)
  })
})

describe("a message", () => {
  it("is shown minimal, as its header, in full and raw, with an estimate of its size", async () => {
    const server = await started()
    const octets = mail(
      {
        "Message-ID": "<a@x>",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "base64"
      },
      "SGVsbG8="
    )
    const { id, threadId } = server.account.deposit(octets, ["INBOX"], day(1))
    const get = async (query: string) => (await call(server, "GET", `messages/${id}?${query}`)).json
    const minimal = await get("format=minimal")
    expect(minimal).toMatchObject({
      id,
      threadId,
      labelIds: ["INBOX"],
      internalDate: String(day(1).getTime())
    })
    expect(minimal.sizeEstimate).not.toBe(octets.length)
    expect(minimal).not.toHaveProperty("payload")
    expect((await get("format=metadata&metadataHeaders=subject")).payload.headers).toEqual([
      { name: "Subject", value: "Test" }
    ])
    expect(Buffer.from((await get("")).payload.body.data, "base64url").toString()).toBe("Hello")
    expect(await get("format=raw&fields=raw")).toEqual({ raw: octets.toString("base64url") })
    expect((await call(server, "GET", "messages/19a0")).json.error.message).toBe(
      "Requested entity was not found."
    )
    expect((await call(server, "GET", "messages/nobody")).json.error.message).toBe("Invalid id value")
  })

  it("changes its labels alone and with others, goes to Trash and back, and is gone for good", async () => {
    const server = await filled()
    const [a, b] = server.account.messages
    const path = `messages/${a?.id}`
    const modified = await call(server, "POST", `${path}/modify`, {
      body: { addLabelIds: ["STARRED"], removeLabelIds: ["UNREAD"] }
    })
    expect(modified.json.labelIds.toSorted()).toEqual(["INBOX", "STARRED"])
    const batch = await call(server, "POST", "messages/batchModify", {
      body: { ids: [a?.id, b?.id, "19a0"], addLabelIds: ["IMPORTANT"], removeLabelIds: ["INBOX"] }
    })
    expect(batch.status).toBe(204)
    expect([a?.labels, b?.labels]).toEqual([
      ["IMPORTANT", "STARRED"],
      ["IMPORTANT", "My Work"]
    ])
    expect((await call(server, "POST", `${path}/trash`)).json.labelIds).toContain("TRASH")
    expect((await call(server, "POST", `${path}/untrash`)).json.labelIds).not.toContain("TRASH")
    expect((await call(server, "DELETE", path)).status).toBe(204)
    expect((await call(server, "GET", path)).status).toBe(404)
    const many = Array.from({ length: 1001 }, () => b?.id)
    expect(
      (await call(server, "POST", "messages/batchModify", { body: { ids: many, addLabelIds: ["STARRED"] } }))
        .status
    ).toBe(400)
    expect((await call(server, "POST", `messages/${b?.id}/modify`, { body: {} })).status).toBe(400)
  })
})

it("answers with the fields asked for, and refuses a selection it cannot read", async () => {
  const server = await filled()
  const { json } = await call(server, "GET", "messages?fields=messages(id),nextPageToken&maxResults=1")
  expect(json).toEqual({ messages: [{ id: expect.any(String) }], nextPageToken: expect.any(String) })
  expect((await call(server, "GET", "labels?fields=labels/name")).json.labels[0]).toEqual({ name: "CHAT" })
  for (const fields of ["messages(id", "messages(id))", "messages,", ",", "messages/"]) {
    const refused = await call(server, "GET", `messages?fields=${fields}`)
    expect([fields, refused.status, refused.json.error.errors[0].reason]).toEqual([
      fields,
      400,
      "invalidParameter"
    ])
  }
})

it("tells what happened since a history id, until it has forgotten", async () => {
  const server = await started()
  const { historyId } = (await call(server, "GET", "profile")).json
  const { json } = await importMail(server, mail({ "Message-ID": "<a@x>" }), {
    metadata: { labelIds: ["INBOX"] }
  })
  await importMail(server, mail({ "Message-ID": "<a@x>" }), { metadata: { labelIds: ["STARRED"] } })
  const since = await call(server, "GET", `history?startHistoryId=${historyId}`)
  expect(since.json.history).toEqual([
    expect.objectContaining({
      messagesAdded: [{ message: expect.objectContaining({ id: json.id, labelIds: ["INBOX"] }) }]
    }),
    expect.objectContaining({ labelsAdded: [expect.objectContaining({ labelIds: ["STARRED"] })] })
  ])
  const added = await call(server, "GET", `history?startHistoryId=${historyId}&historyTypes=messageAdded`)
  expect(added.json.history).toHaveLength(1)
  const now = await call(server, "GET", `history?startHistoryId=${since.json.historyId}`)
  expect(now.json).toEqual({ historyId: since.json.historyId })
  server.account.history.forget()
  expect((await call(server, "GET", `history?startHistoryId=${historyId}`)).status).toBe(404)
})
