import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { dumpMailboxes, type MailboxDump } from "@mailferry/testkit/MailboxDump.ts"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { actualMail, compareMail, expectedMail, type MailLine } from "../crash/ExpectedMail.ts"
import { type Finished, spawnNode, mainFile } from "../crash/Process.ts"

const profiles = ["rich", "poor", "courier"] as const

/** Each message's octets and how often it stands there, whatever its mailboxes are called at this server. */
const copiesOf = (lines: ReadonlyArray<MailLine>) => {
  const copies = new Map<string, number>()
  for (const line of lines) {
    const [, id, sha256] = line.split(" | ")
    copies.set(`${id} ${sha256}`, (copies.get(`${id} ${sha256}`) ?? 0) + 1)
  }
  return Object.fromEntries(copies)
}

describe("an embedded IMAP server misbehaves while mail moves into it", () => {
  let bridge: RehearsalBridge
  let server: RehearsalImapServer
  let folder: string
  let expected: ReadonlyArray<MailLine>

  const begin = async (profile: (typeof profiles)[number]) => {
    server = await RehearsalImapServer.start({ profile, security: "plain" })
    writeFileSync(
      join(folder, "job.yaml"),
      [
        `source: { kind: proton-bridge, user: "${bridge.user}", password: "env:BRIDGE_PASSWORD", port: ${bridge.port} }`,
        `destination: { kind: imap, host: 127.0.0.1, port: ${server.port}, security: none, user: "${server.user}", password: "env:DEST_PASSWORD" }`
      ].join("\n")
    )
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "mailferry-faults-"))
    bridge = await RehearsalBridge.start(sampleMailbox({ messages: 90, largest: 60_000 }))
    const { certificate, host, password, port, user } = bridge
    const access = { host, port, security: "starttls", ca: certificate, user, password } as const
    expected = expectedMail(await dumpMailboxes(access, { without: "X-Pm-Gluon-Id" }))
  })
  afterEach(async () => {
    await server.stop()
    await bridge.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const mailferry = (command: string, ...flags: ReadonlyArray<string>): Promise<Finished> =>
    spawnNode({
      args: [
        mainFile,
        command,
        "--job",
        join(folder, "job.yaml"),
        "--state",
        join(folder, "state"),
        ...flags
      ],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        BRIDGE_PASSWORD: bridge.password,
        DEST_PASSWORD: server.password
      }
    }).finished

  const dump = (): Promise<MailboxDump> =>
    dumpMailboxes({
      host: server.host,
      port: server.port,
      security: "none",
      user: server.user,
      password: server.password
    })

  const arrived = async () => compareMail(expected, actualMail(await dump()))
  const everything = () => ({ expected: expected.length, lost: [], surplus: [] })

  it.each([
    ["stores messages and dies before it says so", () => server.cutAfterLiteral(5)],
    ["dies in the middle of messages", () => server.cutMidLiteral(5)],
    ["copies messages and dies before it says so", () => server.cutBeforeCopyOk(5)],
    [
      "asks to slow down",
      () =>
        server.throttle("NO Request is throttled. Suggested Backoff Time: 700 milliseconds", 3, ["APPEND"])
    ]
  ])("when it %s, one run still leaves every message exactly once", async (_, fault) => {
    await begin("rich")
    fault()
    const { code, stderr } = await mailferry("run", "--no-pilot", "--json")
    expect(code, stderr).toBe(0)
    expect(await arrived()).toEqual(everything())
  })

  it("when it refuses one message, that one is named and its octets kept, and the others arrive", async () => {
    await begin("rich")
    const id = expected[0]?.split(" | ")[1] ?? ""
    server.refuseAppend(id, "NO [CANNOT] this smells of a virus")
    const { code, stdout } = await mailferry("run", "--no-pilot", "--json")
    expect(code).toBe(3)
    const { quarantine, quarantined } = JSON.parse(stdout)
    expect(quarantined).toBe(1)
    expect(quarantine[0]).toMatchObject({ id, detail: expect.stringContaining("this smells of a virus") })
    expect(existsSync(quarantine[0].file)).toBe(true)
    const { lost, surplus } = await arrived()
    expect(surplus).toEqual([])
    expect(lost).toEqual(expected.filter((line) => line.includes(id)))
  })

  it("when it is full, the run stops at once with exit 8 and goes on when there is room", async () => {
    await begin("rich")
    server.overQuota(true)
    const full = await mailferry("run", "--no-pilot", "--json")
    expect(full.code).toBe(8)
    expect(JSON.parse(full.stdout)).toMatchObject({ outcome: "paused", stoppedBy: { side: "destination" } })
    server.overQuota(false)
    expect((await mailferry("run", "--no-pilot", "--json")).code).toBe(0)
    expect(await arrived()).toEqual(everything())
  })

  it("mail that stood there before is neither changed nor copied again", async () => {
    await begin("rich")
    const letter = Buffer.from("Message-ID: <mine@before.invalid>\r\nSubject: mine\r\n\r\nfrom before\r\n")
    server.deliver("INBOX", letter, ["\\Flagged"], new Date("2015-05-05T05:05:05Z"))
    const before = await dump()
    expect((await mailferry("run", "--no-pilot", "--json")).code).toBe(0)
    expect((await mailferry("verify", "--json")).code).toBe(0)
    const mine = (await dump()).get("INBOX")?.find(({ messageId }) => messageId === "<mine@before.invalid>")
    expect(mine).toEqual(before.get("INBOX")?.[0])
    rmSync(join(folder, "state"), { recursive: true })
    const again = await mailferry("run", "--no-pilot", "--json")
    expect(JSON.parse(again.stdout)).toMatchObject({ migrated: 0, outcome: "complete" })
    const { lost, surplus } = await arrived()
    expect(lost).toEqual([])
    expect(surplus).toHaveLength(1)
  })

  it.each(profiles)(
    "a %s server ends with every message as often as it should, and verify agrees",
    async (profile) => {
      await begin(profile)
      const run = await mailferry("run", "--no-pilot", "--json")
      expect(run.code, run.stderr + run.stdout).toBe(0)
      expect(copiesOf(actualMail(await dump()))).toEqual(copiesOf(expected))
      const verified = await mailferry("verify", "--full", "--json")
      expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })
      const again = await mailferry("run", "--json")
      expect(JSON.parse(again.stdout)).toMatchObject({ migrated: 0, outcome: "complete" })
    }
  )
})
