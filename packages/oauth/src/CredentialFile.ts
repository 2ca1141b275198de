import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises"
import { homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"

/** A user name as part of a file name on every system: what is not plain is spelt as its octets. */
const plain = (user: string): string =>
  user
    .toLowerCase()
    .replace(/[^a-z0-9@._+-]/gu, (character) =>
      [...Buffer.from(character)].map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("")
    )

/** `$XDG_CONFIG_HOME/mailferry/credentials`, by the XDG base directory specification; a relative value counts as none there. */
export const defaultFile = (
  environment: Readonly<Record<string, string | undefined>>,
  provider: string,
  user: string
): string => {
  const base = environment["XDG_CONFIG_HOME"]
  const config = base !== undefined && isAbsolute(base) ? base : join(homedir(), ".config")
  return join(config, "mailferry", "credentials", `${provider}_${plain(user)}.json`)
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")

/** With the home directory in the place of `~`. */
export const expandedPath = (path: string): string =>
  path.startsWith("~/") ? join(homedir(), path.slice(2)) : path

/** The text of a file, and whether others may read it; undefined when there is none. */
export const readPrivate = async (
  path: string
): Promise<{ readonly text: string; readonly exposed: boolean } | undefined> => {
  const file = expandedPath(path)
  try {
    const text = await readFile(file, "utf8")
    // Windows keeps no such bits: Node shows 0666 for every file there.
    const exposed = process.platform !== "win32" && ((await stat(file)).mode & 0o077) !== 0
    return { text, exposed }
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}

/**
 * Writes a file for its owner alone, in a directory of the owner's. By rename, so that a crash leaves the old text or the
 * new one and never half of it; on disk before that, so that a power cut does not leave an empty one.
 */
export const writePrivate = async (path: string, text: string): Promise<void> => {
  const file = expandedPath(path)
  const directory = dirname(file)
  const made = await mkdir(directory, { recursive: true, mode: 0o700 })
  // The umask cannot widen a mode but a default ACL can; a directory that was there before stays as it is.
  if (made !== undefined) await chmod(directory, 0o700)
  const beside = `${file}.${process.pid}.new`
  try {
    const handle = await open(beside, "wx", 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, { force: true })
    throw cause
  }
}

/** Whether there was one to remove. */
export const removePrivate = async (path: string): Promise<boolean> => {
  try {
    await rm(expandedPath(path))
    return true
  } catch (cause) {
    if (isMissing(cause)) return false
    throw cause
  }
}
