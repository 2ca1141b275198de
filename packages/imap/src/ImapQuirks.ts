import type { RefusedName } from "@mailferry/core/Capabilities.ts"

/** What tells one server from another. */
export interface ServerFacts {
  readonly greeting: string
  /** The server's answer to ID (RFC 2971), keys in lower case. */
  readonly id: Readonly<Record<string, unknown>>
  readonly capabilities: ReadonlySet<string>
}

export interface Quirks {
  readonly server: string
  readonly is: (facts: ServerFacts) => boolean
  readonly refused: ReadonlyArray<RefusedName>
  /** Longest level in UTF-8 octets. */
  readonly maxLevelOctets: number
  /** False where messages are rebuilt from a store of properties. */
  readonly keepsOctets: boolean
}

const named =
  (pattern: RegExp) =>
  ({ greeting, id }: ServerFacts) =>
    [greeting, id["name"], id["vendor"]].some((text) => typeof text === "string" && pattern.test(text))

/** imapflow sends such a name unquoted, and servers answer BAD; see `MailboxWire`. */
const backslashFirst: RefusedName = { pattern: /^\\/u, why: "a name cannot begin with a backslash" }

/**
 * File systems hold 255 octets of a level, in modified UTF-7, which makes up to a third more of what UTF-8 has
 * (Cyrillic, Greek). A name that is too long all the same is refused by CREATE.
 */
const onDisk = 180

/** Servers whose rules are known, the telling ones first. What none of them matches is taken for a modest server. */
const servers: ReadonlyArray<Quirks> = [
  {
    server: "Gmail",
    is: ({ capabilities }) => capabilities.has("X-GM-EXT-1"),
    refused: [
      backslashFirst,
      { pattern: /^\[(gmail|google ?mail|imap)\]$/iu, why: "Gmail reserves this name" },
      { pattern: /^\s|\s$/u, why: "Gmail takes no blank at the ends of a name" }
    ],
    // Gmail's label names, with their parents, hold 225 characters.
    maxLevelOctets: 225,
    keepsOctets: true
  },
  {
    server: "Exchange",
    is: named(/Microsoft Exchange|Exchange Server|Office ?365/iu),
    refused: [backslashFirst, { pattern: /^\s|\s$/u, why: "Exchange takes no blank at the ends of a name" }],
    // PidTagDisplayName of a mailbox holds 255 characters.
    maxLevelOctets: 250,
    keepsOctets: false
  },
  {
    server: "Cyrus",
    is: named(/\bCyrus\b/iu),
    // GOODCHARS in Cyrus' mboxname.c: these are the printable characters it does not list, and `^`, which stands for a dot.
    refused: [backslashFirst, { pattern: /[!"%/;<>\\^`{|}]/u, why: "Cyrus does not take this character" }],
    maxLevelOctets: onDisk,
    keepsOctets: true
  },
  {
    server: "Dovecot",
    is: named(/\bDovecot\b/iu),
    refused: [
      backslashFirst,
      { pattern: /^~/u, why: "Dovecot takes a leading tilde for a home directory" },
      { pattern: /^\.{1,2}$/u, why: "a dot alone is a directory to Dovecot" },
      { pattern: /^(cur|new|tmp|maildirfolder)$/u, why: "Maildir keeps this name for itself" }
    ],
    maxLevelOctets: onDisk,
    keepsOctets: true
  },
  {
    server: "Courier",
    is: named(/\bCourier-IMAP\b/iu),
    refused: [backslashFirst, { pattern: /[/~]/u, why: "Courier does not take this character" }],
    maxLevelOctets: onDisk,
    keepsOctets: true
  }
]

const unknown: Quirks = {
  server: "an IMAP server",
  is: () => true,
  refused: [backslashFirst],
  maxLevelOctets: onDisk,
  keepsOctets: true
}

export const quirksOf = (facts: ServerFacts): Quirks => servers.find(({ is }) => is(facts)) ?? unknown
