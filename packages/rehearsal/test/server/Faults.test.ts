import { describe, expect, it } from "vitest"

import { loggedIn, mail, started } from "./ServerForTest.ts"

describe("faults", () => {
  it("cut every session without BYE", async () => {
    const [server, client] = await started()
    const other = await loggedIn(server)
    server.cutSessions()
    expect([await client.line(), await other.line()]).toEqual([undefined, undefined])
    expect(await (await loggedIn(server)).answer("NOOP")).toMatch(/^tag OK/u)
  })

  it("cut after the literal: the message is stored and nobody is told", async () => {
    const [server, client] = await started()
    server.cutAfterLiteral()
    expect(await client.append("INBOX", mail("a@x"))).toBeUndefined()
    expect(server.mailboxes.get("INBOX")?.messages).toHaveLength(1)
    expect(server.stats.appended).toBe(1)
    expect(await (await loggedIn(server)).append("INBOX", mail("b@x"))).toMatch(/^tag OK/u)
  })

  it("cut within the literal: nothing is stored, whether the server asked for it or not", async () => {
    const [server, client] = await started()
    server.cutMidLiteral(2)
    expect(await client.append("INBOX", mail("a@x"))).toBeUndefined()
    const second = await loggedIn(server)
    second.write(`a APPEND INBOX {100000+}\r\n${"x".repeat(50_000)}`)
    expect(await second.line()).toBeUndefined()
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
    expect(await (await loggedIn(server)).append("INBOX", mail("a@x"))).toMatch(/^tag OK/u)
  })

  it("cut before the OK of a COPY that was carried out", async () => {
    const [server, client] = await started()
    server.deliver("INBOX", Buffer.from("x"))
    await client.command("SELECT INBOX")
    server.cutBeforeCopyOk()
    expect(await client.command("UID COPY 1 Sent")).toEqual([])
    expect(server.mailboxes.get("Sent")?.messages).toHaveLength(1)
    expect(server.stats.copied).toBe(1)
  })

  it("refuse a message by its Message-ID or its X-Pm-Internal-Id, as often as asked", async () => {
    const [server, client] = await started()
    server.refuseAppend("bad@x", "NO [CANNOT] Message contains NUL characters")
    server.refuseAppend("AbC123", "BAD Not that one", 1)
    expect(await client.append("INBOX", mail("bad@x"))).toBe(
      "tag NO [CANNOT] Message contains NUL characters"
    )
    expect(await client.append("INBOX", mail("bad@x"))).toMatch(/^tag NO/u)
    const internal = "X-Pm-Internal-Id: xxAbC123==\r\nSubject: bad@x\r\n\r\nbad@x AbC123"
    expect(await client.append("INBOX", internal)).toBe("tag BAD Not that one")
    expect(await client.append("INBOX", internal)).toMatch(/^tag OK/u)
  })

  it("throttle the commands that mean work, before the message is sent, and no others", async () => {
    const [server, client] = await started()
    server.throttle("NO [THROTTLED] Slow down", 2)
    expect(await client.answer("NOOP")).toMatch(/^tag OK/u)
    expect(await client.append("INBOX", mail("a@x"))).toBe("tag NO [THROTTLED] Slow down")
    expect(await client.answer("SELECT INBOX")).toBe("tag NO [THROTTLED] Slow down")
    expect(await client.append("INBOX", mail("a@x"))).toMatch(/^tag OK/u)
    expect(server.stats.appended).toBe(1)
  })

  it("throttle only the verbs a test names", async () => {
    const [server, client] = await started()
    server.throttle("NO Busy", Infinity, ["APPEND"])
    expect(await client.answer("SELECT INBOX")).toMatch(/^tag OK/u)
    expect(await client.append("INBOX", mail("a@x"))).toBe("tag NO Busy")
    server.behave()
    expect(await client.append("INBOX", mail("a@x"))).toMatch(/^tag OK/u)
  })

  it("say BYE to everybody, those that idle included", async () => {
    const [server, client] = await started()
    const idler = await loggedIn(server)
    idler.write("a IDLE\r\n")
    await idler.until("+")
    server.bye("[UNAVAILABLE] Going down for maintenance")
    for (const each of [client, idler]) {
      expect(await each.line()).toBe("* BYE [UNAVAILABLE] Going down for maintenance")
      expect(await each.line()).toBeUndefined()
    }
  })

  it("fill the account up and empty it again", async () => {
    const [server, client] = await started()
    server.overQuota(true)
    expect(await client.append("INBOX", mail("a@x"))).toMatch(/^tag NO \[OVERQUOTA\]/u)
    server.overQuota(false)
    expect(await client.append("INBOX", mail("a@x"))).toMatch(/^tag OK/u)
  })

  it("answer slowly, in the order of the questions", async () => {
    const [server, client] = await started()
    server.slow(5)
    client.write("a NOOP\r\nb NOOP\r\n")
    expect((await client.until("b ")).map((line) => line.slice(0, 4))).toEqual(["a OK", "b OK"])
  })
})
