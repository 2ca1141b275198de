import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { dumpMailboxes } from "@mailferry/testkit/MailboxDump.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { type Scene, Stage } from "./Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined
const why = missing === undefined ? "" : ` (skipped: ${missing})`

/** Lines of the expectation that are no label's. */
const isHome = (line: string) => !line.startsWith("Labels/")

const idOf = (line: string) => line.split(" | ")[1] ?? ""

describe.skipIf(missing !== undefined)(`labels on Dovecot${why}`, () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ messages: 150, largest: 60_000 })
  })
  afterAll(() => stage.close())

  const migrate = async (rules: string): Promise<Scene> => {
    const scene = await stage.scene(rules)
    const { code, stderr } = await scene.run("run", ["--json"])
    expect(code, stderr).toBe(0)
    const verified = await scene.run("verify", ["--full", "--json"])
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })
    expect(verified.code).toBe(0)
    return scene
  }

  it("copied: every message in every place, octets, flags and INTERNALDATE as Bridge has them", async () => {
    const scene = await migrate("{ labels: copy }")
    expect(await scene.compare()).toEqual({ expected: stage.expected.length, lost: [], surplus: [] })
  })

  it("ignored: every message in its home alone", async () => {
    const scene = await migrate("{ labels: ignore }")
    const { lost, surplus } = await scene.compare()
    // Snoozed mail with a label has no home of its own: it goes where mail goes that only All Mail shows.
    const homed = new Set(stage.expected.filter(isHome).map(idOf))
    const homeless = stage.expected.filter((line) => !homed.has(idOf(line)))
    expect(homeless.length).toBeGreaterThan(0)
    expect(surplus).toEqual(homeless.map((line) => line.replace(/^[^|]+/u, "All Mail only ")))
    expect(lost).toEqual(stage.expected.filter((line) => !isHome(line)))
  })

  it("as keywords: one keyword a label on the one message in its home", async () => {
    const scene = await migrate("{ labels: keywords }")
    const { host, password, port } = stage.dovecot
    const dump = await dumpMailboxes({ host, port, security: "none", user: scene.user, password })
    const keywords = new Map<string, number>()
    for (const { flags, xPmInternalId = "" } of [...dump.values()].flat()) {
      const labels = flags.filter((flag) => !flag.startsWith("\\") && flag !== "$Forwarded")
      keywords.set(xPmInternalId, (keywords.get(xPmInternalId) ?? 0) + labels.length)
    }
    const labelled = new Map(stage.expected.map((line) => [idOf(line), 0]))
    for (const line of stage.expected.filter((line) => !isHome(line))) {
      labelled.set(idOf(line), (labelled.get(idOf(line)) ?? 0) + 1)
    }
    // Mail sent to oneself stands in INBOX and in Sent, with its keywords in both.
    const twice = stage.expected
      .filter(isHome)
      .filter((line, i, all) => all.findIndex((l) => idOf(l) === idOf(line)) < i)
    for (const line of twice) labelled.set(idOf(line), 2 * (labelled.get(idOf(line)) ?? 0))
    expect(Object.fromEntries(keywords)).toEqual(Object.fromEntries(labelled))
    expect([...dump.keys()].some((name) => name.startsWith("Labels"))).toBe(false)
  })
})
