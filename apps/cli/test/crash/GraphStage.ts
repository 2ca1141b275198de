import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"

import type { NamedLoss } from "../../src/Fidelity.ts"
import { compareWithExchange } from "../../src/rehearsal/ExchangeArrivals.ts"
import { type ExchangeMailbox, exchangeMailbox } from "../../src/rehearsal/ExchangeMail.ts"
import { bundleInto } from "./Bundle.ts"
import { crashAccount } from "./GraphMail.ts"
import { type GraphMoment, graphTrigger } from "./GraphTrigger.ts"
import type { Killable } from "./Kills.ts"
import { spawnNode } from "./Process.ts"
import { recoveredMail } from "./RecoveredMail.ts"

/** Read as anybody could who has the file, and not by mailferry's code. */
const lossesIn = (state: string): ReadonlyArray<NamedLoss> =>
  readdirSync(state)
    .filter((name) => name.endsWith(".sqlite") && name !== "limits.sqlite")
    .flatMap((name) => {
      const ledger = new DatabaseSync(join(state, name), { readOnly: true })
      const rows = ledger
        .prepare("SELECT stable_id AS id, kind FROM losses JOIN messages ON messages.id = losses.message")
        .all()
      ledger.close()
      return rows.map(({ id, kind }) => ({ id: String(id), kind: String(kind) }))
    })

export interface GraphScene extends Killable<GraphMoment> {
  /** Requests so far. */
  readonly requests: () => number
  readonly close: () => Promise<void>
}

/** A rehearsal Bridge, and for each scene an Exchange of its own. */
export class GraphStage {
  /** Messages at the source. */
  readonly messages: number
  readonly #bridge: RehearsalBridge
  readonly #folder: string
  readonly #expected: ExchangeMailbox
  #scenes = 0

  constructor(expected: ExchangeMailbox, bridge: RehearsalBridge) {
    this.#bridge = bridge
    this.#folder = mkdtempSync(join(tmpdir(), "mailferry-crash-"))
    this.#expected = expected
    this.messages = expected.mails.length
  }

  static async open(): Promise<GraphStage> {
    const account = crashAccount()
    const { folders, mails } = exchangeMailbox(account, recoveredMail)
    // Some hundred comparisons, and megabytes to hash.
    const read = mails.map((mail) => {
      const facts = mail.facts()
      return { ...mail, facts: () => facts }
    })
    const bridge = await RehearsalBridge.start(account, { recovered: recoveredMail })
    const stage = new GraphStage({ mails: read, folders }, bridge)
    await bundleInto(join(stage.#folder, "dist"))
    return stage
  }

  async scene(): Promise<GraphScene> {
    const bridge = this.#bridge
    const server = await RehearsalGraph.start({ octetsPer5Minutes: Infinity, requestsPer10Minutes: Infinity })
    const folder = join(this.#folder, `scene${++this.#scenes}`)
    const state = join(folder, "state")
    mkdirSync(state, { recursive: true, mode: 0o700 })
    const job = join(folder, "job.yaml")
    writeFileSync(
      job,
      [
        `source: { kind: proton-bridge, user: "${bridge.user}", password: "env:BRIDGE_PASSWORD", port: ${bridge.port} }`,
        `destination: { kind: o365, user: "${server.user}", token: "env:TOKEN",`,
        `  endpoint: { graph: "${server.url}", authority: "${server.url}" } }`
      ].join("\n")
    )
    const start: GraphScene["start"] = (name, flags = []) => {
      // What an earlier run left of the bucket would be waited for; that is no part of this.
      rmSync(join(state, "limits.sqlite"), { force: true })
      return spawnNode({
        args: [join(this.#folder, "dist/Main.mjs"), name, "--job", job, "--state", state, ...flags],
        env: {
          PATH: process.env["PATH"],
          BRIDGE_PASSWORD: bridge.password,
          TOKEN: server.token,
          HOME: folder,
          NODE_COMPILE_CACHE: join(this.#folder, "compiled")
        }
      })
    }
    return {
      trigger: graphTrigger(server),
      requests: () => server.requests.length,
      start,
      run: (name, flags) => start(name, flags).finished,
      compare: () => {
        const found = compareWithExchange(this.#expected, server.account, lossesIn(state))
        const { altered, doubled, lost, strange } = found
        return Promise.resolve({ lost, surplus: [...doubled, ...strange, ...altered] })
      },
      close: async () => {
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    }
  }

  async close(): Promise<void> {
    await this.#bridge.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
