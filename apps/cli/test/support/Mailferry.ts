import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"

const main = join(import.meta.dirname, "../../src/Main.ts")

/** Some sixty processes compile the same sources; kept, that halves what each of them costs. */
const compileCache = join(import.meta.dirname, "../../node_modules/.cache/node-compile")

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stdout or stderr holds this text. */
  readonly says: (text: string) => Promise<void>
  /** All of stderr so far. */
  readonly stderr: () => string
}

/** The real process, with a home of its own: nothing of the person who runs the tests is read or written. */
export const start = (
  home: string,
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
  stdin: "ignore" | "pipe" = "ignore"
): Started => {
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      XDG_STATE_HOME: join(home, "state"),
      NODE_COMPILE_CACHE: compileCache,
      ...environment
    },
    stdio: "pipe"
  })
  if (stdin === "ignore") child.stdin.end()
  let stdout = ""
  let stderr = ""
  const waiting = new Set<() => void>()
  const heard = (keep: (text: string) => void) => (chunk: Buffer) => {
    keep(chunk.toString("utf8"))
    for (const look of waiting) look()
  }
  child.stdout.on(
    "data",
    heard((text) => (stdout += text))
  )
  child.stderr.on(
    "data",
    heard((text) => (stderr += text))
  )
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  })
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text) && !stderr.includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      child.on("close", () => reject(new Error(`ended without saying "${text}":\n${stdout}\n${stderr}`)))
      look()
    })
  return { child, ended, says, stderr: () => stderr }
}

/** Both rehearsal servers with a small account between them, and a home directory with a job file that leads to them. */
export class Theatre {
  readonly account: ProtonAccount
  readonly bridge: RehearsalBridge
  readonly server: RehearsalImapServer
  readonly home: string
  readonly job: string
  /** Messages that Bridge can show. */
  readonly messages: number

  private constructor(account: ProtonAccount, bridge: RehearsalBridge, server: RehearsalImapServer) {
    this.account = account
    this.bridge = bridge
    this.server = server
    this.messages = account.messages.filter(({ trouble }) => trouble !== "skipped").length
    this.home = mkdtempSync(join(tmpdir(), "mailferry-cli-"))
    this.job = join(this.home, "job.yaml")
    writeFileSync(join(this.home, "cert.pem"), server.certificate)
    this.writeJob()
  }

  static async open(): Promise<Theatre> {
    const account = sampleMailbox({ messages: 100, largest: 60_000 })
    const [bridge, server] = await Promise.all([
      RehearsalBridge.start(account),
      RehearsalImapServer.start({ security: "tls" })
    ])
    return new Theatre(account, bridge, server)
  }

  writeJob(rules = ""): void {
    const { bridge, home, job, server } = this
    writeFileSync(
      job,
      `source: { kind: proton-bridge, user: ${bridge.user}, port: ${bridge.port}, password: "env:BRIDGE_PASSWORD" }
destination:
  kind: imap
  host: ${server.host}
  port: ${server.port}
  user: ${server.user}
  password: "env:DEST_PASSWORD"
  certificate: ${join(home, "cert.pem")}
${rules}`
    )
  }

  /** Starts a command on the job; `{}` for the environment leaves the passwords right. */
  start(words: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}): Started {
    const [command = "", ...flags] = words
    return start(this.home, [command, "--job", this.job, ...flags], {
      BRIDGE_PASSWORD: this.bridge.password,
      DEST_PASSWORD: this.server.password,
      ...environment
    })
  }

  run(words: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, environment).ended
  }

  async close(): Promise<void> {
    await Promise.all([this.bridge.stop(), this.server.stop()])
    rmSync(this.home, { recursive: true, force: true })
  }
}
