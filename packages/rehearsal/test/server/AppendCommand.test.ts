import { describe, expect, it } from "vitest"

import { rich } from "../../src/server/ServerProfile.ts"
import { mail, started } from "./ServerForTest.ts"

describe("APPEND", () => {
  it("keeps the octets, the flags and the date it was given", async () => {
    const [server, client] = await started()
    const octets = Buffer.concat([
      Buffer.from("Subject: \xe9\r\n\r\n", "latin1"),
      Buffer.from([0, 255, 10, 13])
    ])
    client.write(`a APPEND INBOX (\\seen $Forwarded) "01-Feb-2003 04:05:06 +0200" {${octets.length}+}\r\n`)
    client.write(octets)
    client.write("\r\n")
    expect(await client.until("a ")).toEqual([expect.stringMatching(/^a OK \[APPENDUID \d+ 1\]/u)])
    const [message] = server.mailboxes.get("INBOX")?.messages ?? []
    expect(Buffer.from(message?.bytes ?? [])).toEqual(octets)
    expect([...(message?.flags ?? [])]).toEqual(["\\Seen", "$Forwarded"])
    expect(message?.internalDate.toISOString()).toBe("2003-02-01T02:05:06.000Z")
  })

  it("says TRYCREATE before it asks for a message to a mailbox that does not exist", async () => {
    const [server, client] = await started()
    expect(await client.append("Nowhere", mail("a"))).toMatch(/^tag NO \[TRYCREATE\]/u)
    client.write(`b APPEND Nowhere {5+}\r\nhello\r\n`)
    expect(await client.until("b ")).toEqual([expect.stringMatching(/^b NO \[TRYCREATE\]/u)])
    expect(await client.answer("NOOP")).toMatch(/^tag OK/u)
    expect(server.stats.appended).toBe(0)
  })

  it("stores several messages at once and names all their UIDs (MULTIAPPEND)", async () => {
    const [server, client] = await started()
    expect(await client.append("INBOX", mail("a"), mail("b"), mail("c"))).toMatch(/\[APPENDUID \d+ 1:3\]/u)
    expect(server.mailboxes.get("INBOX")?.messages).toHaveLength(3)
  })

  it("stores none of several when one is refused", async () => {
    const [server, client] = await started()
    server.refuseAppend("b@x", "NO [LIMIT] Not this one")
    expect(await client.append("INBOX", mail("a@x"), mail("b@x"), mail("c@x"))).toBe(
      "tag NO [LIMIT] Not this one"
    )
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
    expect(await client.append("INBOX", mail("a@x"))).toMatch(/^tag OK/u)
  })

  it("takes one message at a time where MULTIAPPEND is not offered", async () => {
    const [server, client] = await started({ profile: "poor" })
    expect(await client.append("INBOX", mail("a"), mail("b"))).toMatch(/^tag BAD/u)
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
  })

  it("refuses a message over the limit before it is sent, and after it came unasked", async () => {
    const [server, client] = await started({
      profile: { ...rich, appendLimit: 100, advertisesAppendLimit: true }
    })
    expect((await client.command("CAPABILITY"))[0]).toContain("APPENDLIMIT=100")
    client.write("a APPEND INBOX {101}\r\n")
    expect(await client.until("a ")).toEqual([expect.stringMatching(/^a NO \[TOOBIG\]/u)])
    client.write(`b APPEND INBOX {101+}\r\n${"x".repeat(101)}\r\nc NOOP\r\n`)
    expect(await client.until("c ")).toEqual([
      expect.stringMatching(/^b NO \[TOOBIG\]/u),
      expect.stringMatching(/^c OK/u)
    ])
    expect(server.stats.appended).toBe(0)
  })

  it("keeps a quota", async () => {
    const [server, client] = await started({ profile: { ...rich, quota: 150 } })
    expect(await client.append("INBOX", "x".repeat(100))).toMatch(/^tag OK/u)
    expect(await client.append("INBOX", "x".repeat(100))).toMatch(/^tag NO \[OVERQUOTA\]/u)
    await client.command("SELECT INBOX")
    expect(await client.answer("COPY 1 Sent")).toMatch(/^tag NO \[OVERQUOTA\]/u)
    expect(server.mailboxes.get("Sent")?.messages).toEqual([])
  })

  it("refuses an empty message and a system flag nobody knows", async () => {
    const [, client] = await started()
    client.write("a APPEND INBOX {0}\r\n")
    expect(await client.until("a ")).toEqual([expect.stringMatching(/^a NO/u)])
    client.write("b APPEND INBOX (\\Starred) {3}\r\n")
    expect(await client.until("b ")).toEqual([expect.stringMatching(/^b BAD/u)])
  })

  it("runs the message as commands after a BAD on a literal that came unasked, as Dovecot does", async () => {
    const [server, client] = await started()
    client.write("a APPEND INBOX (\\Starred) {24+}\r\nz1 CREATE Injected\r\nabc\r\n")
    await client.until("a BAD")
    expect(await client.until("z1 ")).toEqual([expect.stringMatching(/^z1 OK/u)])
    expect(server.mailboxes.has("Injected")).toBe(true)
  })

  it("skips such a message on a server that is careful", async () => {
    const [server, client] = await started({ profile: { ...rich, runsRefusedLiterals: false } })
    client.write("a APPEND INBOX (\\Starred) {24+}\r\nz1 CREATE Injected\r\nabc\r\nb NOOP\r\n")
    expect(await client.until("b ")).toEqual([
      expect.stringMatching(/^a BAD/u),
      expect.stringMatching(/^b OK/u)
    ])
    expect(server.mailboxes.has("Injected")).toBe(false)
  })

  it("does not take a literal unasked where LITERAL+ is not offered, and a short one only with LITERAL-", async () => {
    const [, plain] = await started({ profile: "courier" })
    plain.write("a APPEND INBOX {5+}\r\n")
    expect(await plain.until("a ")).toEqual([expect.stringMatching(/^a BAD/u)])
    const [, minus] = await started({ profile: { ...rich, extensions: new Set(["LITERAL-"]) } })
    minus.write("a APPEND INBOX {5+}\r\nhello\r\n")
    expect(await minus.until("a ")).toEqual([expect.stringMatching(/^a OK/u)])
    minus.write("b APPEND INBOX {4097+}\r\n")
    expect(await minus.until("b ")).toEqual([expect.stringMatching(/^b BAD/u)])
    expect(await minus.line()).toBeUndefined()
  })

  it("answers pipelined APPENDs in the order they were sent", async () => {
    const [server, client] = await started()
    client.write([1, 2, 3].map((n) => `p${n} APPEND INBOX {1+}\r\n${n}\r\n`).join(""))
    const lines = await client.until("p3 ")
    expect(lines.map((line) => line.slice(0, 5))).toEqual(["p1 OK", "p2 OK", "p3 OK"])
    expect(server.mailboxes.get("INBOX")?.messages.map(({ bytes }) => String(bytes))).toEqual([
      "49",
      "50",
      "51"
    ])
  })

  it("forgets keywords, and does not say so, where the profile has it", async () => {
    const [server, client] = await started({ profile: "poor" })
    client.write("a APPEND INBOX ($Forwarded \\Flagged) {5}\r\n")
    await client.until("+")
    client.write("hello\r\n")
    expect(await client.until("a ")).toEqual(["a OK Append completed."])
    expect([...(server.mailboxes.get("INBOX")?.messages[0]?.flags ?? [])]).toEqual(["\\Flagged"])
  })
})
