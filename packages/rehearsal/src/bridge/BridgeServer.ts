import type { SecureContext } from "node:tls"

import type { ProtonAccount } from "../ProtonAccount.ts"
import type { BridgeFaults } from "./BridgeFaults.ts"
import type { BridgeLogin } from "./BridgeLogin.ts"
import type { BridgeProfile } from "./BridgeProfile.ts"
import type { BridgeStats, BridgeWrite } from "./BridgeStats.ts"
import type { BridgeTree } from "./BridgeTree.ts"
import type { LiteralStore } from "./LiteralStore.ts"

/** What the sessions of one Bridge share. */
export interface BridgeServer {
  readonly account: ProtonAccount
  readonly profile: BridgeProfile
  readonly login: BridgeLogin
  readonly faults: BridgeFaults
  readonly stats: BridgeStats
  readonly writes: Array<BridgeWrite>
  readonly literals: LiteralStore
  /** The same numbers for the same seed. */
  readonly random: () => number
  readonly secureContext: () => SecureContext
  /** The tree an address opens: one for all in combined mode. */
  readonly treeOf: (address: string) => BridgeTree
  /** Brings the trees up to the account, unless events are held back or the sync is still running. */
  readonly poll: () => void
  /** Brings them up whatever was asked: a write through Bridge is known to it at once. */
  readonly applyEvents: () => void
  readonly crash: () => void
}
