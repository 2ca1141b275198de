import { createHash, randomBytes } from "node:crypto"
import { type SecureContext, createSecureContext } from "node:tls"

import { type BridgeCertificate, fingerprintOf, makeCertificate } from "./bridge/BridgeCertificate.ts"
import { runCommand } from "./bridge/BridgeCommands.ts"
import { noFaults } from "./bridge/BridgeFaults.ts"
import { type AccountState, BridgeLogin } from "./bridge/BridgeLogin.ts"
import { type BridgeProfile, bridge321 } from "./bridge/BridgeProfile.ts"
import type { BridgeServer } from "./bridge/BridgeServer.ts"
import { BridgeSession } from "./bridge/BridgeSession.ts"
import { type BridgeStats, type BridgeWrite, noStats } from "./bridge/BridgeStats.ts"
import { BridgeTree } from "./bridge/BridgeTree.ts"
import { LiteralStore } from "./bridge/LiteralStore.ts"
import { seededNumbers } from "./bridge/Shuffle.ts"
import { type SyncPhase, SyncSimulator } from "./bridge/SyncSimulator.ts"
import { uidValidities } from "./bridge/UidValidity.ts"
import type { ImapConnection } from "./imap/ImapConnection.ts"
import { ImapListener } from "./imap/ImapListener.ts"
import type { ProtonAccount } from "./ProtonAccount.ts"

export type AddressMode = "combined" | "split"

export interface RehearsalBridgeOptions {
  /** 0, the default, is any free port. */
  readonly port?: number
  /** `starttls` unless said; `ssl` is TLS from the first octet. */
  readonly security?: "starttls" | "ssl"
  /** Which release to be: 3.21.1 unless said. */
  readonly profile?: BridgeProfile
  /** 22 characters of base64url; a random one unless said. */
  readonly password?: string
  /** A fresh one is made unless given, which takes some tenths of a second. */
  readonly certificate?: BridgeCertificate
  /** Decides the order of LIST and FETCH responses. */
  readonly seed?: number
  readonly state?: AccountState
  /**
   * `done`: everything is synced from the start. `nothing`: the sync begins before the first mailbox exists and moves on
   * with `advanceSync()`, or by itself every `syncEvery` milliseconds.
   */
  readonly sync?: "done" | "nothing"
  readonly syncEvery?: number
  /** The last batch of messages never comes. */
  readonly syncNeverFinishes?: boolean
  /** Stands for Bridge's configuration folder: `imap-sync/sync-<userId>` is written below it. */
  readonly configFolder?: string
  /**
   * `at once`: a change to the account shows at the next NOOP, LIST, STATUS, SELECT or EXAMINE. `on request`: only after
   * `pollEvents()`, as Bridge asks Proton but every 20 to 40 seconds.
   */
  readonly events?: "at once" | "on request"
  readonly addressMode?: AddressMode
  /** Messages for Recovered Messages: what a client appended and Proton refused. */
  readonly recovered?: ReadonlyArray<Uint8Array>
  /** Milliseconds logins hang after three refusals in a row; 0, as released, unless said. */
  readonly loginJail?: number
}

/** Proton Mail Bridge, to rehearse on: its IMAP server with its manners, serving an account that lies in memory. */
export class RehearsalBridge {
  /** Bridge binds to nothing else. */
  readonly host = "127.0.0.1"
  /** The primary address of the account. */
  readonly user: string
  /** What the sync file is named after. */
  readonly userId: string
  readonly stats: BridgeStats = noStats()
  /** Every command that would change the account, allowed or not. Empty means that nothing was written. */
  readonly writes: Array<BridgeWrite> = []
  private readonly options: RehearsalBridgeOptions
  private readonly account: ProtonAccount
  private readonly faults = noFaults()
  private readonly login: BridgeLogin
  private readonly literals = new LiteralStore()
  private readonly nextUidValidity = uidValidities(Date.now)
  private readonly random: () => number
  private readonly listener: ImapListener
  private readonly defects: Array<unknown> = []
  private keys: BridgeCertificate
  private context: SecureContext
  private trees = new Map<string | undefined, BridgeTree>()
  private simulator: SyncSimulator
  private ticking: NodeJS.Timeout | undefined
  private addressMode: AddressMode
  private sessions = 0
  private boundPort = 0

