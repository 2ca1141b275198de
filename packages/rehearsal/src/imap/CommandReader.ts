import type { SocketReader } from "./SocketReader.ts"

/** A literal a client announced at the end of a line (RFC 3501, section 4.3; RFC 7888 for `{n+}`). */
export interface LiteralAnnounced {
  /** The command up to and including the announcing line. */
  readonly octets: Buffer
  readonly size: number
  /** `{n}`, where the client waits for `+`; false for `{n+}`, where the octets are already under way. */
  readonly synchronising: boolean
}

/**
 * What the server makes of an announced literal.
 * - `accept`: read it; a synchronising one is asked for first.
 * - `refuse`: end the command here. What follows is read as the next command, as a careless server does.
 * - `swallow`: end the command here and throw the octets of a non-synchronising literal away.
 * - `drop`: close the connection without a word.
 */
export type LiteralVerdict = "accept" | "refuse" | "swallow" | "drop"

export interface CommandPolicy {
  readonly literal: (announced: LiteralAnnounced) => LiteralVerdict
  /** Sends the continuation request a synchronising literal waits for. */
  readonly proceed: () => void
  /** A line longer than this ends the session. RFC 2683, section 3.2.1.5 asks servers for at least 8000 octets. */
  readonly maxLine: number
}

export type CommandRead =
  | { readonly _tag: "Command"; readonly octets: Buffer }
  | { readonly _tag: "Refused"; readonly octets: Buffer; readonly announced: LiteralAnnounced }
  | { readonly _tag: "TooLong"; readonly octets: Buffer }
  | { readonly _tag: "Gone" }

const announcement = /\{(\d{1,15})(\+?)\}\r?\n$/u

/** The longest announcement, `{` and 15 digits and `+}` CRLF, fits. */
const tail = 24

/** Reads one command, with all literals in place: the grammar sees `{3}` CRLF and the three octets, as they were sent. */
export const readCommand = async (reader: SocketReader, policy: CommandPolicy): Promise<CommandRead> => {
  const parts: Array<Buffer> = []
  for (;;) {
    const line = await reader.line(policy.maxLine)
    if (line === undefined) return { _tag: "Gone" }
    parts.push(line)
    if (line.at(-1) !== 0x0a || line.length > policy.maxLine)
      return { _tag: "TooLong", octets: Buffer.concat(parts) }
    const match = announcement.exec(line.toString("latin1", Math.max(0, line.length - tail)))
    if (match === null) return { _tag: "Command", octets: parts.length === 1 ? line : Buffer.concat(parts) }
    const announced = { octets: Buffer.concat(parts), size: Number(match[1]), synchronising: match[2] === "" }
    const verdict = policy.literal(announced)
    if (verdict === "drop") return { _tag: "Gone" }
    if (verdict !== "accept") {
      if (verdict === "swallow" && !announced.synchronising) await swallow(reader, announced.size)
      return { _tag: "Refused", octets: announced.octets, announced }
    }
    if (announced.synchronising) policy.proceed()
    const literal = await reader.octets(announced.size)
    if (literal === undefined) return { _tag: "Gone" }
    parts.push(literal)
  }
}

const swallow = async (reader: SocketReader, size: number): Promise<void> => {
  for (let left = size; left > 0;) {
    const part = await reader.octets(Math.min(left, 64 * 1024))
    if (part === undefined) return
    left -= part.length
  }
}
