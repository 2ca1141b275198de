import { describe, expect, it } from "vitest"

import { call, keyId, property } from "../graph/GraphForTest.ts"
import { flow, letter, loggedIn, startExchange } from "./ExchangeForTest.ts"

const date = new Date("2010-03-02T10:11:12Z")

describe("an Exchange mailbox by IMAP", () => {
  it("lists the folders that Graph has, special uses as Exchange tells them", async () => {
    const server = await startExchange()
    server.account.deposit("Work/Old")
    const lines = await (await loggedIn(server)).command('LIST "" *')
    expect(lines).toContain('* LIST (\\HasNoChildren \\Trash) "/" "Deleted Items"')
    expect(lines).toContain('* LIST (\\HasNoChildren \\Sent) "/" "Sent Items"')
    expect(lines).toContain('* LIST (\\HasNoChildren) "/" "Archive"')
    expect(lines).toContain('* LIST (\\HasNoChildren) "/" "INBOX"')
    expect(lines).toContain('* LIST (\\HasNoChildren) "/" "Work/Old"')
  })

  it("stores a received message: its dates, its flags, its header, and its place in Graph", async () => {
    const server = await startExchange()
    const client = await flow(server)
    const octets = letter({ "X-Mailer": "Old mail" })
    const appended = await client.append(
      "Sent Items",
      Buffer.from(octets),
      ["\\Seen", "\\Answered", "\\Flagged"],
      date
    )
    expect(appended).toMatchObject({ uid: 1 })
    const [message] = server.account.messages
    expect(message).toMatchObject({
      by: "imap",
      folderPath: "Sent Items",
      isDraft: false,
      isRead: true,
      internetMessageId: "<one@example.org>",
      received: date.getTime(),
      sent: Date.parse("2010-03-02T10:11:09Z")
    })
    expect(message?.parts.flag).toMatchObject({ flagStatus: "flagged" })
    expect(message?.properties.get("Integer 0x1081")).toBe("102")
    expect(message?.parts.headers).toEqual([{ name: "X-Mailer", value: "Old mail" }])
    const byGraph = await call(server, "GET", `messages/${message?.id}`)
    expect(byGraph.json).toMatchObject({
      isDraft: false,
      subject: "Hello",
      receivedDateTime: "2010-03-02T10:11:12Z"
    })
  })

  it("lets Graph find by its Message-ID what IMAP stored, and give it a key", async () => {
    const server = await startExchange()
    await (await flow(server)).append("Archive", Buffer.from(letter()), [], date)
    const filter = encodeURIComponent("internetMessageId eq '<one@example.org>'")
    const found = await call(server, "GET", `mailFolders/archive/messages?$filter=${filter}&$select=id`)
    expect(found.json.value).toHaveLength(1)
    const changed = await call(server, "PATCH", `messages/${found.json.value[0].id}`, {
      body: { singleValueExtendedProperties: [property(keyId, "ab")] }
    })
    expect(changed.status).toBe(200)
    const key = encodeURIComponent(
      `singleValueExtendedProperties/Any(ep: ep/id eq '${keyId}' and ep/value eq 'ab')`
    )
    const byKey = await call(server, "GET", `mailFolders/archive/messages?$filter=${key}`)
    expect(byKey.json.value).toMatchObject([{ subject: "Hello", isDraft: false }])
  })

  it("makes a draft of what is said to be one", async () => {
    const server = await startExchange()
    const client = await flow(server)
    await client.append("Drafts", Buffer.from(letter()), ["\\Draft"], date)
    expect(server.account.messages[0]?.isDraft).toBe(true)
  })

  it("keeps $MDNSent and no other keyword", async () => {
    const server = await startExchange()
    const client = await loggedIn(server)
    expect(await client.append("INBOX ($MDNSent)", letter())).toMatch(/^tag OK \[APPENDUID/u)
    expect(await client.append("INBOX ($Forwarded)", letter())).toBe("tag BAD Command Argument Error. 11")
    const lines = await client.command("SELECT INBOX")
    expect(lines).toContain(
      "* OK [PERMANENTFLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $MDNSent)] Flags permitted."
    )
    expect(await client.answer("STORE 1 +FLAGS (filed)")).toBe("tag BAD Command Argument Error. 11")
    expect((await client.command("FETCH 1 FLAGS"))[0]).toContain("$MDNSent")
  })

  it("shows what came by Graph, and gives it UIDs in the order it came", async () => {
    const server = await startExchange()
    server.account.deposit("inbox", { subject: "First" })
    const client = await flow(server)
    await client.mailboxOpen("INBOX")
    server.account.deposit("inbox", { subject: "Second", isRead: false })
    await client.noop()
    const all = await client.fetchAll("1:*", { uid: true, envelope: true, flags: true })
    expect(all.map(({ uid, envelope }) => [uid, envelope?.subject])).toEqual([
      [1, "First"],
      [2, "Second"]
    ])
    expect(all[1]?.flags).toEqual(new Set())
  })

  it("changes what Graph has by STORE, COPY, MOVE and EXPUNGE", async () => {
    const server = await startExchange()
    const message = server.account.deposit("inbox", { subject: "Here", isRead: false })
    const client = await flow(server)
    await client.mailboxOpen("INBOX")
    await client.messageFlagsAdd("1", ["\\Seen", "\\Flagged"])
    expect(message.isRead).toBe(true)
    await client.mailboxCreate("Work/Old")
    await client.messageCopy("1", "Work/Old")
    await client.messageMove("1", "Archive")
    const where = server.account.messages.map(({ folderPath, subject }) => [folderPath, subject])
    expect(where).toEqual([
      ["Work/Old", "Here"],
      ["Archive", "Here"]
    ])
    await client.mailboxOpen("Archive")
    await client.messageDelete("1:*")
    expect(server.account.messages).toHaveLength(1)
  })

  it("renames and deletes folders with what is in them", async () => {
    const server = await startExchange()
    server.account.deposit("Work/Old", { subject: "Here" })
    const client = await flow(server)
    await client.mailboxRename("Work", "Office")
    expect(server.account.messages[0]?.folderPath).toBe("Office/Old")
    await client.mailboxDelete("Office/Old")
    expect(server.account.folderAt("Office/Old")).toBeUndefined()
    expect(server.account.messages).toHaveLength(0)
  })

  it("writes MIME anew, and leaves what was signed as it was", async () => {
    const server = await startExchange()
    const client = await flow(server)
    const plain = letter({ Received: "by somewhere" })
    await client.append("INBOX", Buffer.from(plain))
    const signed =
      "--s\r\nContent-Type: text/plain\r\n\r\nSigned.\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
    const type = 'multipart/signed; protocol="application/pgp-signature"; boundary=s'
    await client.append("INBOX", Buffer.from(letter({ "Content-Type": type }, signed)))
    await client.mailboxOpen("INBOX")
    const [first, second] = await client.fetchAll("1:2", { source: true })
    expect(first?.source?.toString()).not.toContain("Received:")
    expect(first?.source?.toString()).toContain("Message-ID: <one@example.org>")
    expect(second?.source?.toString()).toContain(`Content-Type: ${type}\r\n\r\n${signed}`)
  })

  it("tells a size that is not the number of octets it gives", async () => {
    const server = await startExchange()
    const client = await flow(server)
    await client.append("INBOX", Buffer.from(letter()))
    await client.mailboxOpen("INBOX")
    const message = await client.fetchOne("1", { size: true, source: true })
    expect(message && message.size).toBeGreaterThan((message && message.source?.length) || 0)
  })

  it("refuses messages and lines that are too long, and a folder called Files", async () => {
    const server = await startExchange({ messageSizeLimit: 20_000 })
    const client = await loggedIn(server)
    expect(await client.append("INBOX", letter({}, "a\r\n".repeat(10_000)))).toBe(
      "tag NO Maximum size of appendable message has been exceeded."
    )
    expect(await client.append("INBOX", letter({}, `${"a".repeat(10_501)}\r\n`))).toBe(
      "tag BAD Command Argument Error. 11"
    )
    expect(await client.answer("CREATE Files")).toBe("tag NO The folder name is reserved.")
    expect(await client.append("Nowhere", letter())).toBe("tag NO The requested item could not be found.")
    expect(server.account.messages).toHaveLength(0)
  })

  it("hangs up on a command of more than 10,240 octets", async () => {
    const client = await loggedIn(await startExchange())
    expect(await client.answer(`NOOP ${"a".repeat(10_240)}`)).toBe("tag BAD Command Error. 10")
    await client.closed()
  })

  it("says when it is full", async () => {
    const server = await startExchange()
    server.mailboxFull()
    expect(await (await loggedIn(server)).append("INBOX", letter())).toBe("tag NO The mailbox is full.")
  })

  it("slows a client down, and hangs up where it is told to", async () => {
    const server = await startExchange()
    const words = "Request is throttled. Suggested Backoff Time: 180000 milliseconds"
    const client = await loggedIn(server)
    server.imap.throttle(`NO ${words}`, 1)
    expect(await client.append("INBOX", letter())).toBe(`tag NO ${words}`)
    server.imap.throttle(`BAD ${words}`, 1, undefined, { closes: true })
    expect(await client.answer("SELECT INBOX")).toBe(`tag BAD ${words}`)
    await client.closed()
  })

  it("keeps each mailbox of a tenant apart", async () => {
    const server = await startExchange({ users: ["other@example.com"] })
    await (await flow(server)).append("INBOX", Buffer.from(letter()))
    expect(server.account.messages).toHaveLength(1)
    expect(server.accountOf("other@example.com").messages).toHaveLength(0)
  })
})
