import { createHash } from "node:crypto"
import { chmodSync, mkdirSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

import * as Effect from "effect/Effect"

import { usageError, type UsageError } from "./UsageError.ts"
import { Screen } from "./view/Screen.ts"

/** Where mailferry keeps what it knows between runs about one pair of accounts. */
export interface PairState {
  readonly directory: string
  readonly ledger: string
  /** Octets of messages that did not arrive, beside the ledger. */
  readonly quarantine: string
  readonly knownCertificates: string
  /** What published limits leave to spend: every pair's, since accounts are shared by pairs. */
  readonly limits: string
}

/** `$XDG_STATE_HOME/mailferry`, by the XDG base directory specification; a relative value counts as none there. */
export const defaultDirectory = (environment: Readonly<Record<string, string | undefined>>): string => {
  const base = environment["XDG_STATE_HOME"]
  return base !== undefined && isAbsolute(base)
    ? join(base, "mailferry")
    : join(homedir(), ".local", "state", "mailferry")
}

const readable = (accountId: string): string =>
  accountId
    .toLowerCase()
    .replace(/[^a-z0-9@.]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/gu, "")
    .slice(0, 60)

/**
 * Both accounts as a file name: readable, and told apart by the start of a SHA-256 where that loses letters. The same
 * for every job file that names this pair.
 */
export const pairName = (source: string, destination: string): string => {
  const hash = createHash("sha256")
    .update(JSON.stringify([source, destination]))
    .digest("hex")
    .slice(0, 10)
  return `${readable(source)}_to_${readable(destination)}_${hash}`
}

export const pairState = (directory: string, source: string, destination: string): PairState => {
  const base = join(directory, pairName(source, destination))
  return {
    directory,
    ledger: `${base}.sqlite`,
    quarantine: `${base}.quarantine`,
    knownCertificates: join(directory, "known-certificates.json"),
    limits: join(directory, "limits.sqlite")
  }
}

/** Makes the state directory for its owner only; one that others may look into is closed, unless the person chose it. */
export const keepDirectory = Effect.fnUntraced(function* (
  directory: string,
  chosen: boolean
): Effect.fn.Return<void, UsageError, Screen> {
  const open = yield* Effect.try({
    try: () => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const others = process.platform !== "win32" && (statSync(directory).mode & 0o077) !== 0
      if (others && !chosen) chmodSync(directory, 0o700)
      return others && chosen
    },
    catch: () =>
      usageError(
        `The state directory ${directory} cannot be used`,
        "it cannot be made or written to",
        "Choose a writable one with --state, or set XDG_STATE_HOME."
      )
  })
  if (!open) return
  const screen = yield* Screen
  yield* screen.warn(`Others on this machine may look into ${directory}: chmod 700 ${directory}`)
})
