import * as fs from "node:fs"
import * as path from "node:path"

import type { ProtonMessage } from "../ProtonAccount.ts"
import type { BridgeTree } from "./BridgeTree.ts"

/** Bridge applies a first sync in batches of at most this many messages (proton-bridge `syncservice`). */
const batchSize = 64

/** `labels`: no mailbox yet. `messages`: all mailboxes, growing. */
export type SyncPhase = "labels" | "messages" | "done"

export interface SyncSimulatorOptions {
  readonly userId: string
  readonly trees: ReadonlyArray<BridgeTree>
  /** The last batch never comes. */
  readonly neverFinishes: boolean
  /** Bridge's configuration folder, where `imap-sync/sync-<userId>` is kept; nothing is written without one. */
  readonly configFolder: string | undefined
}

/** A first sync, moved on step by step. */
export class SyncSimulator {
  private readonly options: SyncSimulatorOptions
  private readonly queue: ReadonlyArray<{ readonly tree: BridgeTree; readonly message: ProtonMessage }>
  private synced = 0
  phase: SyncPhase = "labels"

  constructor(options: SyncSimulatorOptions) {
    this.options = options
    this.queue = options.trees
      .flatMap((tree) => tree.messages().map((message) => ({ tree, message })))
      .toSorted((a, b) => b.message.time - a.message.time)
    this.record()
  }

  /** One step: the mailboxes, then a batch of messages at a time, newest first. Nothing happens once it is done. */
  advance(): SyncPhase {
    if (this.phase === "labels") {
      for (const tree of this.options.trees) tree.applyLabels()
      this.phase = this.queue.length === 0 && !this.options.neverFinishes ? "done" : "messages"
    } else if (this.phase === "messages") this.applyBatch()
    this.record()
    return this.phase
  }

  finish(): void {
    while (this.phase !== "done") {
      const before = this.synced
      const phase = this.phase
      this.advance()
      if (phase === "messages" && this.synced === before) return
    }
  }

  private applyBatch(): void {
    const end = Math.min(this.synced + batchSize, this.queue.length)
    if (this.options.neverFinishes && end === this.queue.length) return
    for (const { tree, message } of this.queue.slice(this.synced, end)) tree.insert(message)
    this.synced = end
    if (end === this.queue.length) this.phase = "done"
  }

  /** The file Bridge keeps its place in (proton-bridge `imapservice/sync_state_provider.go`): JSON in JSON. */
  private record(): void {
    const { configFolder, trees, userId } = this.options
    if (configFolder === undefined) return
    const failed = trees.flatMap((tree) => tree.failed)
    const status = {
      HasLabels: this.phase !== "labels",
      HasMessages: this.phase === "done",
      HasMessageCount: this.phase !== "labels",
      FailedMessages: Object.fromEntries(failed.map((id) => [id, {}])),
      LastSyncedMessageID: this.queue[this.synced - 1]?.message.id ?? "",
      NumSyncedMessages: this.synced,
      TotalMessageCount: this.phase === "labels" ? 0 : this.queue.length
    }
    const folder = path.join(configFolder, "imap-sync")
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(
      path.join(folder, `sync-${userId}`),
      JSON.stringify({ Version: 1, Data: JSON.stringify({ Status: status }) })
    )
  }
}
