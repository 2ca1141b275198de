import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { Theatre } from "../support/Mailferry.ts"

describe("a plan that a person reviewed and edited", () => {
  let theatre: Theatre
  let plan: string
  beforeAll(async () => {
    theatre = await Theatre.open()
    plan = join(theatre.home, "my plan.yaml")
    await theatre.run(["plan", "--out", plan])
    const text = readFileSync(plan, "utf8")
    writeFileSync(
      plan,
      text.replace("to: [Archive]", 'to: [Old, "2019"]').replace("to: [Trash]", "to: [Trash]\n    skip: true")
    )
  })
  afterAll(() => theatre.close())

  const messagesIn = (mailbox: string) => theatre.server.mailboxes.get(mailbox)?.messages.length ?? 0

  it("is what the run does", async () => {
    const { code, stdout } = await theatre.run(["run", "--no-pilot", "--plan", plan])
    expect(code).toBe(0)
    expect(messagesIn("Old/2019")).toBeGreaterThan(0)
    expect(messagesIn("Archive") + messagesIn("Trash")).toBe(0)
    expect(stdout).toContain(`--plan '${plan}'`)
  })

  it("is what verify holds the destination to", async () => {
    const { code } = await theatre.run(["verify", "--plan", plan])
    expect(code).toBe(0)
  })

  it("of other accounts is refused, exit 2", async () => {
    const other = join(theatre.home, "other.yaml")
    writeFileSync(other, readFileSync(plan, "utf8").replace(/^source: .*$/mu, "source: barrel:you"))
    const { code, stderr } = await theatre.run(["run", "--plan", other])
    expect(code).toBe(2)
    expect(stderr).toContain("it was made for the source barrel:you")
  })
})
