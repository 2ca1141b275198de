import { describe, expect, it } from "vitest"

import { gmail } from "../../src/server/gmail/GmailProfile.ts"
import { mail, started } from "./ServerForTest.ts"

const onGmail = (tellsOfJoined: "older" | "discarded" = "discarded") =>
  started({ profile: { ...gmail, gmail: { tellsOfJoined } } })

type Server = Awaited<ReturnType<typeof onGmail>>[0]

const inMailbox = (server: Server, name: string) =>
  (server.mailboxes.get(name)?.messages ?? []).map(({ gmailId }) => gmailId)

const everything = "[Gmail]/All Mail"

describe("a server like Gmail's", () => {
  it("tells of its extensions, its limit and its own mailboxes", async () => {
    const [, client] = await onGmail()
    const [line] = await client.command("CAPABILITY")
    expect(line).toContain("X-GM-EXT-1")
    expect(line).toContain("APPENDLIMIT=35651584")
    expect(line).not.toContain("MULTIAPPEND")
    const listed = await client.command('LIST "" "*"')
    expect(listed).toContain('* LIST (\\HasNoChildren \\All) "/" "[Gmail]/All Mail"')
    expect(listed).toContain('* LIST (\\Noselect \\HasChildren) "/" "[Gmail]"')
  })

  it("shows one message in the mailbox it was sent to and in All Mail, under one X-GM-MSGID", async () => {
    const [server, client] = await onGmail()
    await client.command("CREATE Work")
    expect(await client.append("Work", mail("a@x"))).toMatch(/\[APPENDUID \d+ 1\]/u)
    expect(inMailbox(server, everything)).toEqual(inMailbox(server, "Work"))
    await client.command("SELECT Work")
    const [fetched] = await client.command("FETCH 1 (X-GM-MSGID X-GM-LABELS)")
    expect(fetched).toMatch(/^\* 1 FETCH \(X-GM-MSGID \d{19} X-GM-LABELS \("Work"\)\)$/u)
    const id = /X-GM-MSGID (\d+)/u.exec(fetched ?? "")?.[1]
    expect(await client.command(`UID SEARCH X-GM-MSGID ${id}`)).toContain("* SEARCH 1")
    expect(await client.command("UID SEARCH X-GM-RAW rfc822msgid:<a@x>")).toContain("* SEARCH 1")
    expect(await client.command("UID SEARCH X-GM-MSGID 1")).toContain("* SEARCH")
  })

  it("gives a message labels by COPY and STORE, each once, and takes them away", async () => {
    const [server, client] = await onGmail()
    for (const name of ["Work", '"Büro 2019"'.replace("ü", "&APw-")]) await client.command(`CREATE ${name}`)
    await client.append("INBOX", mail("a@x"))
    await client.command("SELECT INBOX")
    expect(await client.answer("UID COPY 1 work")).toMatch(/\[COPYUID \d+ 1 1\]/u)
    expect(await client.answer("UID COPY 1 Work")).toMatch(/\[COPYUID \d+ 1 1\]/u)
    expect(await client.answer('UID STORE 1 +X-GM-LABELS ("B&APw-ro 2019" \\Sent)')).toMatch(/^tag OK/u)
    for (const name of ["Work", "Büro 2019", "[Gmail]/Sent Mail", everything])
      expect(inMailbox(server, name)).toHaveLength(1)
    expect((await client.command("FETCH 1 X-GM-LABELS"))[0]).toBe(
      '* 1 FETCH (X-GM-LABELS ("\\\\Inbox" "Work" "B&APw-ro 2019" "\\\\Sent"))'
    )
    await client.command("UID STORE 1 -X-GM-LABELS (Work)")
    expect(inMailbox(server, "Work")).toEqual([])
    expect(inMailbox(server, everything)).toHaveLength(1)
    expect(await client.answer("UID STORE 1 +X-GM-LABELS (Nowhere)")).toMatch(/^tag NO/u)
  })

  it("keeps flags with the message, wherever it shows", async () => {
    const [server, client] = await onGmail()
    await client.command("CREATE Work")
    await client.append("INBOX", mail("a@x"))
    await client.command("SELECT INBOX")
    await client.command("UID COPY 1 Work")
    await client.command("UID STORE 1 +FLAGS (\\Seen)")
    expect([...(server.mailboxes.get("Work")?.messages[0]?.flags ?? [])]).toEqual(["\\Seen"])
  })

  it.each(["older", "discarded"] as const)(
    "joins a message with the one that has its Message-ID, and tells the UID of the %s",
    async (tells) => {
      const [server, client] = await onGmail(tells)
      await client.command("CREATE Work")
      const older = server.deliver("INBOX", Buffer.from(mail("a@x")), [], new Date(0))
      const answer = (await client.append("Work", `${mail("a@x")}and more`)) ?? ""
      const uid = Number(/\[APPENDUID \d+ (\d+)\]/u.exec(answer)?.[1])
      const [joined] = server.mailboxes.get("Work")?.messages ?? []
      expect(joined?.gmailId).toBe(older.gmailId)
      expect(joined?.bytes).toBe(older.bytes)
      expect(joined?.internalDate).toEqual(new Date(0))
      expect(joined?.uid === uid).toBe(tells === "older")
      expect(inMailbox(server, everything)).toHaveLength(1)
      expect(inMailbox(server, "INBOX")).toHaveLength(1)
    }
  )

  it("takes a joined message out of Trash, and mail in Trash is nowhere else", async () => {
    const [server, client] = await onGmail()
    await client.command("CREATE Work")
    await client.append("Work", mail("a@x"))
    await client.command("SELECT Work")
    await client.command('UID COPY 1 "[Gmail]/Trash"')
    expect(inMailbox(server, "Work")).toEqual([])
    expect(inMailbox(server, everything)).toEqual([])
    expect(inMailbox(server, "[Gmail]/Trash")).toHaveLength(1)
    await client.append("INBOX", mail("a@x"))
    expect(inMailbox(server, "[Gmail]/Trash")).toEqual([])
    expect(inMailbox(server, "INBOX")).toHaveLength(1)
    expect(inMailbox(server, everything)).toHaveLength(1)
  })

  it("does not join messages without a Message-ID", async () => {
    const [server, client] = await onGmail()
    for (let n = 0; n < 2; n++) await client.append("INBOX", "Subject: none\r\n\r\nx\r\n")
    expect(new Set(inMailbox(server, "INBOX")).size).toBe(2)
  })

  it("forgets a message that was destroyed", async () => {
    const [server, client] = await onGmail()
    const { gmailId = "" } = server.deliver("INBOX", Buffer.from(mail("a@x")))
    server.destroy(gmailId)
    expect(inMailbox(server, everything)).toEqual([])
    await client.append("INBOX", mail("a@x"))
    expect(inMailbox(server, "INBOX")).not.toEqual([gmailId])
  })

  it.each(["Sent", "sent/2019", "[Gmail]/Mine", '"two  blanks"', '" lead"', '"a+b"', `"${"x".repeat(226)}"`])(
    "makes no label %s",
    async (name) => {
      const [, client] = await onGmail()
      expect(await client.answer(`CREATE ${name}`)).toMatch(/^tag NO \[CANNOT\]/u)
    }
  )

  it("makes no second label in another spelling", async () => {
    const [, client] = await onGmail()
    expect(await client.answer("CREATE Work")).toMatch(/^tag OK/u)
    expect(await client.answer("CREATE wORK")).toMatch(/^tag NO \[ALREADYEXISTS\]/u)
  })
})
