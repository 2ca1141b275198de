import { spawn } from "node:child_process"
import { statSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"

import * as Effect from "effect/Effect"

import { readText } from "./JobFile.ts"
import type { JobEnd } from "./JobFile.ts"
import { referenceOf, type SecretReference } from "./SecretReference.ts"
import { usageError, type UsageError } from "./UsageError.ts"
import { Screen } from "./view/Screen.ts"

/** What a reference led to, before anything is cut off. */
type Fetched = Effect.Effect<string, UsageError, Screen>

const fromEnvironment = (field: string, name: string): Fetched =>
  Effect.suspend(() => {
    const value = process.env[name]
    if (value !== undefined && value !== "") return Effect.succeed(value)
    return Effect.fail(
      usageError(
        `The secret for ${field} is not there`,
        `the environment variable ${name} is ${value === undefined ? "not set" : "empty"}`,
        `Set it without leaving it in the shell's history: read -rs ${name} && export ${name}`
      )
    )
  })

const fromFile = Effect.fnUntraced(function* (field: string, path: string, besides: string) {
  const home = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path
  const file = isAbsolute(home) ? home : join(dirname(besides), home)
  const text = yield* readText(`secret for ${field},`, file)
  const mode = yield* Effect.sync(() => statSync(file).mode)
  // Windows keeps no such bits: Node shows 0666 for every file there.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const screen = yield* Screen
    yield* screen.warn(`${file} holds a secret and others on this machine may read it: chmod 600 ${file}`)
  }
  return text
})

/** Runs in a shell, as mbsync and offlineimap do; the terminal stays its own, so that it may ask for a passphrase. */
const fromCommand = (field: string, command: string): Fetched =>
  Effect.callback((resume) => {
    const fail = (text: string) =>
      resume(
        Effect.fail(
          usageError(
            `The command for ${field} gave no secret`,
            text,
            "Run it by hand: it must print the secret as its first line and end with status 0."
          )
        )
      )
    const child = spawn(command, { shell: true, stdio: ["inherit", "pipe", "inherit"] })
    const parts: Array<Buffer> = []
    child.stdout.on("data", (part: Buffer) => parts.push(part))
    child.on("error", () => fail("it could not be started"))
    child.on("close", (code, signal) => {
      if (code === 0) resume(Effect.succeed(Buffer.concat(parts).toString("utf8")))
      else fail(signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`)
    })
    return Effect.sync(() => child.kill())
  })

const fetch = (field: string, reference: SecretReference, jobFile: string): Fetched => {
  switch (reference._tag) {
    case "env":
      return fromEnvironment(field, reference.name)
    case "file":
      return fromFile(field, reference.path, jobFile)
    case "cmd":
      return fromCommand(field, reference.command)
  }
}

/** One secret is one line; blanks around it were copied along with it, and are said to be gone. */
const tidy = Effect.fnUntraced(function* (field: string, fetched: string) {
  const [line = ""] = fetched.split(/\r?\n/u)
  const secret = line.trim()
  if (secret === "") {
    return yield* usageError(`The secret for ${field} is not there`, "what the job file points to is empty")
  }
  if (secret !== line) {
    const screen = yield* Screen
    yield* screen.warn(`Blanks around the secret for ${field} were left out.`)
  }
  return secret
})

/**
 * Fetches the secrets of one end from where its job file says they are. Relative `file:` paths start at the job file.
 * The values go to the adapter's config, where their type cannot be printed, and nowhere else.
 */
export const secretsOf = Effect.fnUntraced(function* <Service>(jobFile: string, end: JobEnd<Service>) {
  const screen = yield* Screen
  const secrets: Record<string, string> = {}
  for (const key of end.provider.secrets) {
    const reference = referenceOf(end.config[key])
    if (reference === undefined) continue
    const field = `${end.provider.side}.${key}`
    const secret = yield* tidy(field, yield* fetch(field, reference, jobFile))
    screen.hide(secret)
    secrets[key] = secret
  }
  return secrets
})
