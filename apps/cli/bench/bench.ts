/**
 * `pnpm bench gmail|o365 [--quick]`: builds the program, runs it against rehearsal servers in processes of their own at
 * the service's true limits, and prints what it measured beside the bars. No clock is compressed.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join } from "node:path"

import { mebibytes, benchTable, missed } from "./BenchTable.ts"
import { benchOf } from "./BenchWords.ts"
import { gmailBench } from "./GmailBench.ts"
import { o365Bench } from "./O365Bench.ts"

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
  const bench = { gmail: gmailBench, o365: o365Bench }[asked.which]
  const figures = await bench(join(dist, "Main.mjs"), folder, asked.quick ? "quick" : "usual", say)
  say("")
  for (const line of benchTable(figures)) say(line)
  say("")
  say(
    "Peak memory is ru_maxrss of the bundled program alone; limits and times are true, nothing is compressed."
  )
  say(
    `Node ${process.versions.node}, ${cpus().length} cores, ${mebibytes(totalmem())}; made by: pnpm bench ${words.join(" ")}`
  )
  process.exitCode = missed(figures) ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
