import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"

import { start, type Started } from "./Mailferry.ts"

/** The rehearsal Exchange with its sign-in, and a home directory with a job file that leads to it. */
export class MicrosoftStage {
  readonly server: RehearsalGraph
  readonly home: string
  readonly job: string
  /** Where the job says the credentials are. */
  readonly kept: string

  private constructor(server: RehearsalGraph) {
    this.server = server
    this.home = mkdtempSync(join(tmpdir(), "mailferry-cli-"))
    this.job = join(this.home, "job.yaml")
    this.kept = join(this.home, "kept", "o365.json")
    mkdirSync(join(this.home, "kept"), { mode: 0o700 })
    writeFileSync(
      this.job,
      `source: { kind: proton-bridge, user: you@proton.me, password: "env:BRIDGE_PASSWORD" }
destination:
  kind: o365
  user: ${server.user}
  credentials: file:kept/o365.json
  endpoint: { graph: "${server.url}", authority: "${server.url}" }
`
    )
  }

  static async open(options: RehearsalGraphOptions = {}): Promise<MicrosoftStage> {
    return new MicrosoftStage(await RehearsalGraph.start({ users: ["else@example.com"], ...options }))
  }

  /** Starts `mailferry auth` on the job. */
  auth([word = "", ...flags]: ReadonlyArray<string>): Started {
    return start(this.home, ["auth", word, "o365", "--job", this.job, ...flags])
  }

  login(...flags: ReadonlyArray<string>): Started {
    return this.auth(["login", "--client", this.server.clientId, "--no-browser", ...flags])
  }

  /** The address of Microsoft's page, once the process shows it. */
  async page(started: Started): Promise<string> {
    await started.says("paste it here")
    return this.#addressIn(started)
  }

  /** The page on which a code is typed in, and the code. */
  async code(started: Started): Promise<readonly [page: string, code: string]> {
    await started.says("type in this code: ")
    await started.says("It is good for")
    const [, code = ""] = /type in this code: (\S+)/u.exec(started.stderr()) ?? []
    return [this.#addressIn(started), code]
  }

  /** Writes the file of the application that acts by itself, and its certificate. */
  async application(): Promise<string> {
    const { certificate, clientId, privateKey, tenantId } = await this.server.application()
    const path = join(this.home, "app.json")
    writeFileSync(join(this.home, "app.pem"), `${privateKey}\n${certificate}`, { mode: 0o600 })
    writeFileSync(path, JSON.stringify({ tenant: tenantId, client: clientId, certificate: "app.pem" }))
    return path
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

  #addressIn(started: Started): string {
    const found = /^http\S+$/mu.exec(started.stderr())
    if (found === null) throw new Error(`no address in:\n${started.stderr()}`)
    return found[0]
  }
}
