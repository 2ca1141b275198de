import { writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"

import { start, Theatre } from "../support/Mailferry.ts"

describe("when something is wrong the real process says what, and how to go on:", () => {
  let theatre: Theatre
  beforeAll(async () => {
    theatre = await Theatre.open()
  })
  afterEach(() => theatre.writeJob())
  afterAll(() => theatre.close())

  const noTrace = (text: string) => {
    expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/u)
    expect(text).not.toContain(theatre.bridge.password)
    expect(text).not.toContain(theatre.server.password)
  }

  it.each([
    ["an unknown command", ["pln"], "Did you mean this?"],
    ["an unknown flag", ["plan", "--jbo", "x"], "--jbo"],
    ["no job file", ["run"], "--job"],
    ["a job file that is not there", ["run", "--job", "nowhere.yaml"], "there is no such file"],
    ["an unknown rehearsal", ["rehearse", "--to", "moon"], "moon"]
  ])("%s is a usage error, exit 2, with nothing on stdout", async (_, words, hint) => {
    const { code, stderr, stdout } = await start(theatre.home, words).ended
    expect(code).toBe(2)
    expect(stderr).toContain(hint)
    expect(stdout).toBe("")
    noTrace(stderr)
  })

  it("a mistake in the job file names the line and the key, exit 2", async () => {
    theatre.writeJob("rules:\n  lables: copy\n")
    const { code, stderr } = await theatre.run(["plan"])
    expect(code).toBe(2)
    expect(stderr).toContain('line 10: "lables" is not a key of the rules; did you mean "labels"?')
  })

  it("a secret in the job file is refused and not repeated, exit 2", async () => {
    const job = join(theatre.home, "literal.yaml")
    writeFileSync(
      job,
      "source: { kind: imap, host: h, user: u, password: hunter2secret }\ndestination: { kind: imap }\n"
    )
    const { code, stderr } = await start(theatre.home, ["plan", "--job", job]).ended
    expect(code).toBe(2)
    expect(stderr).toContain("line 1: source.password must not hold the secret itself")
    expect(stderr).not.toContain("hunter2secret")
  })

  it("a secret that is not there names its variable, exit 2", async () => {
    const { code, stderr } = await theatre.run(["run"], { BRIDGE_PASSWORD: "" })
    expect(code).toBe(2)
    expect(stderr).toContain("BRIDGE_PASSWORD is empty")
  })

  it("a password the source refuses is tried once, exit 5", async () => {
    const before = theatre.bridge.stats.refusedLogins
    const { code, stderr, stdout } = await theatre.run(["run", "--json"], {
      BRIDGE_PASSWORD: "wrong-password-00000000"
    })
    expect(code).toBe(5)
    expect(stderr).toContain("The source does not let us in.")
    expect(stderr).toContain("next: ")
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "paused",
      stoppedBy: { side: "source", reason: "AuthFailed" }
    })
    expect(theatre.bridge.stats.refusedLogins - before).toBe(1)
    expect(stderr).not.toContain("wrong-password-00000000")
  })

  it("a password the destination refuses, exit 5", async () => {
    const { code, stderr, stdout } = await theatre.run(["run", "--json"], { DEST_PASSWORD: "wrong-password" })
    expect(code).toBe(5)
    expect(stderr).toContain("The destination does not let us in.")
    expect(JSON.parse(stdout)).toMatchObject({ stoppedBy: { side: "destination", reason: "AuthFailed" } })
    expect(stderr + stdout).not.toContain("wrong-password")
  })

  it("a source that is down, exit 4", async () => {
    theatre.bridge.goOffline()
    const { code, stderr } = await theatre.run(["run"])
    await theatre.bridge.goOnline()
    expect(code).toBe(4)
    expect(stderr).toMatch(/^error: The source cannot be (reached|used)\.$/mu)
    expect(stderr).toContain("next: ")
    noTrace(stderr)
  })

  it("a destination that is down, exit 6", async () => {
    const down = await Theatre.open()
    await down.server.stop()
    const { code, stderr } = await down.run(["run"])
    await down.close()
    expect(code).toBe(6)
    expect(stderr).toMatch(/^error: The destination cannot be (reached|used)\.$/mu)
    noTrace(stderr)
  })

  it("a full destination keeps what arrived and says to make room, exit 8", async () => {
    const full = await Theatre.open()
    full.server.overQuota(true)
    const { code, stderr, stdout } = await full.run(["run", "--no-pilot", "--json"])
    expect(code).toBe(8)
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "paused",
      stoppedBy: { side: "destination", reason: "QuotaExceeded" }
    })
    noTrace(stderr)
    full.server.overQuota(false)
    const { code: then } = await full.run(["run", "--no-pilot", "--json"])
    await full.close()
    expect(then).toBe(0)
  })

  it("a message the destination refuses is set aside and named, exit 3, and tried again when asked", async () => {
    const strict = await Theatre.open()
    const [refused] = strict.account.messages
    strict.server.refuseAppend(refused?.id ?? "", "NO [CANNOT] contains a virus", 1)
    const first = await strict.run(["run", "--no-pilot", "--json"])
    expect(first.code).toBe(3)
    const report = JSON.parse(first.stdout)
    expect(report).toMatchObject({ outcome: "partial", quarantined: 1, migrated: strict.messages - 1 })
    expect(report.quarantine).toEqual([
      expect.objectContaining({
        id: refused?.id,
        detail: expect.stringContaining("contains a virus"),
        file: expect.any(String)
      })
    ])
    const again = await strict.run(["run"])
    expect(again.code).toBe(3)
    expect(again.stdout).toContain("Set aside:")
    expect(again.stdout).toContain("--retry-quarantined")
    const retried = await strict.run(["run", "--retry-quarantined"])
    await strict.close()
    expect(retried.code).toBe(0)
  })

  it("a second run beside the first is turned away and told who holds the lock, exit 11; status still answers", async () => {
    theatre.server.slow(30)
    const first = theatre.start(["run"])
    await first.says("messages in scope")
    const second = await theatre.run(["run", "--json"])
    const status = await theatre.run(["status"])
    theatre.server.slow(0)
    const { code } = await first.ended
    expect(second.code).toBe(11)
    expect(second.stderr).toContain(`process ${first.child.pid}`)
    expect(JSON.parse(second.stdout)).toMatchObject({
      outcome: "paused",
      stoppedBy: { reason: "LedgerError" }
    })
    expect(status.code).toBe(0)
    expect(status.stdout).toContain(`A command is at work: process ${first.child.pid}`)
    expect(code).toBe(0)
  })
})