  private constructor(account: ProtonAccount, options: RehearsalBridgeOptions, keys: BridgeCertificate) {
    this.account = account
    this.options = options
    this.user = account.addresses[0] ?? ""
    this.userId = createHash("sha512").update(this.user).digest("base64url").padEnd(86, "A").concat("==")
    this.random = seededNumbers(options.seed ?? randomBytes(4).readUInt32BE())
    this.login = new BridgeLogin(
      { account, faults: this.faults, stats: this.stats, jail: options.loginJail ?? 0 },
      options.password ?? randomBytes(16).toString("base64url")
    )
    this.login.state = options.state ?? "connected"
    this.addressMode = options.addressMode ?? "combined"
    this.keys = keys
    this.context = contextOf(keys)
    this.simulator = this.beginSync()
    if (options.sync !== "nothing") this.simulator.finish()
    for (const octets of options.recovered ?? []) this.treeOf(this.user).recover(octets)
    this.listener = new ImapListener({
      host: this.host,
      ...(options.security === "ssl" ? { implicitTls: () => this.context } : {}),
      serve: (connection) => this.serve(connection)
    })
    if (options.syncEvery !== undefined) {
      this.ticking = setInterval(() => this.advanceSync(), options.syncEvery).unref()
    }
  }

  static async start(account: ProtonAccount, options: RehearsalBridgeOptions = {}): Promise<RehearsalBridge> {
    const bridge = new RehearsalBridge(account, options, options.certificate ?? (await makeCertificate()))
    bridge.boundPort = await bridge.listener.open(options.port ?? 0)
    return bridge
  }

  /** Closes the port and every session. Rejects with what a session died of, should one have. */
  async stop(): Promise<void> {
    clearInterval(this.ticking)
    this.listener.shut()
    this.listener.cutAll()
    if (this.defects.length > 0)
      throw new AggregateError(this.defects, "a session of the rehearsal Bridge broke")
  }

  get port(): number {
    return this.boundPort
  }

  get password(): string {
    return this.login.password
  }

  /** PEM, as `cert.pem` of Bridge's "Export TLS certificates". */
  get certificate(): string {
    return this.keys.certificate
  }

  /** SHA-256 in colon-separated upper-case hex. */
  get fingerprint(): string {
    return fingerprintOf(this.keys.certificate)
  }

  get syncPhase(): SyncPhase {
    return this.simulator.phase
  }

  /** Bridge notices that the internet is gone: nobody new gets in, whoever is in stays. */
  goOffline(): void {
    this.listener.shut()
  }

  async goOnline(): Promise<void> {
    if (!this.listener.listening) await this.listener.open(this.boundPort)
  }

  /** Every session is closed without BYE. */
  cutSessions(): void {
    this.listener.cutAll()
  }

  /** The user signs out of the account: sessions are closed, logins refused, the local database stays. */
  signOut(): void {
    this.leave("signed-out")
  }

  signIn(): void {
    this.login.state = "connected"
  }

  /** The account is in the vault but was not loaded. */
  lock(): void {
    this.leave("locked")
  }

  /** Bridge met an event it cannot apply and parks the account, until `resync()` or `signOut()`. */
  badEvent(): void {
    this.leave("bad-event")
  }

  /** A new database: other UIDVALIDITYs, UIDs and Gluon ids. Sessions are closed. What `repair` does, at once. */
  resync(): void {
    this.cutSessions()
    this.simulator = this.beginSync()
    this.simulator.finish()
    this.login.state = "connected"
  }

  /** Split mode gives each address a tree of its own. Sessions are closed and everything is synced anew. */
  setAddressMode(mode: AddressMode): void {
    this.addressMode = mode
    this.resync()
  }

  /** The user changes the port; sessions live on. Answers the new one. */
  async movePort(port = 0): Promise<number> {
    this.listener.shut()
    this.boundPort = await this.listener.open(port)
    return this.boundPort
  }

  /** The store file of a message is gone and Proton does not give it either: fetching its literal fails. */
  failFetchOf(internalId: string, times = Infinity): void {
    this.faults.fetchFailures.set(internalId, times)
  }

