import { setTimeout as sleep } from "node:timers/promises"

import { parseCommandLine, tagOf } from "../imap/CommandLine.ts"
import type { LiteralAnnounced, LiteralVerdict } from "../imap/CommandReader.ts"
import { ParseError } from "../imap/ParseError.ts"
import { type Answer, answerLine, bad, type Outcome, readAnswer } from "./Answer.ts"
import { judgeAppend } from "./commands/AppendCommand.ts"
import { commandTable } from "./CommandTable.ts"
import type { ServerSession } from "./ServerSession.ts"
import { offers } from "./ServerState.ts"

/** Dovecot's `imap_max_line_length`. */
const maxLine = 65_536
/** No literal outside APPEND is this long in honest use. */
const maxArgument = 1024 * 1024
/** What one process can be asked to hold of one literal, whatever the APPEND limit. */
const maxHeld = 256 * 1024 * 1024

/** The name of a command in upper case, with UID before it where it is one of those. */
const verbOf = (octets: Buffer): string =>
  (/^[^ ]+ ((?:uid )?[a-z]+)/iu.exec(octets.toString("latin1", 0, 100))?.[1] ?? "?").toUpperCase()

/** Takes a session from greeting to goodbye. Commands are carried out one after the other, as they come. */
export class SessionLoop {
  private readonly session: ServerSession
  private refusal: Answer | undefined
  private cutsAtNextOctet = false

  constructor(session: ServerSession) {
    this.session = session
  }

  async serve(): Promise<void> {
    const { session } = this
    const { profile, stats } = session.state
    stats.connections += 1
    const told =
      profile.codes === "all" && profile.capabilities === undefined
        ? `[CAPABILITY ${session.capabilities}] `
        : ""
    session.tell(`OK ${told}${profile.greeting}`)
    while (!session.ended && !session.connection.closed) await this.next()
  }

  private async next(): Promise<void> {
    const { session } = this
    const { longestCommand } = session.state.profile
    this.refusal = undefined
    const read = await session.connection.command({
      literal: (announced) => this.judge(announced),
      proceed: () => session.connection.writeLine("+ OK"),
      maxLine: longestCommand ?? maxLine
    })
    switch (read._tag) {
      case "Command":
        await this.obey(read.octets)
        return
      case "Refused":
        this.note(read.octets)
        this.finish(tagOf(read.octets), this.refusal ?? bad("Literal refused"))
        return
      case "TooLong":
        if (longestCommand !== undefined) this.finish(tagOf(read.octets), bad("Command Error. 10"))
        session.bye("Too long a command line")
        return
      default:
        if (this.cutsAtNextOctet) await session.connection.peek()
        session.cut()
    }
  }

  private note(octets: Buffer): string {
    const { stats, commands } = this.session.state
    const verb = verbOf(octets)
    stats.commands += 1
    commands.push(verb)
    return verb
  }

  private async obey(octets: Buffer): Promise<void> {
    const { faults } = this.session.state
    const verb = this.note(octets)
    if (faults.delay > 0) await sleep(faults.delay)
    const outcome = this.throttled(verb) ?? (await this.run(octets))
    if (outcome === "cut") this.session.cut()
    else if (outcome !== "answered") this.finish(tagOf(octets), outcome)
  }

  /** What a busy server answers instead. */
  private throttled(verb: string): Answer | undefined {
    const { session } = this
    const throttled = session.state.faults.throttled(verb)
    if (throttled === undefined) return undefined
    session.closing ||= throttled.closes
    return readAnswer(throttled.response)
  }

  private async run(octets: Buffer): Promise<Outcome> {
    try {
      return await this.carryOut(octets)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return bad(`Error in IMAP command: ${error.message} (octet ${error.offset})`)
    }
  }

  private async carryOut(octets: Buffer): Promise<Outcome> {
    const { session } = this
    const line = parseCommandLine(octets)
    const command = Object.hasOwn(commandTable, line.name) ? commandTable[line.name] : undefined
    if (
      command === undefined ||
      (command.extension !== undefined && !offers(session.state, command.extension))
    )
      return bad("Unknown command")
    if (session.authenticated && !session.connected && command.needs !== "any")
      return bad("User is authenticated but not connected.")
    if (command.needs === "selected") {
      const { selected } = session
      if (selected === undefined) return bad("No mailbox selected")
      const outcome = await command.run(session, line, selected)
      if (outcome !== "cut") session.report(command.renumbers)
      return outcome
    }
    if (command.needs === "login" && session.authenticated) return bad("Already logged in")
    if (command.needs === "authenticated" && !session.authenticated) return bad("Please log in first")
    const outcome = await command.run(session, line)
    if (outcome !== "cut") session.report(true)
    return outcome
  }

  private finish(tag: string, answer: Answer): void {
    const { session } = this
    const { profile } = session.state
    if (session.ended) return
    // Without a readable tag the answer cannot be tagged (RFC 9051, section 7.1.3).
    session.connection.writeLine(`${tag === "" ? "*" : tag} ${answerLine(answer, profile)}`)
    if (answer.status !== "OK") session.errors += 1
    if (session.closing) session.end()
    // Exchange's words.
    else if (session.errors >= (profile.errorsAtMost ?? Infinity)) session.bye("Connection closed. 14")
  }

  /** What becomes of a literal, decided on what stands before it. */
  private judge(announced: LiteralAnnounced): LiteralVerdict {
    const { session } = this
    const { size, synchronising } = announced
    if (!synchronising && !this.takesUnasked(size)) {
      this.refusal = bad("Unexpected non-synchronising literal")
      // RFC 7888, section 5: with LITERAL- a longer one is a client's error, and the connection may be closed.
      session.closing = offers(session.state, "LITERAL-")
      return "refuse"
    }
    const verb = verbOf(announced.octets)
    if (verb !== "APPEND" || !session.authenticated) return size > maxArgument ? "drop" : "accept"
    if (session.state.faults.cutMidLiteral.fires()) {
      if (synchronising) session.connection.writeLine("+ OK")
      this.cutsAtNextOctet = true
      return "drop"
    }
    return size > maxHeld ? "drop" : this.judgeMessage(announced, verb)
  }

  /** A message that is not wanted is refused before it is sent, where the client asks; otherwise after it came. */
  private judgeMessage(announced: LiteralAnnounced, verb: string): LiteralVerdict {
    const { profile } = this.session.state
    try {
      const refused = judgeAppend(this.session, announced)
      if (!announced.synchronising) return "accept"
      this.refusal = this.throttled(verb) ?? refused
      return this.refusal === undefined ? "accept" : "refuse"
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      this.refusal = bad(`Error in IMAP command APPEND: ${error.message}`)
      return announced.synchronising || profile.runsRefusedLiterals ? "refuse" : "accept"
    }
  }

  private takesUnasked(size: number): boolean {
    const { state } = this.session
    return offers(state, "LITERAL+") || (offers(state, "LITERAL-") && size <= 4096)
  }
}
