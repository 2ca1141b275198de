import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { start } from "../support/Mailferry.ts"

describe("a rehearsal with Gmail", () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "mailferry-rehearse-"))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it("moves the sample, and finds every message once with its labels, star, read state, date and octets", async () => {
    const { code, stdout } = await start(home, ["rehearse", "--to", "gmail", "--json"], { TMPDIR: home })
      .ended
    const { arrivals, ok, plan, run, timesFaster, verify } = JSON.parse(stdout)
    expect(arrivals).toEqual({
      sent: plan.planned,
      arrived: plan.planned,
      doubled: 0,
      strange: 0,
      merged: run.merged,
      altered: []
    })
    expect(run).toMatchObject({ outcome: "complete", quarantined: 0 })
    expect(run.merged).toBeGreaterThan(0)
    expect(verify).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })
    expect({ ok, code }).toEqual({ ok: true, code: 0 })
    // What it says of times is told by a clock that goes faster, and it says so.
    expect(timesFaster).toBeGreaterThan(1)
    expect(readdirSync(home).filter((name) => name.startsWith("mailferry-"))).toEqual([])
  })

  it("served, it says where API, tokens and the consent page are, and its job leads there", async () => {
    const serving = start(home, ["rehearse", "--to", "gmail", "--serve", "--json"], { TMPDIR: home })
    const print: Array<string> = []
    serving.child.stdout?.on("data", (chunk: Buffer) => print.push(chunk.toString("utf8")))
    await serving.says("}\n}")
    const { destination, job, state } = JSON.parse(print.join(""))
    expect((await fetch(destination.consent)).headers.get("content-type")).toContain("text/html")
    const profile = await fetch(`${destination.api}/gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${destination.bearer}` }
    })
    expect(await profile.json()).toMatchObject({ emailAddress: destination.user })
    const planned = await start(home, ["plan", "--job", job, "--state", state, "--json"]).ended
    expect(planned.code).toBe(0)
    expect(JSON.parse(planned.stdout).planned).toBeGreaterThan(100)
    serving.child.kill("SIGINT")
    expect((await serving.ended).code).toBe(0)
  })
})
