import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"

const cli = join(import.meta.dirname, "../..")

/** The program as it is published: there are some hundred processes, and each starts in half the time. */
export const bundleInto = (folder: string) =>
  promisify(execFile)(join(cli, "node_modules/.bin/tsdown"), ["--out-dir", folder, "--silent"], { cwd: cli })
