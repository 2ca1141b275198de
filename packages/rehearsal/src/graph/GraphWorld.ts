import { setTimeout as sleep } from "node:timers/promises"

import type { LoggedRequest } from "../http/LoggedRequest.ts"
import type { ListenerStats } from "../http/LoopbackListener.ts"
import type { SpillDirectory } from "../http/Octets.ts"
import type { RequestHook } from "../http/RequestHook.ts"
import type { GraphFaults } from "./GraphFaults.ts"
import type { IntakeRules } from "./MessageIntake.ts"
import type { Person } from "./Person.ts"
import type { GraphTokens } from "./signin/GraphTokens.ts"
import type { UploadSessions } from "./UploadSessions.ts"

export interface GraphStats extends ListenerStats {
  /** Calls to mailboxes, those in batches one by one. */
  calls: number
  /** Calls answered with 429. */
  throttled: number
  /** Calls that came before the time was over that a `Retry-After` had said. */
  heedless: number
  /** Most calls to one mailbox at once that were let in. */
  peakPerMailbox: number
  /** Bytes of the bodies of POST, PATCH and PUT that were let in: what the byte budget counts. */
  incomingBytes: number
  /** Messages created, drafts too. */
  stored: number
  /** Attachments added by calls of their own. */
  attached: number
}

export interface ServerRules extends IntakeRules {
  /** Outlook.com: nobody's administrator, no application permissions. */
  readonly personal: boolean
  /** Bytes of a message with all its attachments. */
  readonly messageSizeLimit: number
  readonly folderItemLimit: number
  readonly concurrentPerMailbox: number
  /** MIME is taken at mailFolders/{id}/messages too. */
  readonly mimeIntoFolder: boolean
  /** MIME of more bytes is answered 200 and not stored, where that is switched on. */
  readonly mimeVanishesAbove: number
  /** Mailboxes that application permissions are good for; all where it is undefined. */
  readonly appOnlyMailboxes: ReadonlySet<string> | undefined
}

/** All of a server that its requests share. */
export interface GraphWorld {
  readonly people: ReadonlyMap<string, Person>
  readonly tokens: GraphTokens
  readonly spill: SpillDirectory
  readonly sessions: UploadSessions
  readonly faults: GraphFaults
  readonly rules: ServerRules
  readonly stats: GraphStats
  readonly requests: Array<LoggedRequest>
  /** Milliseconds a call takes, half of them before it is carried out. */
  readonly latency: number
  /** How many times faster than the clock limits forget. */
  readonly clockScale: number
  /** `http://127.0.0.1:PORT`. */
  url: string
  hook: RequestHook | undefined
}

export const halfLatency = async ({ latency }: GraphWorld): Promise<void> => {
  if (latency > 0) await sleep(latency / 2)
}
