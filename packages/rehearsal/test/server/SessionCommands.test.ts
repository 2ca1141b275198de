import { connect } from "node:net"

import { describe, expect, it, onTestFinished } from "vitest"

import { rich } from "../../src/server/ServerProfile.ts"
import { RawClient } from "./RawClient.ts"
import { loggedIn, started, startServer } from "./ServerForTest.ts"

const base64 = (text: string): string => Buffer.from(text).toString("base64")

const opened = async (server: Parameters<typeof RawClient.open>[0], tls = false): Promise<RawClient> => {
  const client = tls ? await RawClient.openTls(server) : await RawClient.open(server)
  onTestFinished(() => client.close())
  return client
}

describe("logging in", () => {
  it("takes LOGIN with the right password, whatever the case of the user's name", async () => {
    const server = await startServer({ user: "Mira@mail.example", password: 'pa"ss\\word' })
    const client = await opened(server)
    expect(await client.answer('LOGIN mira@MAIL.example "pa\\"ss\\\\word"')).toMatch(/^tag OK \[CAPABILITY /u)
    expect(await client.answer("LOGIN mira@mail.example x")).toMatch(/^tag BAD/u)
    expect(server.stats).toMatchObject({ logins: 1, refusedLogins: 0, openSessions: 1 })
  })

  it("says AUTHENTICATIONFAILED to a wrong password and counts it", async () => {
    const server = await startServer()
    const client = await opened(server)
    expect(await client.answer(`LOGIN ${server.user} wrong`)).toMatch(/^tag NO \[AUTHENTICATIONFAILED\]/u)
    expect(await client.answer("SELECT INBOX")).toMatch(/^tag BAD/u)
    expect(server.stats).toMatchObject({ logins: 0, refusedLogins: 1 })
  })

  it("takes AUTHENTICATE PLAIN with and without an initial response", async () => {
    const server = await startServer()
    const secret = base64(`\0${server.user}\0${server.password}`)
    expect(await (await opened(server)).answer(`AUTHENTICATE PLAIN ${secret}`)).toMatch(/^tag OK/u)
    const slow = await opened(server)
    slow.write("a AUTHENTICATE PLAIN\r\n")
    expect(await slow.line()).toBe("+ ")
    slow.write(`${secret}\r\n`)
    expect(await slow.line()).toMatch(/^a OK/u)
  })

  it("takes XOAUTH2 with the token, and refuses any other by a challenge first", async () => {
    const server = await startServer({ token: "ya29.token" })
    const right = base64(`user=${server.user}\u0001auth=Bearer ya29.token\u0001\u0001`)
    const wrong = base64(`user=${server.user}\u0001auth=Bearer stale\u0001\u0001`)
    const client = await opened(server)
    client.write(`a AUTHENTICATE XOAUTH2 ${wrong}\r\n`)
    expect(Buffer.from((await client.line())?.slice(2) ?? "", "base64").toString()).toContain(
      '"status":"400"'
    )
    client.write("\r\n")
    expect(await client.line()).toMatch(/^a NO \[AUTHENTICATIONFAILED\]/u)
    expect(await client.answer(`AUTHENTICATE XOAUTH2 ${right}`)).toMatch(/^tag OK/u)
  })

  it("refuses with the words a test chose, until it is told to stop", async () => {
    const server = await startServer()
    const client = await opened(server)
    server.refuseLogin("[UNAVAILABLE] Come back later")
    expect(await client.answer(`LOGIN ${server.user} ${server.password}`)).toBe(
      "tag NO [UNAVAILABLE] Come back later"
    )
    server.refuseLogin(undefined)
    expect(await client.answer(`LOGIN ${server.user} ${server.password}`)).toMatch(/^tag OK/u)
  })
})

describe("TLS", () => {
  it("starts within the connection and forgets to offer itself again", async () => {
    const server = await startServer({ requireTls: true })
    const client = await opened(server)
    expect((await client.command("CAPABILITY"))[0]).toMatch(/ STARTTLS LOGINDISABLED$/u)
    expect(await client.answer(`LOGIN ${server.user} ${server.password}`)).toMatch(
      /^tag NO \[PRIVACYREQUIRED\]/u
    )
    expect(await client.answer("STARTTLS")).toMatch(/^tag OK/u)
    await client.secure(server)
    expect((await client.command("CAPABILITY"))[0]).not.toMatch(/STARTTLS|LOGINDISABLED/u)
    expect(await client.answer(`LOGIN ${server.user} ${server.password}`)).toMatch(/^tag OK/u)
  })

  it("is there from the first octet when asked for", async () => {
    const server = await startServer({ security: "tls" })
    const client = await opened(server, true)
    expect((await client.command("CAPABILITY"))[0]).not.toContain("STARTTLS")
    expect(await client.answer("STARTTLS")).toMatch(/^tag BAD/u)
  })

  it("is not to be had from a plain server", async () => {
    const client = await opened(await startServer({ security: "plain" }))
    expect((await client.command("CAPABILITY"))[0]).not.toContain("STARTTLS")
    expect(await client.answer("STARTTLS")).toMatch(/^tag BAD/u)
  })
})

describe("the session", () => {
  it("greets with its capabilities, except on a server of few codes", async () => {
    const [kind, plain] = [await startServer(), await startServer({ profile: "poor" })]
    const greetings = await Promise.all(
      [kind, plain].map(async ({ port, host }) => {
        const socket = connect(port, host)
        const greeting = await new Promise<Buffer>((resolve) => socket.once("data", resolve))
        socket.destroy()
        return String(greeting)
      })
    )
    expect(greetings[0]).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*MULTIAPPEND.*\] Rehearsal ready\.\r\n$/u)
    expect(greetings[1]).toBe("* OK IMAP4 server ready\r\n")
  })

  it.each([
    ["ID", "ID NIL"],
    ["ENABLE", "ENABLE X"],
    ["NAMESPACE", "NAMESPACE"],
    ["IDLE", "IDLE"],
    ["UNSELECT", "UNSELECT"],
    ["MOVE", "UID MOVE 1 Sent"],
    ["UIDPLUS", "UID EXPUNGE 1"]
  ] as const)("does not know the commands of %s without that extension", async (extension, command) => {
    const extensions = new Set([...rich.extensions].filter((name) => name !== extension))
    const [, client] = await started({ profile: { ...rich, extensions } })
    await client.command("SELECT INBOX")
    expect(await client.answer(command)).toBe("tag BAD Unknown command")
  })

  it("tells the namespace's prefix and delimiter", async () => {
    const [, client] = await started({ profile: "courier" })
    expect(await client.command("NAMESPACE")).toContain('* NAMESPACE (("INBOX." ".")) NIL NIL')
  })

  it("speaks UTF-8 names once UTF8=ACCEPT is enabled", async () => {
    const [server, client] = await started({
      profile: { ...rich, extensions: new Set([...rich.extensions, "UTF8=ACCEPT"]) }
    })
    server.deliver("Entwürfe", Buffer.from("x"))
    expect(await client.command('LIST "" Ent*')).toContain('* LIST (\\HasNoChildren) "/" "Entw&APw-rfe"')
    expect(await client.command("ENABLE UTF8=ACCEPT CONDSTORE")).toContain("* ENABLED UTF8=ACCEPT")
    const [line] = await client.command('LIST "" Ent*')
    expect(Buffer.from(line ?? "", "latin1").toString("utf8")).toBe('* LIST (\\HasNoChildren) "/" "Entwürfe"')
    expect(await client.answer(`SELECT "${Buffer.from("Entwürfe").toString("utf8")}"`)).toMatch(/^tag OK/u)
  })

  it("answers nonsense with BAD and goes on", async () => {
    const [, client] = await started()
    expect(await client.answer("FOO")).toMatch(/^tag BAD/u)
    expect(await client.answer("SELECT")).toMatch(/^tag BAD/u)
    client.write("\r\n")
    expect(await client.line()).toMatch(/^\* BAD/u)
    expect(await client.answer("NOOP")).toMatch(/^tag OK/u)
  })

  it("says goodbye and closes", async () => {
    const [server, client] = await started()
    expect(await client.command("LOGOUT")).toEqual(["* BYE Logging out", "tag OK Logout completed."])
    expect(await client.line()).toBeUndefined()
    await expect.poll(() => server.stats.openSessions).toBe(0)
  })

  it("logs the verbs of commands, and no argument of any", async () => {
    const [server, client] = await started()
    await client.append("INBOX", "Subject: private\r\n\r\n")
    await client.command("SELECT INBOX")
    await client.command("uid fetch 1 FLAGS")
    expect(server.commands).toEqual(["LOGIN", "APPEND", "SELECT", "UID FETCH"])
  })

  it("tells an idle client of new mail at once", async () => {
    const [server, client] = await started()
    await client.command("SELECT INBOX")
    client.write("a IDLE\r\n")
    await client.until("+")
    server.deliver("INBOX", Buffer.from("Subject: new\r\n\r\n"))
    expect(await client.line()).toBe("* 1 EXISTS")
    client.write("DONE\r\n")
    expect(await client.line()).toMatch(/^a OK/u)
  })

  it("serves several sessions of one account", async () => {
    const [server, first] = await started()
    const second = await loggedIn(server)
    await first.command("SELECT INBOX")
    await second.append("INBOX", "Subject: from the other one\r\n\r\n")
    expect(await first.command("NOOP")).toContain("* 1 EXISTS")
    expect(server.stats.openSessions).toBe(2)
  })
})
