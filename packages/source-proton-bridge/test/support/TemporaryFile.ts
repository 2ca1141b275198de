import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

import { Effect } from "effect"

/** A folder for as long as the scope lasts. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "bridge-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

/** A file with this text for as long as the scope lasts. Its path. */
export const temporaryFile = (text: string) =>
  Effect.map(temporaryFolder, (folder) => {
    const file = path.join(folder, "cert.pem")
    fs.writeFileSync(file, text)
    return file
  })
