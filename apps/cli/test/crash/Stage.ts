import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { RehearsalBridge, type RehearsalBridgeOptions } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { type Dovecot, type DovecotOptions, startDovecot } from "@mailferry/testkit/Dovecot.ts"
import { dumpMailboxes } from "@mailferry/testkit/MailboxDump.ts"

import { actualMail, compareMail, type Comparison, expectedMail, type MailLine } from "./ExpectedMail.ts"
import { type KillingProxy, startKillingProxy } from "./KillingProxy.ts"
import { type Finished, type Invocation, mainFile, type Running, spawnNode } from "./Process.ts"

/** One account at the destination, one state directory: what a single migration has to itself. */
export interface Scene {
  readonly user: string
  readonly state: string
  /** The way to Dovecot, on which the program can be killed. */
  readonly trigger: KillingProxy
  /** What `start` would spawn: node's arguments and environment. */
  readonly command: (command: string, flags?: ReadonlyArray<string>) => Invocation
  /** Starts `mailferry COMMAND --job …`. */
  readonly start: (command: string, flags?: ReadonlyArray<string>) => Running
  readonly run: (command: string, flags?: ReadonlyArray<string>) => Promise<Finished>
  readonly compare: () => Promise<Comparison>
  /** The same, with what Bridge holds now instead of what it held when the stage opened. */
  readonly compareWith: (expected: ReadonlyArray<MailLine>) => Promise<Comparison>
}

export interface StageOptions {
  /** Where Bridge's first sync stands, and how it goes on. */
  readonly bridge?: RehearsalBridgeOptions
  readonly messages: number
  /** Octets of the largest attachment. */
  readonly largest: number
  readonly dovecot?: DovecotOptions
}

/** A rehearsal Bridge and a real Dovecot, and the truth about both by a client that is not mailferry's. */
export class Stage {
  readonly bridge: RehearsalBridge
  readonly dovecot: Dovecot
  readonly expected: ReadonlyArray<MailLine>
  /** Messages in all, whatever number of mailboxes shows them. */
  readonly messages: number
  readonly #folder: string
  readonly #proxies: Array<KillingProxy> = []
  #scenes = 0

  constructor(bridge: RehearsalBridge, dovecot: Dovecot, expected: ReadonlyArray<MailLine>) {
    this.bridge = bridge
    this.dovecot = dovecot
    this.expected = expected
    this.messages = new Set(expected.map((line) => line.split(" | ")[1])).size
    this.#folder = mkdtempSync(join(tmpdir(), "mailferry-crash-"))
  }

  static async open({
    bridge: bridging = {},
    dovecot: options,
    largest,
    messages
  }: StageOptions): Promise<Stage> {
    const bridge = await RehearsalBridge.start(sampleMailbox({ messages, largest }), bridging)
    const dovecot = await startDovecot(options)
    return new Stage(bridge, dovecot, await mailOf(bridge))
  }

  /** What Bridge holds now, as it should arrive. */
  bridgeMail(): Promise<ReadonlyArray<MailLine>> {
    return mailOf(this.bridge)
  }

  /** `rules` as they stand in a job file: `{ labels: keywords }`. */
  async scene(rules = "{}"): Promise<Scene> {
    const user = `scene${++this.#scenes}`
    const state = join(this.#folder, user)
    const proxy = await startKillingProxy(this.dovecot)
    this.#proxies.push(proxy)
    const job = join(this.#folder, `${user}.yaml`)
    writeFileSync(job, this.#job(user, proxy.port, rules))
    const env = {
      PATH: process.env["PATH"],
      BRIDGE_PASSWORD: this.bridge.password,
      DEST_PASSWORD: this.dovecot.password,
      HOME: this.#folder
    }
    const command: Scene["command"] = (name, flags = []) => ({
      args: [mainFile, name, "--job", job, "--state", state, ...flags],
      env
    })
    const compareWith = async (expected: ReadonlyArray<MailLine>) => {
      const { host, password, port } = this.dovecot
      const dump = await dumpMailboxes({ host, port, security: "none", user, password })
      return compareMail(expected, actualMail(dump))
    }
    const start: Scene["start"] = (name, flags) => spawnNode(command(name, flags))
    return {
      user,
      state,
      trigger: proxy,
      command,
      start,
      run: (command, flags) => start(command, flags).finished,
      compare: () => compareWith(this.expected),
      compareWith
    }
  }

  #job(user: string, port: number, rules: string): string {
    const { bridge } = this
    return [
      `source: { kind: proton-bridge, user: "${bridge.user}", password: "env:BRIDGE_PASSWORD", port: ${bridge.port} }`,
      `destination: { kind: imap, host: 127.0.0.1, port: ${port}, security: none, user: ${user}, password: "env:DEST_PASSWORD" }`,
      `rules: ${rules}`
    ].join("\n")
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies) await proxy.stop()
    await this.bridge.stop()
    await this.dovecot.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const mailOf = async ({ certificate, host, password, port, user }: RehearsalBridge) => {
  const access = { host, port, security: "starttls", ca: certificate, user, password } as const
  return expectedMail(await dumpMailboxes(access, { without: "X-Pm-Gluon-Id" }))
}
