import { setTimeout as sleep } from "node:timers/promises"

import { tagOf } from "../imap/CommandLine.ts"
import type { LiteralAnnounced, LiteralVerdict } from "../imap/CommandReader.ts"
import type { ImapConnection } from "../imap/ImapConnection.ts"
import { ParseError } from "../imap/ParseError.ts"
import { LiteralMissing } from "../imap/Scanner.ts"
import { type BridgeCommand, parseBridgeCommand } from "./BridgeGrammar.ts"
import { greetingOf } from "./BridgeProfile.ts"
import type { BridgeServer } from "./BridgeServer.ts"
import type { BridgeTree } from "./BridgeTree.ts"
import type { BridgeView } from "./BridgeView.ts"
import { Refusal } from "./Refusal.ts"

/** gluon's `maxSessionError`: so many unreadable commands in a row close the connection. */
const maxErrors = 20

/** gluon drops the connection over literals of no octets, or of 30 MiB and more. */
const literalLimit = 30 * 1024 * 1024

const tlsRecord = 0x16

/** Runs one command and writes its answers, the tagged one included. Throws {@link Refusal} for NO and BAD. */
export type CommandHandler = (
  session: BridgeSession,
  tag: string,
  command: BridgeCommand
) => Promise<void> | void

/** One client of the rehearsal Bridge, from greeting to close. */
export class BridgeSession {
  readonly server: BridgeServer
  readonly connection: ImapConnection
  /** Counted since Bridge started. */
  readonly id: number
  /** The address logged in as. */
  address: string | undefined
  view: BridgeView | undefined
  private readonly handle: CommandHandler
  private errors = 0
  private startedAt = 0n

  constructor(server: BridgeServer, connection: ImapConnection, id: number, handle: CommandHandler) {
    this.server = server
    this.connection = connection
    this.id = id
    this.handle = handle
  }

  get tree(): BridgeTree {
    if (this.address === undefined) throw new Refusal("session is not authenticated")
    return this.server.treeOf(this.address)
  }

  get selected(): BridgeView {
    if (this.address === undefined) throw new Refusal("session is not authenticated")
    if (this.view === undefined) throw new Refusal("session is not selected")
    return this.view
  }

  /** A write is on record before it is allowed or refused. */
  record(command: string, mailbox: string): void {
    this.server.writes.push({ command, mailbox, session: this.id })
  }

  flush(permitExpunge: boolean): void {
    for (const response of this.view?.flush(permitExpunge) ?? []) this.connection.writeLine(response)
  }

  ok(tag: string, text: string): void {
    this.connection.writeLine(`${tag} OK ${text}`)
  }

  /** How FETCH, SEARCH, NOOP and their like end. */
  completed(tag: string, code?: string): void {
    const microseconds = (process.hrtime.bigint() - this.startedAt) / 1000n
    this.ok(tag, `${code === undefined ? "" : `${code} `}command completed in ${microseconds} microsec.`)
  }

  async serve(): Promise<void> {
    this.connection.writeLine(greetingOf(this.server.profile, this.id))
    while (!this.connection.closed) {
      if ((await this.connection.peek()) === tlsRecord) break
      const read = await this.connection.command({
        literal: this.judge,
        proceed: () => this.connection.writeLine("+ Ready"),
        maxLine: literalLimit
      })
      if (read._tag === "Gone" || read._tag === "TooLong") break
      if (!(await this.answer(read.octets))) break
    }
    this.connection.end()
  }

  /** Reads the command as far as the literal first: gluon answers BAD at once rather than ask for octets in vain. */
  private readonly judge = (announced: LiteralAnnounced): LiteralVerdict => {
    try {
      parseBridgeCommand(announced.octets, this.server.profile.authPlain)
      return "refuse"
    } catch (error) {
      if (!(error instanceof LiteralMissing)) return "refuse"
      return announced.size > 0 && announced.size < literalLimit ? "accept" : "drop"
    }
  }

  private async answer(octets: Buffer): Promise<boolean> {
    const { faults, stats } = this.server
    this.startedAt = process.hrtime.bigint()
    stats.commands += 1
    if (faults.commandsLeft !== undefined) {
      if (faults.commandsLeft === 0) {
        faults.commandsLeft = undefined
        this.connection.cut()
        return false
      }
      faults.commandsLeft -= 1
    }
    if (faults.delay > 0) await sleep(faults.delay, undefined, { ref: false })
    const parsed = this.parse(octets)
    if (parsed === undefined) return this.errors < maxErrors
    // A malformed answer to AUTHENTICATE is an unreadable command to gluon, so that it must not end the row.
    if (parsed.command._tag !== "Authenticate") this.errors = 0
    if (this.view !== undefined && !this.tree.all.includes(this.view.mailbox)) {
      this.connection.writeLine("* BYE IMAP session state is inconsistent, please re-login.")
      return false
    }
    return this.run(parsed.tag, parsed.command)
  }

  private parse(octets: Buffer): { tag: string; command: BridgeCommand } | undefined {
    try {
      return parseBridgeCommand(octets, this.server.profile.authPlain)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      this.bad(tagOf(octets), error)
      return undefined
    }
  }

  /** Counts towards the twenty that end the session. */
  bad(tag: string, error: ParseError): void {
    this.errors += 1
    this.connection.writeLine(
      `${tag === "" ? "*" : tag} BAD [Error offset=${error.offset}]: ${error.message}`
    )
  }

  private async run(tag: string, command: BridgeCommand): Promise<boolean> {
    try {
      await this.handle(this, tag, command)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const code = error.code === undefined ? "" : `[${error.code}] `
      this.connection.writeLine(`${tag} ${error.answer} ${code}${error.message}`)
    }
    return command._tag !== "Logout" && this.errors < maxErrors && !this.connection.closed
  }
}
