import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { afterEach, describe, expect, it } from "vitest"

import { type Scene, Stage } from "../crash/Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined
const why = missing === undefined ? "" : ` (skipped: ${missing})`

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const run = (scene: Scene) => scene.run("run", ["--no-pilot", "--json"])

describe.skipIf(missing !== undefined)(`Bridge is still syncing, or is another one${why}`, () => {
  let stage: Stage
  afterEach(() => stage.close())

  it("an empty LIST is not an empty account: the run waits until Bridge has mailboxes", async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000, bridge: { sync: "nothing" } })
    const scene = await stage.scene()
    const running = scene.start("run", ["--no-pilot", "--json"])
    await sleep(1500)
    while (stage.bridge.syncPhase !== "done") stage.bridge.advanceSync()
    const { code, stderr } = await running.finished
    expect(code, stderr).toBe(0)
    const { lost, surplus } = await scene.compareWith(await stage.bridgeMail())
    expect({ lost, surplus }).toEqual({ lost: [], surplus: [] })
  })

  it("mail that keeps arriving while it is listed and carried over arrives once, at the latest with the next run", async () => {
    stage = await Stage.open({
      messages: 400,
      largest: 60_000,
      bridge: { sync: "nothing", syncNeverFinishes: true }
    })
    stage.bridge.advanceSync()
    stage.bridge.advanceSync()
    const scene = await stage.scene()
    const growing = setInterval(() => stage.bridge.advanceSync(), 300)
    const { stdout } = await run(scene)
    clearInterval(growing)
    const { alreadyThere, failed, merged, migrated, planned, quarantined } = JSON.parse(stdout)
    expect(planned).toBe(migrated + alreadyThere + merged + quarantined + failed)
    expect((await run(scene)).code).toBe(0)
    const { lost, surplus } = await scene.compareWith(await stage.bridgeMail())
    expect({ lost, surplus }).toEqual({ lost: [], surplus: [] })
  })

  it("a new certificate is not trusted silently: nothing is sent, and the reason is said", async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000 })
    const scene = await stage.scene()
    expect((await scene.run("pilot", ["--json"])).code).toBe(0)
    await stage.bridge.newCertificate()
    const logins = stage.bridge.stats.logins + stage.bridge.stats.refusedLogins
    const { code, stderr, stdout } = await scene.run("run", [])
    expect([4, 5]).toContain(code)
    expect(stderr + stdout).toMatch(/certificate/iu)
    expect(stage.bridge.stats.logins + stage.bridge.stats.refusedLogins).toBe(logins)
  })

  it("a new password is refused once and explained, and never tried again by itself", async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000 })
    const scene = await stage.scene()
    stage.bridge.failNextLogins(99)
    const { code, stderr } = await scene.run("run", [])
    expect(code).toBe(5)
    expect(stderr).toMatch(/password is the one Bridge shows/iu)
    expect(stage.bridge.stats.refusedLogins).toBe(1)
  })

  it("split mode, All Mail hidden: what the address shows arrives", async () => {
    stage = await Stage.open({ messages: 90, largest: 60_000, bridge: { addressMode: "split" } })
    stage.bridge.hideAllMail()
    const scene = await stage.scene()
    expect((await run(scene)).code).toBe(0)
    const { lost, surplus } = await scene.compare()
    expect({ lost, surplus }).toEqual({ lost: [], surplus: [] })
  })
})
