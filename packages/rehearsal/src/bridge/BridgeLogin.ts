import type { ProtonAccount } from "../ProtonAccount.ts"
import type { BridgeFaults } from "./BridgeFaults.ts"
import type { BridgeStats } from "./BridgeStats.ts"

/** What Bridge's `list` command calls the account. Only a connected one is known to the IMAP server. */
export type AccountState = "connected" | "signed-out" | "locked" | "bad-event"

export interface BridgeLoginOptions {
  readonly account: ProtonAccount
  readonly faults: BridgeFaults
  readonly stats: BridgeStats
  /** Milliseconds that every login hangs after three refusals; released versions of Bridge have none. */
  readonly jail: number
}

/** gluon tells failures apart in no way but this: every third in a row, over all sessions, sounds different. */
const failuresToJail = 3

/** Who may log in. One password per account, good for every enabled address. */
export class BridgeLogin {
  private readonly options: BridgeLoginOptions
  password: string
  state: AccountState = "connected"
  private failures = 0
  private jail: Promise<void> = Promise.resolve()

  constructor(options: BridgeLoginOptions, password: string) {
    this.options = options
    this.password = password
  }

  /** The address logged in as, in lower case, or what the server says instead. */
  async attempt(user: string, password: string): Promise<{ address: string } | { refusal: string }> {
    await this.jail
    const { faults, stats } = this.options
    const refused = faults.loginRefusals > 0
    if (refused) faults.loginRefusals -= 1
    const address = this.addressOf(user)
    if (!refused && address !== undefined && password === this.password) {
      this.failures = 0
      stats.logins += 1
      return { address }
    }
    stats.refusedLogins += 1
    this.failures += 1
    if (this.failures < failuresToJail) return { refusal: "no such user" }
    this.failures = 0
    const { jail } = this.options
    if (jail > 0) this.jail = new Promise((resolve) => setTimeout(resolve, jail).unref())
    return { refusal: "too many login attempts" }
  }

  /** Any enabled address in any case; no bare user name, no `+alias`. */
  private addressOf(user: string): string | undefined {
    if (this.state !== "connected") return undefined
    const wanted = user.toLowerCase()
    return this.options.account.addresses
      .map((address) => address.toLowerCase())
      .find((each) => each === wanted)
  }
}