  failNextLogins(count = 1): void {
    this.faults.loginRefusals = count
  }

  /** Each command waits so many milliseconds. */
  slow(milliseconds: number): void {
    this.faults.delay = milliseconds
  }

  /** "Show All Mail" is switched off: LIST leaves it out, EXAMINE still opens it. */
  hideAllMail(hidden = true): void {
    this.faults.allMailHidden = hidden
  }

  /** A mailbox shows nothing although its messages are in All Mail. The name as LIST has it, unescaped from the wire. */
  emptyMailbox(name: string, empty = true): void {
    for (const tree of this.trees.values()) {
      const mailbox = tree.find(name)
      if (mailbox === undefined) continue
      mailbox.blind = empty
      mailbox.touch()
    }
  }

  /** So many commands are still answered, counted over all sessions; whoever sends the next is cut. */
  cutAfterCommands(count: number): void {
    this.faults.commandsLeft = count
  }

  /** The connection ends in the middle of the message. */
  cutMidLiteral(internalId: string, times = 1): void {
    this.faults.literalCuts.set(internalId, times)
  }

  /** The process ends and starts again: sessions are gone and counted anew, the database is as it was. */
  async restart(): Promise<void> {
    this.listener.shut()
    this.listener.cutAll()
    this.sessions = 0
    await this.listener.open(this.boundPort)
  }

  /** The vault was made anew, and a certificate with it. Open sessions keep theirs. */
  async newCertificate(): Promise<void> {
    this.keys = await makeCertificate()
    this.context = contextOf(this.keys)
  }

  /** The vault was made anew, and a password with it. */
  newPassword(): void {
    this.login.password = randomBytes(16).toString("base64url")
  }

  /** One step of the first sync: the mailboxes, then 64 messages at a time, newest first. */
  advanceSync(): SyncPhase {
    return this.simulator.advance()
  }

  /** Bridge asks Proton what has changed, which it does by itself unless `events` is `on request`. */
  pollEvents(): void {
    if (this.simulator.phase !== "done") return
    for (const tree of this.trees.values()) tree.applyEvents()
  }

  private leave(state: AccountState): void {
    this.login.state = state
    this.cutSessions()
  }

  private beginSync(): SyncSimulator {
    const tree = (address: string | undefined): BridgeTree =>
      new BridgeTree({ account: this.account, address, nextUidValidity: this.nextUidValidity, now: Date.now })
    const addresses = this.addressMode === "split" ? this.account.addresses : [undefined]
    this.trees = new Map(addresses.map((address) => [address?.toLowerCase(), tree(address)]))
    this.literals.clear()
    return new SyncSimulator({
      userId: this.userId,
      trees: [...this.trees.values()],
      neverFinishes: this.options.syncNeverFinishes ?? false,
      configFolder: this.options.configFolder
    })
  }

  private treeOf(address: string): BridgeTree {
    const tree = this.trees.get(address.toLowerCase()) ?? this.trees.get(undefined)
    if (tree === undefined) throw new Error("no tree for that address")
    return tree
  }

  private serve(connection: ImapConnection): void {
    this.sessions += 1
    this.stats.openSessions += 1
    connection.onClose(() => {
      this.stats.openSessions -= 1
    })
    const session = new BridgeSession(this.server(), connection, this.sessions, runCommand)
    session.serve().catch((defect: unknown) => {
      this.defects.push(defect)
      connection.cut()
    })
  }

  private server(): BridgeServer {
    return {
      account: this.account,
      profile: this.options.profile ?? bridge321,
      login: this.login,
      faults: this.faults,
      stats: this.stats,
      writes: this.writes,
      literals: this.literals,
      random: this.random,
      secureContext: () => this.context,
      treeOf: (address) => this.treeOf(address),
      poll: () => {
        if (this.options.events !== "on request") this.pollEvents()
      },
      applyEvents: () => this.pollEvents(),
      crash: () => {
        this.listener.shut()
        this.listener.cutAll()
      }
    }
  }
}

/** Bridge sets TLS 1.2 as the least it speaks. */
const contextOf = ({ certificate, key }: BridgeCertificate): SecureContext =>
  createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" })
