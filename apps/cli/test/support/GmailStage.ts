import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"

import { start, type Started } from "./Mailferry.ts"

/** The rehearsal Gmail, and a home directory with a job file that leads to it and the client to sign in with. */
export class GmailStage {
  readonly server: RehearsalGmail
  readonly home: string
  readonly job: string
  readonly client: string
  /** Where the job says the credentials are. */
  readonly kept: string

  private constructor(server: RehearsalGmail) {
    this.server = server
    this.home = mkdtempSync(join(tmpdir(), "mailferry-cli-"))
    this.job = join(this.home, "job.yaml")
    this.client = join(this.home, "client_secret.json")
    this.kept = join(this.home, "kept", "gmail.json")
    mkdirSync(join(this.home, "kept"), { mode: 0o700 })
    writeFileSync(this.client, JSON.stringify(server.clientFile()), { mode: 0o600 })
    this.writeJob("file:kept/gmail.json")
  }

  static async open(): Promise<GmailStage> {
    return new GmailStage(await RehearsalGmail.start({ users: ["else@gmail.com"] }))
  }

  writeJob(credentials: string): void {
    const { job, server } = this
    writeFileSync(
      job,
      `source: { kind: proton-bridge, user: you@proton.me, password: "env:BRIDGE_PASSWORD" }
destination:
  kind: gmail
  user: ${server.user}
  credentials: "${credentials}"
  endpoint: { api: "${server.url}", token: "${server.url}/token" }
`
    )
  }

  /** Starts `mailferry auth` on the job. */
  auth(
    [word = "", ...flags]: ReadonlyArray<string>,
    options: {
      readonly environment?: Readonly<Record<string, string>>
      readonly stdin?: "ignore" | "pipe"
    } = {}
  ): Started {
    return start(
      this.home,
      ["auth", word, "gmail", "--job", this.job, ...flags],
      options.environment,
      options.stdin
    )
  }

  login(...flags: ReadonlyArray<string>): Started {
    return this.auth(["login", "--client", this.client, "--no-browser", ...flags])
  }

  /** The address of the consent page, once the process shows it. */
  async page(started: Started): Promise<string> {
    await started.says("paste it here")
    const found = /^http\S+$/mu.exec(started.stderr())
    if (found === null) throw new Error(`no address in:\n${started.stderr()}`)
    return found[0]
  }

  /** Text of every file in the home directory but these. */
  files(but: ReadonlyArray<string>): string {
    return readdirSync(this.home, { recursive: true, encoding: "utf8" })
      .map((name) => join(this.home, name))
      .filter((path) => !but.includes(path) && statSync(path).isFile())
      .map((path) => readFileSync(path, "utf8"))
      .join("\n")
  }

  async close(): Promise<void> {
    await this.server.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}
