import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"

import { assert, it } from "@effect/vitest"
import { type Dovecot, startDovecot } from "@mailferry/testkit/Dovecot.ts"
import { dovecotSuite } from "@mailferry/testkit/DovecotSuite.ts"
import { dumpMailboxes, type ImapAccess } from "@mailferry/testkit/MailboxDump.ts"

import { PlainImap } from "../src/internal/PlainImap.ts"

const access = (dovecot: Dovecot, security: ImapAccess["security"], user = "a@example.net"): ImapAccess => ({
  host: dovecot.host,
  port: security === "tls" ? dovecot.tlsPort : dovecot.port,
  security,
  ca: fs.readFileSync(dovecot.certificate, "utf8"),
  user,
  password: dovecot.password
})

const using = async (dovecot: Dovecot, test: () => Promise<void>) => {
  try {
    await test()
  } finally {
    await dovecot.stop()
  }
}

/** Dovecot's master takes about a second to go after it was told to. */
const refusal = async (port: number): Promise<string> => {
  let said = ""
  for (let i = 0; i < 100 && said !== "ECONNREFUSED"; i++) {
    await new Promise((r) => setTimeout(r, 50))
    const socket = net.connect(port, "127.0.0.1")
    said = await new Promise((resolve) => {
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)))
      socket.once("connect", () => resolve("connected"))
    })
    socket.destroy()
  }
  return said
}

const octets = Buffer.from(
  "X-Pm-Internal-Id: abc=\r\nMessage-ID:\r\n <1@example.net>\r\n\r\nh\u00e9\n\rllo",
  "latin1"
)

dovecotSuite("a private Dovecot", () => {
  it.concurrent("keeps what is appended, and the dump tells it the same over plain, STARTTLS and TLS", async () => {
    const dovecot = await startDovecot()
    await using(dovecot, async () => {
      const client = await PlainImap.open(access(dovecot, "tls"))
      await client.command('CREATE "a.b/R&AOk-sum&AOk-"')
      await client.append("a.b/R&AOk-sum&AOk-", '(\\Seen $Forwarded) "31-Mar-2019 03:30:00 +0200"', octets)
      await client.close()
      const dump = await dumpMailboxes(access(dovecot, "tls"))
      assert.sameMembers(
        [...dump.keys()],
        ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash", "a.b/Résumé"]
      )
      const [message] = dump.get("a.b/Résumé") ?? []
      assert.deepInclude(message, {
        uid: 1,
        flags: ["$Forwarded", "\\Seen"],
        internalDate: "2019-03-31T01:30:00.000Z",
        size: message?.size ?? 0,
        xPmInternalId: "abc=",
        messageId: "<1@example.net>"
      })
      assert.deepStrictEqual(await dumpMailboxes(access(dovecot, "starttls")), dump)
      assert.deepStrictEqual(await dumpMailboxes(access(dovecot, "none")), dump)
      assert.strictEqual((await dumpMailboxes(access(dovecot, "tls", "b@example.net"))).get("a.b"), undefined)
    })
    assert.isFalse(fs.existsSync(dovecot.folder))
    assert.throws(() => process.kill(dovecot.pid, 0), /ESRCH/u)
  })

  it.concurrent("refuses names with dots under Maildir++, and answers OVERQUOTA past the quota", async () => {
    const dovecot = await startDovecot({ layoutFs: false, quota: 1000, specialUse: false })
    await using(dovecot, async () => {
      const client = await PlainImap.open(access(dovecot, "none"))
      const refused = await client.command('CREATE "a.b"').catch(String)
      assert.match(String(refused), /NO/u)
      await client.append("INBOX", "()", new Uint8Array(900).fill(0x61))
      const over = await client.append("INBOX", "()", new Uint8Array(900).fill(0x61)).catch(String)
      assert.include(String(over), "[OVERQUOTA]")
      await client.close()
      assert.deepStrictEqual([...(await dumpMailboxes(access(dovecot, "none"))).keys()], ["INBOX"])
    })
  })

  it.concurrent("stores in sdbox, and passes for a poorer server", async () => {
    const dovecot = await startDovecot({ format: "sdbox", capability: "IMAP4rev1" })
    await using(dovecot, async () => {
      const client = await PlainImap.open(access(dovecot, "starttls"))
      await client.append("INBOX", "()", octets)
      const lines: Array<string> = []
      await client.command("CAPABILITY", ({ text }) => lines.push(text))
      assert.deepStrictEqual(lines, ["* CAPABILITY IMAP4rev1"])
      await client.close()
      assert.isTrue(fs.existsSync(path.join(dovecot.folder, "mail/a@example.net/sdbox")))
    })
  })

  it.concurrent("dies with the process that started it, and its folder with it", async () => {
    const script = `import { startDovecot } from "${new URL("../src/Dovecot.ts", import.meta.url).href}"
      const { port, folder } = await startDovecot()
      process.stdout.write(JSON.stringify({ port, folder }))
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const [data] = await once(child.stdout, "data")
    const { port, folder } = JSON.parse(String(data))
    child.kill("SIGKILL")
    for (let i = 0; i < 200 && fs.existsSync(folder); i++) await new Promise((r) => setTimeout(r, 20))
    assert.isFalse(fs.existsSync(folder))
    assert.strictEqual(await refusal(port), "ECONNREFUSED")
  })

  it.concurrent("runs as an ordinary user too", () => {
    const script = `import { startDovecot } from "${new URL("../src/Dovecot.ts", import.meta.url).href}"
      const nobody = 65534
      if (process.getuid() === 0) {
        process.setgroups([nobody])
        process.setgid(nobody)
        process.setuid(nobody)
      }
      const dovecot = await startDovecot()
      process.stdout.write(await dovecot.doveadm("auth", "test", "a", dovecot.password))
      await dovecot.stop()`
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script])
    assert.include(String(said), "auth succeeded")
  })
})
