import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach } from "vitest"

/** A directory of its own for each test, gone afterwards. */
export const tempDirectories = (): (() => string) => {
  const made: Array<string> = []
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
  })
  return () => {
    const directory = mkdtempSync(join(tmpdir(), "mailferry-cli-"))
    made.push(directory)
    return directory
  }
}
