import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import { dovecotMissing } from "@mailferry/testkit/Dovecot.ts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { Stage } from "./Stage.ts"

const strace = "/usr/bin/strace"
const missing = existsSync(strace)
  ? dovecotMissing()
  : "strace is not installed (Debian: apt-get install strace)"
const skipped = process.env["CI"] === undefined ? missing : undefined

/**
 * The order of writes as the kernel saw it: each APPEND, and whether everything written to the ledger's
 * write-ahead log before it had been made durable (fdatasync or fsync) by then.
 */
const appendsIn = (trace: string): { readonly appends: number; readonly undurable: number } => {
  let dirty = false
  let appends = 0
  let undurable = 0
  for (const line of trace.split("\n")) {
    const ledger = line.includes(".sqlite-wal>")
    if (ledger && /\bpwrite(?:v|64)?\(/u.test(line)) dirty = true
    else if (ledger && /\b(?:fsync|fdatasync)\(/u.test(line)) dirty = false
    else if (/\b(?:write|writev|sendto|sendmsg)\(/u.test(line) && /"[0-9A-F]+ APPEND /u.test(line)) {
      appends++
      if (dirty) undurable++
    }
  }
  return { appends, undurable }
}

it("an APPEND that leaves before its row is durable would be noticed", () => {
  const written = `1 pwrite64(20</state/a.sqlite-wal>, "row"..., 4096, 0) = 4096`
  const durable = `1 fdatasync(20</state/a.sqlite-wal>) = 0`
  const append = `1 write(24<TCP:[1]>, "1F APPEND \\"INBOX\\" (\\\\Seen) {5}"..., 64) = 64`
  expect(appendsIn([written, append, durable].join("\n"))).toEqual({ appends: 1, undurable: 1 })
  expect(appendsIn([written, durable, append].join("\n"))).toEqual({ appends: 1, undurable: 0 })
})

describe.skipIf(skipped !== undefined)(
  `power loss${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
  () => {
    let stage: Stage
    let folder: string
    beforeAll(async () => {
      stage = await Stage.open({ messages: 90, largest: 60_000 })
      folder = mkdtempSync(join(tmpdir(), "mailferry-strace-"))
    })
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await stage.close()
    })

    it("no octet of an APPEND leaves before its ledger row is on the disk", async () => {
      const scene = await stage.scene()
      const trace = join(folder, "trace")
      const { args, env } = scene.command("run", ["--no-pilot", "--json"])
      const calls = "trace=pwrite64,pwritev,fsync,fdatasync,write,writev,sendto,sendmsg"
      await promisify(execFile)(
        strace,
        ["-f", "-y", "-s", "64", "-e", calls, "-o", trace, process.execPath, ...args],
        {
          env
        }
      )
      const { appends, undurable } = appendsIn(readFileSync(trace, "utf8"))
      expect(undurable).toBe(0)
      // One APPEND a message: what has labels is copied on the server.
      expect(appends).toBe(stage.messages)
    })
  }
)
