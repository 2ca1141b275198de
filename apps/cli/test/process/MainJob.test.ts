import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { allArrivedOnce, countArrivals } from "../../src/Arrivals.ts"
import { Theatre } from "../support/Mailferry.ts"

/** Messages in Sent of the small sample account: fewer than a pilot takes at most. */
const piloted = 7

describe("the main job, by the real process on the rehearsal servers:", () => {
  let theatre: Theatre
  beforeAll(async () => {
    theatre = await Theatre.open()
  })
  afterAll(() => theatre.close())

  const appended = () => theatre.server.stats.appended

  it("status before anything was done knows nothing and asks no server", async () => {
    const { code, stdout } = await theatre.run(["status"])
    expect(code).toBe(0)
    expect(stdout).toContain("Nothing has been done for this pair of accounts yet.")
    expect(theatre.bridge.stats.logins + theatre.server.stats.logins).toBe(0)
  })

  it("plan shows where everything goes and writes to neither account", async () => {
    const plan = join(theatre.home, "plan.yaml")
    const { code, stdout } = await theatre.run(["plan", "--out", plan])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Folders\/a\/b +a_b +\d+ +"\/" is the hierarchy delimiter there$/mu)
    expect(stdout).toContain(`${theatre.messages} messages in scope: ${theatre.messages} to carry over`)
    expect(readFileSync(plan, "utf8")).toContain("# A mailferry plan")
    expect(appended()).toBe(0)
    expect(theatre.bridge.writes).toEqual([])
  })

  it("plan does not write over a plan that a person may have edited", async () => {
    const { code, stderr } = await theatre.run(["plan", "--out", join(theatre.home, "plan.yaml")])
    expect(code).toBe(2)
    expect(stderr).toContain("there is such a file already")
  })

  it("plan --json is one object on stdout", async () => {
    const { stdout } = await theatre.run(["plan", "--json"])
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({ planned: theatre.messages, toDo: theatre.messages, alreadyThere: 0 })
    expect(plan.mailboxes).toContainEqual(
      expect.objectContaining({
        from: ["Folders", "a/b"],
        to: ["a_b"],
        why: expect.stringContaining("delimiter")
      })
    )
  })

  it("pilot prints four lines of evidence and carries a few messages over", async () => {
    const { code, stdout } = await theatre.run(["pilot"])
    expect(code).toBe(0)
    expect(stdout.match(/^✓ /gmu)).toHaveLength(4)
    expect(stdout).toContain(`The pilot passed: ${piloted} messages of Sent`)
    expect(appended()).toBe(piloted)
  })

  it("run carries the rest over and ends with one object", async () => {
    const { code, stdout } = await theatre.run(["run", "--json"])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "complete",
      planned: theatre.messages,
      migrated: theatre.messages - piloted,
      alreadyThere: piloted,
      merged: 0,
      quarantined: 0,
      failed: 0,
      stoppedBy: null,
      quarantine: []
    })
    expect(theatre.bridge.writes).toEqual([])
  })

  it("verify reads everything back and finds no difference", async () => {
    const { code, stdout } = await theatre.run(["verify", "--full", "--json"])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0, notMigrated: 0 })
    expect(code).toBe(0)
  })

  it("a second run carries nothing over and says what proves it", async () => {
    const before = appended()
    const { code, stdout } = await theatre.run(["run"])
    expect(code).toBe(0)
    expect(stdout).toContain(`0 carried over now`)
    expect(stdout).toContain(`${theatre.messages} there already`)
    expect(stdout).toContain(`\`mailferry verify --job ${theatre.job}\``)
    expect(appended()).toBe(before)
  })

  it("status tells what was done, without the network", async () => {
    const logins = theatre.bridge.stats.logins
    const { stdout } = await theatre.run(["status", "--json"], { BRIDGE_PASSWORD: "", DEST_PASSWORD: "" })
    expect(JSON.parse(stdout)).toMatchObject({
      messages: theatre.messages,
      atDestination: theatre.messages,
      open: 0,
      atWork: null,
      lastRun: { outcome: "complete" },
      quarantine: []
    })
    expect(theatre.bridge.stats.logins).toBe(logins)
  })

  it("everything arrived once, by the servers' own count", () => {
    expect(allArrivedOnce(countArrivals(theatre.account, theatre.server))).toBe(true)
  })

  it("verify finds a message that somebody removed and one that was put there, exit 10", async () => {
    const archive = theatre.server.mailboxes.get("Archive")
    const [first] = archive?.messages ?? []
    expect(first).toBeDefined()
    archive?.remove(new Set([first?.uid ?? 0]))
    theatre.server.deliver(
      "Archive",
      Buffer.from("Message-ID: <new@example>\r\nSubject: new\r\n\r\nhello\r\n")
    )
    const { code, stdout } = await theatre.run(["verify"])
    expect(code).toBe(10)
    expect(stdout).toMatch(/^missing +Archive/mu)
    expect(stdout).toMatch(/^foreign +Archive +<new@example>/mu)
  })

  it("a plan whose mailbox is gone is refused with what changed, exit 9", async () => {
    const text = readFileSync(join(theatre.home, "plan.yaml"), "utf8")
    const drifted = join(theatre.home, "drifted.yaml")
    writeFileSync(drifted, text.replace("from: [Archive]", "from: [Attic]"))
    const { code, stderr } = await theatre.run(["run", "--plan", drifted])
    expect(code).toBe(9)
    expect(stderr).toContain("Attic")
    expect(stderr).toContain("next: Make a new plan")
  })

  it.skipIf(process.platform === "win32")("whatever was written is for its owner only", async () => {
    const state = join(theatre.home, "state", "mailferry")
    const mode = (path: string) => statSync(path).mode & 0o777
    const { stdout } = await theatre.run(["status", "--json"])
    expect(mode(state)).toBe(0o700)
    expect(mode(JSON.parse(stdout).ledger)).toBe(0o600)
    expect(mode(join(state, "known-certificates.json"))).toBe(0o600)
    expect(mode(join(theatre.home, "plan.yaml"))).toBe(0o600)
  })
})
