import { describe, expect, it } from "vitest"

import { RawClient } from "../server/RawClient.ts"
import { authenticated, loggedIn, startExchange } from "./ExchangeForTest.ts"

const refusal = "NO AUTHENTICATE failed."
const unconnected = "tag BAD User is authenticated but not connected."

describe("signing in to Exchange by IMAP", () => {
  it("greets and tells its capabilities as outlook.office365.com does", async () => {
    const server = await startExchange()
    const client = await RawClient.openTls(server.imap)
    expect((await client.command("CAPABILITY"))[0]).toBe(
      "* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
    )
    client.close()
  })

  it("takes a token for IMAP of the mailbox's owner", async () => {
    const [, answer] = await authenticated(await startExchange())
    expect(answer).toBe("OK Logged in")
  })

  it("refuses tokens that are for Graph, without the right, expired, or nobody's", async () => {
    const server = await startExchange()
    const outlook = "https://outlook.office.com"
    const expired = server.issueImapToken({ seconds: 0 })
    const rightless = server.issueToken({ audience: outlook, scopes: ["Mail.ReadWrite"] })
    for (const token of [server.token, rightless, expired, "no token"]) {
      expect((await authenticated(server, { token }))[1]).toBe(refusal)
    }
    expect(server.imap.stats).toMatchObject({ logins: 0, refusedLogins: 4 })
  })

  it("explains a refusal in base64 before it says NO", async () => {
    const server = await startExchange()
    const client = await RawClient.openTls(server.imap)
    client.write(`a AUTHENTICATE XOAUTH2 ${Buffer.from("user=x\u0001\u0001").toString("base64")}\r\n`)
    const challenge = (await client.line()) ?? ""
    expect(JSON.parse(Buffer.from(challenge.slice(2), "base64").toString())).toMatchObject({ status: "400" })
    client.write("\r\n")
    expect(await client.line()).toBe(`a ${refusal}`)
    client.close()
  })

  it("takes no password, right as it may be", async () => {
    const server = await startExchange()
    const client = await RawClient.openTls(server.imap)
    expect(await client.answer(`LOGIN ${server.user} ${server.imap.password}`)).toMatch(/^tag NO /u)
    client.close()
  })

  it("lets a token of somebody else in, and to nothing", async () => {
    const server = await startExchange({ users: ["other@example.com"] })
    const [client, answer] = await authenticated(server, { user: "other@example.com" })
    expect(answer).toMatch(/^OK/u)
    expect(await client.answer("SELECT INBOX")).toBe(unconnected)
  })

  it("opens a mailbox that is shared, and with an application's right any", async () => {
    const server = await startExchange({
      users: [{ address: "desk@example.com", sharedWith: ["you@example.com"] }]
    })
    const [shared] = await authenticated(server, { user: "desk@example.com" })
    expect(await shared.answer("SELECT INBOX")).toMatch(/^tag OK/u)
    const [any] = await authenticated(server, { token: server.issueImapToken({ app: true }) })
    expect(await any.answer("SELECT INBOX")).toMatch(/^tag OK/u)
  })

  it("has a mailbox for which IMAP is off, in either of Exchange's ways", async () => {
    const server = await startExchange()
    server.imap.refuseLogin("AUTHENTICATE failed.")
    expect((await authenticated(server))[1]).toBe(refusal)
    server.behave()
    server.imap.notConnected()
    const [client, answer] = await authenticated(server)
    expect(answer).toMatch(/^OK/u)
    expect(await client.answer('LIST "" *')).toBe(unconnected)
  })

  it("closes the connection after ten errors", async () => {
    const client = await loggedIn(await startExchange())
    for (let errors = 0; errors < 9; errors++) expect(await client.answer("NONSENSE")).toMatch(/^tag BAD/u)
    client.write("last NONSENSE\r\n")
    expect(await client.until("* BYE")).toContain("* BYE Connection closed. 14")
    await client.closed()
  })
})
