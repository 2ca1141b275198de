import { setTimeout as sleep } from "node:timers/promises"

import type { LoggedRequest } from "../http/LoggedRequest.ts"
import type { SpillDirectory } from "../http/Octets.ts"
import type { RequestHook } from "../http/RequestHook.ts"
import type { AccessTokens } from "./AccessTokens.ts"
import type { GmailAccount } from "./GmailAccount.ts"
import type { GmailFaults } from "./GmailFaults.ts"
import type { GmailStats } from "./GmailStats.ts"
import type { IntakeRules } from "./MessageIntake.ts"
import type { QuotaMinute } from "./QuotaMinute.ts"
import type { AccountLanguage } from "./ReservedLabelNames.ts"
import type { ResumableSessions } from "./ResumableSessions.ts"
import type { UserHold } from "./UserHold.ts"

/** Someone with a Google account. */
export interface GmailUser {
  readonly account: GmailAccount
  readonly quota: QuotaMinute
  readonly hold: UserHold
  /** False for an account of a domain that has no Gmail. */
  readonly mailService: boolean
  inFlight: number
}

/** All of a server that its requests share. */
export interface GmailWorld {
  readonly users: ReadonlyMap<string, GmailUser>
  readonly tokens: AccessTokens
  readonly projectQuota: QuotaMinute
  /** The number of the project the client belongs to. */
  readonly project: string
  readonly sessions: ResumableSessions
  readonly spill: SpillDirectory
  readonly faults: GmailFaults
  readonly rules: IntakeRules
  readonly stats: GmailStats
  readonly requests: Array<LoggedRequest>
  /** Milliseconds a call takes, half of them before it is carried out. */
  readonly latency: number
  readonly concurrentPerUser: number
  /** Milliseconds until the search knows a message. */
  readonly indexDelay: number
  /** Whether `raw` gives a message back as it came, or with what Gmail may do to it. */
  readonly byteExactRaw: boolean
  /** The interface language of every account. */
  readonly language: AccountLanguage
  /** `http://127.0.0.1:PORT`. */
  url: string
  hook: RequestHook | undefined
}

export const halfLatency = async ({ latency }: GmailWorld): Promise<void> => {
  if (latency > 0) await sleep(latency / 2)
}
