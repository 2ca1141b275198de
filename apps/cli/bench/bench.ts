/**
 * `pnpm bench gmail [--quick]`: builds the program, runs it against rehearsal servers in processes of their own at
 * Gmail's true quotas, and prints what it measured beside the bars. No clock is compressed.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join } from "node:path"

import { mebibytes, benchTable, missed } from "./BenchTable.ts"
import { benchOf } from "./BenchWords.ts"
import { gmailBench, quickSize, usualSize } from "./GmailBench.ts"

const words = process.argv.slice(2)
const asked = benchOf(words)
if (typeof asked === "string") {
  process.stderr.write(`${asked}\n`)
  process.exit(2)
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const cli = join(import.meta.dirname, "..")
const folder = mkdtempSync(join(tmpdir(), "mailferry-bench-"))
try {
  const dist = join(folder, "dist")
  execFileSync(join(cli, "node_modules/.bin/tsdown"), ["--out-dir", dist, "--silent"], {
    cwd: cli,
    stdio: "ignore"
  })
  const figures = await gmailBench(join(dist, "Main.mjs"), folder, asked.quick ? quickSize : usualSize, say)
  say("")
  for (const line of benchTable(figures)) say(line)
  say("")
  say(
    "Peak memory is ru_maxrss of the bundled program alone; quotas and times are true, nothing is compressed."
  )
  say(
    `Node ${process.versions.node}, ${cpus().length} cores, ${mebibytes(totalmem())}; made by: pnpm bench ${words.join(" ")}`
  )
  process.exitCode = missed(figures) ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
