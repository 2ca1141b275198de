import { ImapFlow, type ImapFlowOptions } from "imapflow"
import { describe, expect, it, onTestFinished } from "vitest"

import type { RehearsalImapServer } from "../../src/RehearsalImapServer.ts"
import { sampleMailbox } from "../../src/sample/SampleMailbox.ts"
import { mail, startServer } from "./ServerForTest.ts"

const connected = async (
  server: RehearsalImapServer,
  options: Partial<ImapFlowOptions> = {}
): Promise<ImapFlow> => {
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: false,
    doSTARTTLS: true,
    tls: { ca: server.certificate },
    auth: { user: server.user, pass: server.password },
    logger: false,
    disableAutoIdle: true,
    ...options
  })
  client.on("error", () => {})
  await client.connect()
  onTestFinished(() => client.close())
  return client
}

const profiles = [
  { profile: "rich", work: "Work", below: "Work/Täglich", special: "extension" },
  { profile: "poor", work: "Work", below: "Work.Täglich", special: "name" },
  { profile: "courier", work: "INBOX.Work", below: "INBOX.Work.Täglich", special: "name" }
] as const

describe.each(profiles)("imapflow on a $profile server", ({ profile, work, below, special }) => {
  it("lists, creates, appends, copies, fetches and marks", async () => {
    const server = await startServer({ profile })
    const client = await connected(server)
    await client.mailboxCreate(work)
    await client.mailboxCreate(below)
    const octets = Buffer.from(mail("first@x", `${"Ünïcode line\r\n".repeat(2000)}.\r\n`))
    const date = new Date("2011-12-13T14:15:16Z")
    const appended = await client.append(below, octets, ["\\Seen", "$Forwarded"], date)
    expect(appended && appended.uid).toBe(profile === "poor" ? undefined : 1)

    const listed = await client.list()
    expect(listed.map(({ path }) => path)).toEqual(expect.arrayContaining(["INBOX", work, below]))
    expect(listed.find(({ path }) => path.endsWith("Sent"))).toMatchObject({
      specialUse: "\\Sent",
      specialUseSource: special
    })

    const lock = await client.getMailboxLock(below)
    const message = await client.fetchOne(
      "1",
      { source: true, flags: true, internalDate: true, size: true },
      { uid: true }
    )
    expect(message).toMatchObject({ uid: 1, size: octets.length, internalDate: date })
    expect(message && message.source?.equals(octets)).toBe(true)
    expect(message && [...(message.flags ?? [])].includes("$Forwarded")).toBe(profile !== "poor")

    await client.messageFlagsAdd("1", ["\\Flagged"], { uid: true })
    const copied = await client.messageCopy("1", work, { uid: true })
    expect(copied && copied.uidMap?.get(1)).toBe(profile === "poor" ? undefined : 1)
    expect(await client.search({ header: { "Message-ID": "<first@x>" } }, { uid: true })).toEqual([1])
    lock.release()
    const [copy] = server.mailboxes.get(work)?.messages ?? []
    expect([...(copy?.flags ?? [])].includes("\\Flagged")).toBe(true)
    expect(Buffer.from(copy?.bytes ?? []).equals(octets)).toBe(true)
    await client.logout()
  })

  it("moves a message and removes one", async () => {
    const server = await startServer({ profile })
    const trash = [...server.mailboxes.keys()].find((name) => name.endsWith("Trash")) ?? ""
    for (const id of ["a", "b", "c"]) server.deliver("INBOX", Buffer.from(mail(id)))
    const client = await connected(server)
    const lock = await client.getMailboxLock("INBOX")
    await client.messageMove("1", trash, { uid: true })
    await client.messageDelete("2", { uid: true })
    lock.release()
    expect(server.mailboxes.get("INBOX")?.messages.map(({ uid }) => uid)).toEqual([3])
    expect(server.mailboxes.get(trash)?.messages).toHaveLength(1)
  })

  it("stores every message of the sample mailbox octet for octet", async () => {
    const server = await startServer({ profile })
    const client = await connected(server)
    const { messages } = sampleMailbox({ messages: 120, largest: 500_000 })
    for (const { raw } of messages) await client.append("INBOX", Buffer.from(raw))
    const stored = server.mailboxes.get("INBOX")?.messages ?? []
    expect(stored).toHaveLength(messages.length)
    for (const [index, { raw }] of messages.entries())
      expect(Buffer.compare(Buffer.from(raw), stored[index]?.bytes ?? new Uint8Array(0))).toBe(0)
  })
})

describe("imapflow", () => {
  it("is refused a message over the limit that poor servers do not tell of", async () => {
    const server = await startServer({ profile: "poor" })
    const client = await connected(server)
    const tooLarge = Buffer.alloc(34 * 1024 * 1024 + 1, "x")
    await expect(client.append("INBOX", tooLarge)).rejects.toMatchObject({ responseStatus: "NO" })
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
  })

  it("logs in with a token", async () => {
    const server = await startServer({ token: "ya29.x" })
    const client = await connected(server, { auth: { user: server.user, accessToken: "ya29.x" } })
    expect(client.usable).toBe(true)
    const wrong = connected(server, { auth: { user: server.user, accessToken: "stale" } })
    await expect(wrong).rejects.toMatchObject({ authenticationFailed: true })
    expect(server.stats).toMatchObject({ logins: 1, refusedLogins: 1 })
  })

  it("trusts the certificate on a port that begins with TLS", async () => {
    const server = await startServer({ security: "tls" })
    const client = await connected(server, { secure: true, doSTARTTLS: false })
    expect(client.secureConnection).toBe(true)
  })

  it("loses the connection and not the message when it is cut before the OK", async () => {
    const server = await startServer()
    const client = await connected(server)
    server.cutAfterLiteral()
    await expect(client.append("INBOX", Buffer.from(mail("a@x")))).rejects.toThrow()
    expect(server.mailboxes.get("INBOX")?.messages).toHaveLength(1)
  })
})
