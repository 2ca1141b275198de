import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export const mainFile = fileURLToPath(new URL("../../src/Main.ts", import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly kill: () => void
  readonly finished: Promise<Finished>
}

export interface Invocation {
  /** Node unless said. */
  readonly program?: string
  readonly args: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
}

/** Runs the real program as a user would; the pid is node's own. */
export const spawnNode = ({ args, env, program = process.execPath }: Invocation): Running => {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] })
  const out: Array<Buffer> = []
  const err: Array<Buffer> = []
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
  return {
    child,
    kill: () => void child.kill("SIGKILL"),
    finished: new Promise((resolve) => {
      child.on("close", (code, signal) => {
        resolve({
          code,
          signal,
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString()
        })
      })
    })
  }
}
