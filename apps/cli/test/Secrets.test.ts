import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, describe, expect, it, vi } from "vitest"

import { decodeJob } from "../src/JobFile.ts"
import { secretsOf } from "../src/Secrets.ts"
import { ScreenRecorder } from "./support/ScreenRecorder.ts"
import { tempDirectories } from "./support/TempDirectory.ts"
import { toyJob, toyKinds } from "./support/ToyKinds.ts"

const tempDirectory = tempDirectories()
afterEach(() => vi.unstubAllEnvs())

const fetchSecret = async (reference: string, jobFile = "job.yaml") => {
  const recorder = new ScreenRecorder()
  const text = toyJob.replace('"env:A"', JSON.stringify(reference))
  const job = Result.getOrThrow(decodeJob(jobFile, text, toyKinds))
  const result = await Effect.runPromise(
    secretsOf(jobFile, job.source).pipe(Effect.result, Effect.provide(recorder.layer))
  )
  return {
    secret: Result.isSuccess(result) ? result.success["password"] : undefined,
    failure: Result.isFailure(result) ? result.failure : undefined,
    ...recorder,
    recorder
  }
}

describe("a secret reference", () => {
  it("env: is the variable's value", async () => {
    vi.stubEnv("TOY_PASSWORD", "hunter2secret")
    expect((await fetchSecret("env:TOY_PASSWORD")).secret).toBe("hunter2secret")
  })

  it("env: of a variable that is not set is told by its name, with a way to set it", async () => {
    const { failure } = await fetchSecret("env:TOY_PASSWORD_MISSING")
    expect(failure?.message).toContain("TOY_PASSWORD_MISSING is not set")
    expect(failure?.advice).toContain("read -rs TOY_PASSWORD_MISSING")
  })

  it("file: is the file's first line, from a path that starts at the job file", async () => {
    const directory = tempDirectory()
    writeFileSync(join(directory, "password"), "hunter2secret\nsecond line\n", { mode: 0o600 })
    const { secret, stderr } = await fetchSecret("file:password", join(directory, "job.yaml"))
    expect(secret).toBe("hunter2secret")
    expect(stderr).toBe("")
  })

  it.skipIf(process.platform === "win32")("file: warns when others may read the file", async () => {
    const file = join(tempDirectory(), "password")
    writeFileSync(file, "hunter2secret")
    chmodSync(file, 0o644)
    const { secret, stderr } = await fetchSecret(`file:${file}`)
    expect(secret).toBe("hunter2secret")
    expect(stderr).toContain(`chmod 600 ${file}`)
  })

  it("file: of a file that is not there is told by its path", async () => {
    const { failure } = await fetchSecret("file:/nowhere/password")
    expect(failure?.message).toContain("/nowhere/password cannot be read")
  })

  it("cmd: is the first line the command prints, through a shell", async () => {
    const { secret } = await fetchSecret("cmd:printf 'hunter2secret\\nnot this\\n' | cat")
    expect(secret).toBe("hunter2secret")
  })

  it("cmd: that fails is told with its status and without what it printed", async () => {
    const { failure } = await fetchSecret("cmd:echo hunter2secret; exit 3")
    expect(failure?.message).toContain("ended with status 3")
    expect(JSON.stringify(failure)).not.toContain("hunter2secret")
  })

  it("loses blanks around it, and says so", async () => {
    vi.stubEnv("TOY_PASSWORD", "  hunter2secret\t")
    const { secret, stderr } = await fetchSecret("env:TOY_PASSWORD")
    expect(secret).toBe("hunter2secret")
    expect(stderr).toContain("Blanks around the secret for source.password were left out.")
  })

  it("that leads to nothing but blanks is refused", async () => {
    const { failure } = await fetchSecret("cmd:echo '  '")
    expect(failure?.message).toContain("is empty")
  })

  it("once fetched is never written to the screen, whoever repeats it", async () => {
    vi.stubEnv("TOY_PASSWORD", 'hunter2"secret')
    const { recorder } = await fetchSecret("env:TOY_PASSWORD")
    const { screen } = recorder
    await Effect.runPromise(
      Effect.andThen(
        screen.warn('NO login of you with hunter2"secret failed'),
        screen.print(JSON.stringify({ detail: 'got hunter2"secret' }))
      )
    )
    expect(recorder.stderr).toBe("NO login of you with [secret] failed\n")
    expect(recorder.stdout).toBe('{"detail":"got [secret]"}\n')
  })
})
