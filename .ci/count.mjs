// Adds up the results each package's tests left behind; a package without a result has failed.
import { existsSync, readdirSync, readFileSync } from "node:fs"

const failedBefore = process.argv[2] !== "0"
const packages = ["packages", "apps"].flatMap((root) => readdirSync(root).map((name) => `${root}/${name}`))
let passed = 0
let failed = 0
for (const directory of packages) {
  const file = `${directory}/.vitest/result.json`
  if (!existsSync(`${directory}/package.json`)) continue
  if (!existsSync(file)) {
    process.stdout.write(`${directory}: no test result\n`)
    failed++
    continue
  }
  const result = JSON.parse(readFileSync(file, "utf8"))
  const skipped = result.numPendingTests + (result.numTodoTests ?? 0)
  passed += result.numPassedTests
  // A test file that did not even load has no tests to fail; and under CI a skip counts as a failure.
  failed +=
    result.numFailedTests +
    skipped +
    result.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length
  process.stdout.write(
    `${directory}: ${result.numPassedTests} passed, ${result.numFailedTests} failed, ${skipped} skipped\n`
  )
}
if (failedBefore && failed === 0) failed = 1
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
