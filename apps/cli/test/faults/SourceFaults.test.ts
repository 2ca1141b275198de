import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { type Scene, Stage } from "../crash/Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined
const why = missing === undefined ? "" : ` (skipped: ${missing})`

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const everything = (stage: Stage) => ({ expected: stage.expected.length, lost: [], surplus: [] })

describe.skipIf(missing !== undefined)(`Bridge misbehaves while mail moves to Dovecot${why}`, () => {
  let stage: Stage
  let scene: Scene
  beforeEach(async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000 })
    scene = await stage.scene()
  })
  afterEach(() => stage.close())

  /** Lets a run begin to transfer, then does something to Bridge. */
  const disturb = async (what: () => unknown, flags: ReadonlyArray<string> = ["--no-pilot", "--json"]) => {
    const before = stage.bridge.stats.fetchedBodies
    const run = scene.start("run", flags)
    while (stage.bridge.stats.fetchedBodies < before + 20) await sleep(2)
    await what()
    return run.finished
  }

  it("sessions closed without BYE are opened again, and nothing is lost or doubled", async () => {
    const { code } = await disturb(async () => {
      for (let n = 0; n < 3; n++) {
        stage.bridge.cutSessions()
        await sleep(100)
      }
    })
    expect(code).toBe(0)
    expect(await scene.compare()).toEqual(everything(stage))
  })

  it("offline for a while: the run waits and goes on by itself", async () => {
    const { code, stderr } = await disturb(async () => {
      stage.bridge.goOffline()
      stage.bridge.cutSessions()
      await sleep(2500)
      await stage.bridge.goOnline()
    })
    expect(code, stderr).toBe(0)
    expect(await scene.compare()).toEqual(everything(stage))
  })

  it("a resync renews every UID and UIDVALIDITY: the same run finishes, each message once", async () => {
    const { code, stderr } = await disturb(() => stage.bridge.resync())
    expect(code, stderr).toBe(0)
    // Where Proton has no date, INTERNALDATE is the moment of the sync, and so another one after it.
    const undated = (line: string) => line.replace(/ \| \d{4}-\d\d-\d\dT[^|]*/u, "")
    const { lost, surplus } = await scene.compare()
    expect(surplus.map(undated)).toEqual(lost.map(undated))
    expect(lost.length).toBeLessThanOrEqual(1)
  })

  it("signed out: the run pauses with the reason, and the next one after signing in finishes", async () => {
    const paused = await disturb(() => stage.bridge.signOut())
    expect(paused.code).toBe(5)
    const result = JSON.parse(paused.stdout)
    expect(result).toMatchObject({ outcome: "paused", failed: 0, stoppedBy: { side: "source" } })
    expect(`${result.stoppedBy.detail} ${result.stoppedBy.advice}`).toMatch(/signed out/iu)
    stage.bridge.signIn()
    expect((await scene.run("run", ["--no-pilot", "--json"])).code).toBe(0)
    expect(await scene.compare()).toEqual(everything(stage))
  })

  it("one message it cannot give is named with its words and its fix, and the others arrive", async () => {
    const id = stage.expected.find((line) => line.startsWith("INBOX"))?.split(" | ")[1] ?? ""
    stage.bridge.failFetchOf(id)
    const run = await scene.run("run", ["--no-pilot", "--json"])
    expect(run.code).toBe(3)
    const result = JSON.parse(run.stdout)
    expect(result).toMatchObject({ outcome: "partial", planned: stage.messages, quarantined: 1, failed: 0 })
    expect(result.quarantine).toHaveLength(1)
    expect(result.quarantine[0].detail).toContain("message failed to load from cache")
    expect(result.quarantine[0].advice).toMatch(/repair/iu)
    const { lost, surplus } = await scene.compare()
    expect(surplus).toEqual([])
    expect(lost).toEqual(stage.expected.filter((expected) => expected.includes(id)))
  })

  it("a message it cannot give for a while arrives all the same", async () => {
    const id = stage.expected[0]?.split(" | ")[1] ?? ""
    stage.bridge.failFetchOf(id, 3)
    const { code } = await scene.run("run", ["--no-pilot", "--json"])
    expect(code).toBe(0)
    expect(await scene.compare()).toEqual(everything(stage))
  })

  it("a message that breaks the connection each time is quarantined, and the others arrive", async () => {
    const id = stage.expected[0]?.split(" | ")[1] ?? ""
    stage.bridge.cutMidLiteral(id, Infinity)
    const { code, stderr } = await scene.run("run", ["--no-pilot", "--json"])
    expect(code, stderr).toBe(3)
    const { lost, surplus } = await scene.compare()
    expect(surplus).toEqual([])
    expect(lost).toEqual(stage.expected.filter((expected) => expected.includes(id)))
  }, 300_000)

  it("a mailbox that shows nothing though All Mail has its mail: that mail is not lost", async () => {
    stage.bridge.emptyMailbox("Archive")
    const { code } = await scene.run("run", ["--no-pilot", "--json"])
    expect(code).toBe(0)
    const inArchive = stage.expected.filter((line) => line.startsWith("Archive |"))
    expect(inArchive.length).toBeGreaterThan(0)
    const { lost, surplus } = await scene.compare()
    expect(lost).toEqual(inArchive)
    const labelled = new Set(
      stage.expected.filter((line) => line.startsWith("Labels/")).map((line) => line.split(" | ")[1])
    )
    const unlabelled = inArchive.filter((line) => !labelled.has(line.split(" | ")[1]))
    expect(surplus).toEqual(unlabelled.map((line) => line.replace(/^Archive/u, "All Mail only")))
  })

  it("mail that Bridge could not decrypt arrives as it is, and the run says how many", async () => {
    const { code, stdout } = await scene.run("run", ["--no-pilot", "--json"])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).losses).toMatchObject({
      "undecryptable-message": expect.any(Number),
      "undecryptable-attachment": expect.any(Number)
    })
  })

  it("is only ever read: no command that writes, no message marked as seen", async () => {
    const seen = stage.expected
    expect((await scene.run("run", ["--json"])).code).toBe(0)
    expect((await scene.run("verify", ["--full", "--json"])).code).toBe(0)
    expect(stage.bridge.writes).toEqual([])
    expect(await stage.bridgeMail()).toEqual(seen)
  })
})
