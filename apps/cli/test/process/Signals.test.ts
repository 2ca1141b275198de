import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { allArrivedOnce, countArrivals } from "../../src/Arrivals.ts"
import { start, Theatre } from "../support/Mailferry.ts"

describe.skipIf(process.platform === "win32")(
  "asked to stop (skipped on Windows: it has no signals), the real process",
  () => {
    let theatre: Theatre
    beforeAll(async () => {
      theatre = await Theatre.open()
    })
    beforeEach(() => theatre.server.slow(40))
    afterAll(() => theatre.close())

    it.each(["SIGINT", "SIGTERM"] as const)(
      "by one %s finishes what is in flight, saves, says how to go on, exit 130",
      async (signal) => {
        const run = theatre.start(["run", "--no-pilot", "--json"])
        await run.says("messages in scope")
        const before = theatre.server.stats.appended
        while (theatre.server.stats.appended < before + 5)
          await new Promise((resolve) => setTimeout(resolve, 10))
        run.child.kill(signal)
        const { code, stderr, stdout } = await run.ended
        expect(code).toBe(130)
        expect(stderr).toContain("Stopping: finishing what is in flight")
        expect(stderr).toContain(`mailferry run --job ${theatre.job}`)
        const result = JSON.parse(stdout)
        expect(result).toMatchObject({ outcome: "paused", stoppedBy: { side: null, reason: "Asked" } })
        expect(result.migrated).toBeGreaterThan(0)
        const { stdout: status } = await theatre.run(["status", "--json"])
        expect(JSON.parse(status)).toMatchObject({ open: 0, lastRun: { outcome: "paused" } })
      }
    )

    it("by a second signal stops at once, exit 130", async () => {
      theatre.server.slow(0)
      const run = theatre.start(["run", "--no-pilot", "--json"])
      await run.says("messages in scope")
      theatre.server.slow(2000)
      run.child.kill("SIGINT")
      await run.says("Ctrl-C once more stops at once")
      run.child.kill("SIGINT")
      const { code, stdout } = await run.ended
      expect(code).toBe(130)
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "paused", stoppedBy: { reason: "Asked" } })
    })

    it("while it only lists stops at the first signal, having nothing in flight", async () => {
      theatre.bridge.slow(300)
      const run = theatre.start(["run", "--no-pilot"])
      await run.says("Connected to the destination")
      run.child.kill("SIGINT")
      const { code, stderr } = await run.ended
      theatre.bridge.slow(0)
      expect(code).toBe(130)
      expect(stderr).toContain("No mail was in flight.")
    })

    it("then goes on where it stopped, and everything has arrived once", async () => {
      theatre.server.slow(0)
      const { code, stdout } = await theatre.run(["run", "--no-pilot", "--json"])
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "complete" })
      expect(allArrivedOnce(countArrivals(theatre.account, theatre.server))).toBe(true)
    })

    it("serving a rehearsal ends, exit 0, and takes its directory along", async () => {
      const serving = start(theatre.home, ["rehearse", "--serve", "--json"], { TMPDIR: theatre.home })
      await serving.says("}\n}")
      serving.child.kill("SIGINT")
      const { code, stdout } = await serving.ended
      expect(code).toBe(0)
      const { job } = JSON.parse(stdout)
      const { stderr } = await start(theatre.home, ["plan", "--job", job]).ended
      expect(stderr).toContain("there is no such file")
    })
  }
)
