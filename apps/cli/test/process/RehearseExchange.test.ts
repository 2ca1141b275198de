import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { start } from "../support/Mailferry.ts"

describe("a rehearsal with Exchange", () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "mailferry-rehearse-"))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it("moves the sample, and finds of every message all that Exchange keeps, and a name for all that it does not", async () => {
    const { code, stderr, stdout } = await start(home, ["rehearse", "--to", "o365", "--json"], {
      TMPDIR: home
    }).ended
    expect(stderr).not.toContain("error")
    const { arrivals, ok, plan, run, timesFaster, verify } = JSON.parse(stdout)
    const { fidelity, ...rest } = arrivals
    expect(rest).toEqual({
      sent: plan.planned,
      arrived: plan.planned,
      doubled: 0,
      strange: 0,
      altered: []
    })
    const rows: ReadonlyArray<{ readonly what: string; readonly lost: object; readonly unnamed: number }> =
      fidelity
    expect(rows.filter(({ unnamed }) => unnamed > 0)).toEqual([])
    expect(rows.find(({ what }) => what.startsWith("signature"))?.lost).toEqual({
      signature: 2,
      encryption: 1
    })
    expect(run).toMatchObject({ outcome: "complete", quarantined: 0, failed: 0 })
    expect(verify).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })
    expect({ ok, code }).toEqual({ ok: true, code: 0 })
    // What it says of times is told by a clock that goes faster, and it says so.
    expect(timesFaster).toBeGreaterThan(1)
    expect(readdirSync(home).filter((name) => name.startsWith("mailferry-"))).toEqual([])
  })

  it("served, it says where Graph, tokens and the sign-in are, and its job leads there", async () => {
    const serving = start(home, ["rehearse", "--to", "o365", "--serve", "--json"], { TMPDIR: home })
    const print: Array<string> = []
    serving.child.stdout?.on("data", (chunk: Buffer) => print.push(chunk.toString("utf8")))
    await serving.says("}\n}")
    const { destination, job, state } = JSON.parse(print.join(""))
    const me = await fetch(`${destination.graph}/v1.0/me`, {
      headers: { authorization: `Bearer ${destination.bearer}` }
    })
    expect(await me.json()).toMatchObject({ mail: destination.user })
    const planned = await start(home, ["plan", "--job", job, "--state", state, "--json"]).ended
    expect(planned.code).toBe(0)
    expect(JSON.parse(planned.stdout).planned).toBeGreaterThan(100)
    serving.child.kill("SIGINT")
    expect((await serving.ended).code).toBe(0)
  })
})
