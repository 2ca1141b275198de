import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { dumpMailboxes } from "@mailferry/testkit/MailboxDump.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { actualMail, compareMail } from "./ExpectedMail.ts"
import { type Finished, mainFile, spawnNode } from "./Process.ts"
import { Stage } from "./Stage.ts"

const missing = process.env["CI"] === undefined ? dovecotMissing() : undefined
const why = missing === undefined ? "" : ` (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`any IMAP account as a source, on Dovecot${why}`, () => {
  let stage: Stage
  let folder: string
  beforeAll(async () => {
    stage = await Stage.open({ messages: 100, largest: 60_000 })
    folder = mkdtempSync(join(tmpdir(), "mailferry-source-"))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await stage.close()
  })

  const dump = async (user: string) => {
    const { host, password, port } = stage.dovecot
    return actualMail(await dumpMailboxes({ host, port, security: "none", user, password }))
  }

  it("mail that came from Proton moves on, copy by copy, and a second run has nothing to do", async () => {
    const scene = await stage.scene()
    expect((await scene.run("run", ["--json"])).code).toBe(0)
    const job = join(folder, "job.yaml")
    const account = (user: string) =>
      `{ kind: imap, host: 127.0.0.1, port: ${stage.dovecot.port}, security: none, user: ${user}, password: "env:SECRET" }`
    writeFileSync(job, `source: ${account(scene.user)}\ndestination: ${account("onward")}\n`)
    const mailferry = (command: string, ...flags: ReadonlyArray<string>): Promise<Finished> =>
      spawnNode({
        args: [mainFile, command, "--job", job, "--state", join(folder, "state"), ...flags],
        env: { PATH: process.env["PATH"], HOME: folder, SECRET: stage.dovecot.password }
      }).finished

    const first = await mailferry("run", "--json")
    expect(first.code, first.stderr).toBe(0)
    const { lost, surplus } = compareMail(await dump(scene.user), await dump("onward"))
    expect({ lost, surplus }).toEqual({ lost: [], surplus: [] })
    const second = await mailferry("run", "--json")
    expect(JSON.parse(second.stdout)).toMatchObject({ outcome: "complete", migrated: 0 })
    const verified = await mailferry("verify", "--full", "--json")
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, missing: 0, doubled: 0, altered: 0 })

    // A new ledger finds everything there, byte-identical copies included.
    rmSync(join(folder, "state"), { recursive: true })
    const anew = await mailferry("run", "--json")
    expect(JSON.parse(anew.stdout)).toMatchObject({ outcome: "complete", migrated: 0 })
    expect((await dump("onward")).length).toBe((await dump(scene.user)).length)
  })
})
