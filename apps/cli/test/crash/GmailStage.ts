import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import * as LimitsStore from "@mailferry/core/LimitsStore.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import { type ProtonAccount, SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { Effect, Layer } from "effect"

import { compareByLabels } from "../../src/rehearsal/LabelledArrivals.ts"
import { labelledMail, type LabelledMail } from "../../src/rehearsal/LabelledMail.ts"
import { bundleInto } from "./Bundle.ts"
import { crashAccount } from "./GmailMail.ts"
import { startKillingProxy } from "./KillingProxy.ts"
import type { Killable } from "./Kills.ts"
import { spawnNode } from "./Process.ts"
import { recoveredMail } from "./RecoveredMail.ts"

/** What runs allow themselves after a good while with a project that turned out to be an old one: 13,500 units a minute. */
const probed = { published: 6000, amount: 13_500, spent: 0, refused: undefined }

/** Waiting for the quota is no part of this: each migration begins with the limits file that an earlier one left. */
const writeLimits = (file: string, user: string): Promise<void> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const limits = yield* LimitsStore.LimitsStore
      yield* limits.changeRate(`gmail:new:${user} units/60000`, () => ({ ...probed, since: Date.now() }))
    }).pipe(
      Effect.provide(LimitsStore.layer(file, `gmail:${user}`).pipe(Layer.provide(RunEvent.layer))),
      Effect.scoped
    )
  )

export interface GmailScene extends Killable {
  readonly close: () => Promise<void>
}

/** A rehearsal Bridge, and for each scene a Gmail of its own. */
export class GmailStage {
  /** Messages at the source. */
  readonly messages: number
  readonly #account: ProtonAccount
  readonly #bridge: RehearsalBridge
  readonly #folder: string
  #expected: ReadonlyArray<LabelledMail>
  #scenes = 0

  constructor(account: ProtonAccount, bridge: RehearsalBridge) {
    this.#account = account
    this.#bridge = bridge
    this.#folder = mkdtempSync(join(tmpdir(), "mailferry-crash-"))
    this.#expected = labelledMail(account, recoveredMail)
    this.messages = account.messages.length + recoveredMail.length
  }

  static async open(): Promise<GmailStage> {
    const account = crashAccount()
    const stage = new GmailStage(account, await RehearsalBridge.start(account, { recovered: recoveredMail }))
    await bundleInto(join(stage.#folder, "dist"))
    await writeLimits(join(stage.#folder, "limits.sqlite"), "you@gmail.com")
    return stage
  }

  /** A person goes on working: labels and stars mail that was moved already, and reads some. */
  changeSource(): void {
    const { labels, messages } = this.#account
    const label = labels.find(({ kind }) => kind === "label")
    const ordinary = messages.filter(({ labelIds }) => !labelIds.has(SystemLabel.trash))
    for (const { labelIds } of ordinary.slice(0, 3)) if (label !== undefined) labelIds.add(label.id)
    for (const { labelIds } of ordinary.slice(2, 5)) labelIds.add(SystemLabel.starred)
    for (const message of ordinary.filter(({ unread }) => unread).slice(0, 2)) message.unread = false
    this.#expected = labelledMail(this.#account, recoveredMail)
  }

  async scene(): Promise<GmailScene> {
    const bridge = this.#bridge
    const server = await RehearsalGmail.start({
      quotaPerMinute: Infinity,
      quotaPerMinuteAndProject: Infinity
    })
    const proxy = await startKillingProxy(server)
    const folder = join(this.#folder, `scene${++this.#scenes}`)
    const state = join(folder, "state")
    mkdirSync(state, { recursive: true, mode: 0o700 })
    copyFileSync(join(this.#folder, "limits.sqlite"), join(state, "limits.sqlite"))
    const job = join(folder, "job.yaml")
    const credentials = join(folder, "credentials.json")
    writeFileSync(credentials, JSON.stringify(server.authorizedUser()), { mode: 0o600 })
    writeFileSync(
      job,
      [
        `source: { kind: proton-bridge, user: "${bridge.user}", password: "env:BRIDGE_PASSWORD", port: ${bridge.port} }`,
        `destination: { kind: gmail, user: "${server.user}", credentials: "file:${credentials}",`,
        `  endpoint: { api: "http://127.0.0.1:${proxy.port}", token: "${server.url}/token" } }`
      ].join("\n")
    )
    const start: GmailScene["start"] = (name, flags = []) =>
      spawnNode({
        args: [join(this.#folder, "dist/Main.mjs"), name, "--job", job, "--state", state, ...flags],
        env: {
          PATH: process.env["PATH"],
          BRIDGE_PASSWORD: bridge.password,
          HOME: folder,
          NODE_COMPILE_CACHE: join(this.#folder, "compiled")
        }
      })
    return {
      trigger: proxy,
      start,
      run: (name, flags) => start(name, flags).finished,
      compare: () => {
        const { altered, doubled, lost, strange } = compareByLabels(this.#expected, server.account)
        return Promise.resolve({ lost, surplus: [...doubled, ...strange, ...altered] })
      },
      close: async () => {
        await proxy.stop()
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
