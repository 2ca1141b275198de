/** Extensions the server can have or lack. Those without effect on commands only show in CAPABILITY. */
export type Extension =
  | "CHILDREN"
  | "CREATE-SPECIAL-USE"
  | "ENABLE"
  | "ID"
  | "IDLE"
  | "LIST-EXTENDED"
  | "LIST-STATUS"
  | "LITERAL+"
  | "LITERAL-"
  | "MOVE"
  | "MULTIAPPEND"
  | "NAMESPACE"
  | "SASL-IR"
  | "SPECIAL-USE"
  | "UIDPLUS"
  | "UNSELECT"
  | "UTF8=ACCEPT"
  | "X-GM-EXT-1"

/** A mailbox name the server will not create. */
export interface RefusedMailbox {
  /** Matched against the whole name, decoded, delimiters in place. */
  readonly pattern: RegExp
  /** What follows `NO `, response code included. */
  readonly says: string
}

/** What sets imap.gmail.com apart from other servers. */
export interface GmailWays {
  /**
   * What APPENDUID says of a message that was joined with an older one: the older one's UID, or that of the copy which
   * was thrown away, so that no message has it. Which of them Gmail does is not known.
   */
  readonly tellsOfJoined: "older" | "discarded"
}

/** How a server behaves, as data. Change one field of a ready profile with a spread: `{ ...rich, quota: 10_000 }`. */
export interface ServerProfile {
  /** The greeting's text. */
  readonly greeting: string
  readonly extensions: ReadonlySet<Extension>
  readonly delimiter: "." | "/"
  /** The personal namespace's prefix, below which every mailbox but INBOX lives: `INBOX.`. */
  readonly prefix: string
  /** Mailboxes there from the start, with their special-use attribute or none. */
  readonly atStart: Readonly<Record<string, `\\${string}` | undefined>>
  readonly refused: ReadonlyArray<RefusedMailbox>
  /** Whether a mailbox can be created only below one that exists. */
  readonly parentsFirst: boolean
  /** Octets of the largest message taken; Infinity for no limit. */
  readonly appendLimit: number
  /** Whether CAPABILITY tells the limit (RFC 7889). */
  readonly advertisesAppendLimit: boolean
  /** Octets the account may hold; Infinity for no quota. */
  readonly quota: number
  /** Whether keywords are kept, or accepted and forgotten. */
  readonly keepsKeywords: boolean
  /** `all`: RFC 5530 and 4315 too. `few`: no code in a tagged OK, and TRYCREATE the only one in a NO. */
  readonly codes: "all" | "few"
  /**
   * What happens to a `{n+}` literal whose APPEND was answered BAD. Dovecot 2.3 does not skip it: the message is
   * read as commands. `false` skips it.
   */
  readonly runsRefusedLiterals: boolean
  /** Whether `Work` and `work` are one mailbox. They are two unless said. */
  readonly caseInsensitive?: boolean
  /** Mail as Gmail keeps it: one message, many labels. */
  readonly gmail?: GmailWays
  /** CAPABILITY word for word, where it is not told by `extensions`, and then in no other answer. */
  readonly capabilities?: { readonly beforeLogin: string; readonly afterLogin: string }
  /** Whether LIST shows special uses without SPECIAL-USE. */
  readonly tellsUses?: boolean
  /** The only keywords there are; any other is a wrong argument. Goes before `keepsKeywords`. */
  readonly keywords?: ReadonlyArray<string>
  /** Whole answers in place of the usual ones, by response code: `{ TOOBIG: "NO Too much." }`. */
  readonly answers?: Readonly<Record<string, string>>
  /** Octets in a line of a command, literals not counted; a longer one is a BAD, and the end. 65,536 unless said. */
  readonly longestCommand?: number
  /** Octets in a line of a message; a longer one is a wrong argument. */
  readonly longestLine?: number
  /** NOs and BADs in one session; then it is closed. */
  readonly errorsAtMost?: number
}

/** Whether a flag or keyword is kept; system flags always are. */
export const keepsFlag = ({ keepsKeywords, keywords }: ServerProfile, flag: string): boolean =>
  flag.startsWith("\\") ||
  (keywords === undefined
    ? keepsKeywords
    : keywords.some((keyword) => keyword.toLowerCase() === flag.toLowerCase()))

/** Whether a keyword may be named at all. */
export const knowsFlag = (profile: ServerProfile, flag: string): boolean =>
  profile.keywords === undefined || keepsFlag(profile, flag)

const mebi = 1024 * 1024

/** Like Dovecot: every extension we make use of, and its one dangerous habit. */
export const rich: ServerProfile = {
  greeting: "Rehearsal ready.",
  extensions: new Set<Extension>([
    "CHILDREN",
    "CREATE-SPECIAL-USE",
    "ENABLE",
    "ID",
    "IDLE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL+",
    "MOVE",
    "MULTIAPPEND",
    "NAMESPACE",
    "SASL-IR",
    "SPECIAL-USE",
    "UIDPLUS",
    "UNSELECT"
  ]),
  delimiter: "/",
  prefix: "",
  atStart: {
    Archive: "\\Archive",
    Drafts: "\\Drafts",
    Junk: "\\Junk",
    Sent: "\\Sent",
    Trash: "\\Trash"
  },
  refused: [
    { pattern: /\p{Cc}/u, says: "[CANNOT] Character not allowed in mailbox name" },
    { pattern: /^\/|\/\/|^~/u, says: "[CANNOT] Invalid mailbox name" },
    { pattern: /[^/]{256}/u, says: "[LIMIT] Mailbox name too long" }
  ],
  parentsFirst: false,
  appendLimit: Infinity,
  advertisesAppendLimit: false,
  quota: Infinity,
  keepsKeywords: true,
  codes: "all",
  runsRefusedLiterals: true
}

/** The least a server may be, with every limit it does not tell. */
export const poor: ServerProfile = {
  greeting: "IMAP4 server ready",
  extensions: new Set<Extension>(),
  delimiter: ".",
  prefix: "",
  atStart: { Sent: undefined, Trash: undefined },
  refused: [
    { pattern: /^\.|\.\.|\.$/u, says: "Invalid mailbox name" },
    { pattern: / (?:\.|$)/u, says: "Mailbox name may not end in a space" },
    { pattern: /\p{Cc}/u, says: "Invalid character in mailbox name" }
  ],
  parentsFirst: true,
  appendLimit: 34 * mebi,
  advertisesAppendLimit: false,
  quota: Infinity,
  keepsKeywords: false,
  codes: "few",
  runsRefusedLiterals: false
}

/** Like Courier: everything below `INBOX.`. */
export const courier: ServerProfile = {
  greeting: "Courier-IMAP ready.",
  extensions: new Set<Extension>(["CHILDREN", "IDLE", "NAMESPACE", "UIDPLUS"]),
  delimiter: ".",
  prefix: "INBOX.",
  atStart: { "INBOX.Drafts": undefined, "INBOX.Sent": undefined, "INBOX.Trash": undefined },
  refused: [
    { pattern: /^(?!INBOX\.)/u, says: "Invalid mailbox name." },
    { pattern: /\.\.|\.$|\p{Cc}/u, says: "Invalid mailbox name." }
  ],
  parentsFirst: false,
  appendLimit: Infinity,
  advertisesAppendLimit: false,
  quota: Infinity,
  keepsKeywords: true,
  codes: "all",
  runsRefusedLiterals: false
}

export const serverProfiles = { courier, poor, rich } as const
export type ServerProfileName = keyof typeof serverProfiles
