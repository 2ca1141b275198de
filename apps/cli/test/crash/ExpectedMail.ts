import type { DumpedMessage, MailboxDump } from "@mailferry/testkit/MailboxDump.ts"

/** One message in one mailbox, as text: what must be at the destination, and what is. */
export type MailLine = string

/** Bridge's names of the mailboxes that a Dovecot with special-use mailboxes has under names of its own. */
const ownNames: Readonly<Record<string, string>> = { Spam: "Junk" }

/** Views: what stands there stands elsewhere too, or is the orphans' concern. */
const views = new Set(["Starred", "All Mail"])

/** `Folders/a\/b/c` as levels. */
const levelsOf = (name: string): Array<string> =>
  name.split(/(?<!\\)\//u).map((level) => level.replaceAll("\\/", "/"))

/** The mailbox at a Dovecot whose delimiter is `/`, by the rules of the README and not by mailferry's code. */
const destinationOf = (name: string): string => {
  const [first = "", ...rest] = levelsOf(name)
  const levels = first === "Folders" ? rest : [ownNames[first] ?? first, ...rest]
  return levels.map((level) => level.replaceAll("/", "_")).join("/")
}

const flagsOf = (flags: ReadonlyArray<string>): string => {
  const kept = new Set(flags.filter((flag) => flag !== "Forwarded"))
  if (flags.includes("Forwarded")) kept.add("$Forwarded")
  return [...kept].toSorted().join(" ")
}

const lineOf = (mailbox: string, message: DumpedMessage): MailLine =>
  [
    mailbox,
    message.xPmInternalId,
    message.sha256,
    message.size,
    message.internalDate,
    flagsOf(message.flags)
  ].join(" | ")

/** What a complete migration of this Bridge puts into an empty Dovecot. */
export const expectedMail = (bridge: MailboxDump): ReadonlyArray<MailLine> => {
  const lines: Array<MailLine> = []
  const elsewhere = new Set<string | undefined>()
  for (const [name, messages] of bridge) {
    if (views.has(name)) continue
    for (const message of messages) {
      elsewhere.add(message.xPmInternalId)
      lines.push(lineOf(destinationOf(name), message))
    }
  }
  for (const message of bridge.get("All Mail") ?? []) {
    if (!elsewhere.has(message.xPmInternalId)) lines.push(lineOf("All Mail only", message))
  }
  return lines.toSorted()
}

/** What is there. */
export const actualMail = (destination: MailboxDump): ReadonlyArray<MailLine> =>
  [...destination].flatMap(([name, messages]) => messages.map((message) => lineOf(name, message))).toSorted()

export interface Comparison {
  readonly expected: number
  readonly lost: ReadonlyArray<MailLine>
  /** More copies than the plan has, or copies that differ in anything. */
  readonly surplus: ReadonlyArray<MailLine>
}

/** The two as multisets. */
export const compareMail = (
  expected: ReadonlyArray<MailLine>,
  actual: ReadonlyArray<MailLine>
): Comparison => {
  const left = new Map<MailLine, number>()
  for (const line of expected) left.set(line, (left.get(line) ?? 0) + 1)
  const surplus: Array<MailLine> = []
  for (const line of actual) {
    const count = left.get(line) ?? 0
    if (count === 0) surplus.push(line)
    else left.set(line, count - 1)
  }
  const lost = [...left].flatMap(([line, count]) => Array.from({ length: count }, () => line))
  return { expected: expected.length, lost, surplus }
}
