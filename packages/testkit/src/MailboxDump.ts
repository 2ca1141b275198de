import { createHash } from "node:crypto"

import { headerField } from "./internal/headerField.ts"
import { decodeModifiedUtf7 } from "./internal/mutf7.ts"
import { type ImapAccess, type ImapLine, PlainImap, quoted } from "./internal/PlainImap.ts"

export type { ImapAccess } from "./internal/PlainImap.ts"

export interface DumpedMessage {
  readonly uid: number
  /** System flags and keywords, sorted, without `\Recent`, which a server sets by itself. */
  readonly flags: ReadonlyArray<string>
  /** ISO 8601 in UTC: `2019-03-31T01:30:00.000Z`. */
  readonly internalDate: string
  /** SHA-256 of BODY.PEEK[], in hex. */
  readonly sha256: string
  /** Octets of BODY.PEEK[]. */
  readonly size: number
  readonly xPmInternalId: string | undefined
  readonly messageId: string | undefined
}

/** What an account holds: mailbox name as a person reads it, `/` between levels, to its messages by UID. */
export type MailboxDump = ReadonlyMap<string, ReadonlyArray<DumpedMessage>>

const attribute = (text: string, pattern: RegExp): string => {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`no ${pattern.source} in: ${text}`)
  return found
}

/** A server may send a short body as a quoted string, and an empty one as NIL, instead of a literal. */
const shortBody = (text: string): string =>
  (/BODY\[\] "((?:[^"\\]|\\.)*)"/u.exec(text)?.[1] ?? "").replaceAll(/\\(.)/gu, "$1")

/** The octets without one header line, as a copy that leaves the line out has them. */
const without = (octets: Buffer, header: string): Buffer => {
  const text = octets.toString("latin1")
  const end = text.indexOf("\r\n\r\n")
  const block = end === -1 ? text : text.slice(0, end + 2)
  const line = new RegExp(`^${header}:.*\\r\\n(?:[ \\t].*\\r\\n)*`, "imu")
  return Buffer.from(block.replace(line, "") + text.slice(block.length), "latin1")
}

const messageOf = ({ text, literals }: ImapLine, dropped: string | undefined): DumpedMessage => {
  const stored = literals[0] ?? Buffer.from(shortBody(text), "latin1")
  const octets = dropped === undefined ? stored : without(stored, dropped)
  const date = attribute(text, /INTERNALDATE "([^"]+)"/u)
  return {
    uid: Number(attribute(text, /UID (\d+)/u)),
    flags: attribute(text, /FLAGS \(([^)]*)\)/u)
      .split(" ")
      .filter((flag) => flag !== "" && flag.toLowerCase() !== "\\recent")
      .toSorted(),
    internalDate: new Date(date.trim().replace("-", " ").replace("-", " ")).toISOString(),
    sha256: createHash("sha256").update(octets).digest("hex"),
    size: octets.length,
    xPmInternalId: headerField(octets, "X-Pm-Internal-Id"),
    messageId: headerField(octets, "Message-ID")
  }
}

const wireNameOf = ({ text, literals }: ImapLine): { name: string; delimiter: string } | undefined => {
  const row = /^\* LIST \(([^)]*)\) ("(?:[^"\\]|\\.)"|NIL) (.+)$/u.exec(text)
  if (row === null || /\\(?:Noselect|NonExistent)/iu.test(row[1] ?? "")) return undefined
  const last = row[3] ?? ""
  const plain = last.startsWith('"') ? last.slice(1, -1).replaceAll(/\\(.)/gu, "$1") : last
  const name = literals[0]?.toString("latin1") ?? plain
  return { name, delimiter: row[2] === "NIL" ? "" : (row[2] ?? "").slice(1, -1).replaceAll(/\\(.)/gu, "$1") }
}

export interface DumpOptions {
  /** A header line to leave out before size and hash are taken: `X-Pm-Gluon-Id`. */
  readonly without?: string
}

/** Reads every selectable mailbox of an account: EXAMINE and BODY.PEEK only, so nothing changes by looking. */
export const dumpMailboxes = async (access: ImapAccess, options: DumpOptions = {}): Promise<MailboxDump> => {
  const client = await PlainImap.open(access)
  const listed: Array<{ name: string; delimiter: string }> = []
  await client.command('LIST "" "*"', (line) => {
    const mailbox = wireNameOf(line)
    if (mailbox !== undefined) listed.push(mailbox)
  })
  const dump = new Map<string, ReadonlyArray<DumpedMessage>>()
  for (const { name, delimiter } of listed) {
    const messages = new Map<number, DumpedMessage>()
    await client.command(`EXAMINE ${quoted(name)}`)
    await client.command("UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])", (line) => {
      if (!/^\* \d+ FETCH /u.test(line.text) || !line.text.includes("BODY[]")) return
      const message = messageOf(line, options.without)
      messages.set(message.uid, message)
    })
    const shown = decodeModifiedUtf7(name)
    dump.set(
      delimiter === "" ? shown : shown.replaceAll(delimiter, "/"),
      [...messages.values()].toSorted((a, b) => a.uid - b.uid)
    )
  }
  await client.close()
  return dump
}
