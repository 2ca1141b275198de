import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"

import type { MailboxPath, SpecialUse } from "./Mailbox.ts"
import type { SystemFlag } from "./Message.ts"
import type { PaceLimit } from "./PaceLimit.ts"

/** A name a service refuses, as data, so that the plan can rename before anything is created. */
export interface RefusedName {
  /** Matched against one hierarchy level. */
  readonly pattern: RegExp
  /** For the plan: `"." is this server's hierarchy delimiter`. */
  readonly why: string
}

export interface NameRules {
  /** The hierarchy delimiter, which no level may contain; none where levels may hold any character. */
  readonly delimiter: Option.Option<string>
  /** Longest level in UTF-8 octets. */
  readonly maxLevelOctets: number
  /** Longest level in characters (UTF-16 code units), where the service counts those. */
  readonly maxLevelCharacters?: number
  readonly refused: ReadonlyArray<RefusedName>
  /** Whether `Work` and `work` are one mailbox. */
  readonly caseInsensitive: boolean
  /** First levels that the service keeps for itself, in lower case: such a name gets `_` before it. */
  readonly reserved?: ReadonlySet<string>
  /** A level under which everything goes that is nobody's special-use mailbox. */
  readonly parent?: string
  /** Where mail goes whose mailbox at the source the service has no place of its own for, or none that mail is kept in. */
  readonly homes?: {
    readonly bySpecialUse: { readonly [Use in SpecialUse]?: MailboxPath }
    /** By the one level that the source's own mailbox is called, in lower case: `scheduled`. */
    readonly byName: Readonly<Record<string, MailboxPath>>
  }
  /** Whether labels and mailboxes are one kind: then `Labels/X` is called `X`, and joins a mailbox `X`. */
  readonly labelsStandAlone?: boolean
}

/** The service's published limits. Core enforces them; the adapter only knows them. */
export interface Pace {
  /** Calls in flight, at the most. Not connections: an adapter may send several calls as one wire command. */
  readonly concurrentCalls: number
  /**
   * Calls in flight to begin with; all at once when absent. Core adds one with each quiet minute, and halves them when
   * the service says that they are too many.
   */
  readonly concurrentAtFirst?: number
  /** Longest wait for the answer to one call before its outcome counts as unknown. */
  readonly attemptTimeout: Duration.Duration
  /**
   * How a call is tried again after a failure that states no wait: after `first`, then twice as long each time up to
   * `longest`, so many tries in all. Where nothing is said, core's own.
   */
  readonly backoff?: {
    readonly first: Duration.Duration
    readonly longest: Duration.Duration
    readonly tries: number
  }
  /** What the service lets one account use in a time; empty when nothing is published. */
  readonly limits: ReadonlyArray<PaceLimit>
  /** Other ways into the same account, for the forecast to compare with: `IMAP` at 500 MB a day. */
  readonly otherWays?: ReadonlyArray<{ readonly name: string; readonly octetsPerDay: number }>
}

/** How a service keeps labels that it has no mailboxes for: under their own words, where IMAP keywords are atoms. */
export interface LabelsAsKeywords {
  /** What the service calls such a mark: `category`. For people. */
  readonly called: string
  /** Characters a name must not hold; each becomes `_`. Global. */
  readonly refused: RegExp
  /** Longest name in characters (UTF-16 code units). */
  readonly longest: number
  /** Keywords of RFC 9051 and the IANA registry (`$Forwarded`) that it keeps in some way of its own. */
  readonly registered: ReadonlySet<string>
}

/** A header without which a service refuses a message or gives it a wrong place or date. */
export type NeededHeader = "Message-ID" | "From" | "Date"

/**
 * What a connected destination can keep. Data, read after login, never methods
 * that may be missing. The conformance kit holds every field to its word in both
 * directions.
 */
export interface DestinationCapabilities {
  /** `one-mailbox`: a copy per mailbox (IMAP COPY). `labels`: one copy, many labels. */
  readonly placement: "one-mailbox" | "labels"
  readonly flags: ReadonlySet<SystemFlag>
  /** Whether arbitrary keywords stick (PERMANENTFLAGS `\*`). */
  readonly keywords: boolean
  /** Present where labels are best kept as keywords, one message in one mailbox: then they are unless a rule says otherwise. */
  readonly labelsAsKeywords?: LabelsAsKeywords
  readonly keepsInternalDate: boolean
  /**
   * The INTERNALDATEs it stores as they are; none when it stores any. Core moves others to the nearest, and says so.
   * `future`: whether one that has not come yet is stored (Dovecot stores the present moment instead).
   */
  readonly internalDates?: {
    readonly from: DateTime.Utc
    readonly to: DateTime.Utc
    readonly future: boolean
  }
  /** Whether `fetch` gives back what `append` was given, or MIME rebuilt from a store of properties (Exchange). */
  readonly keepsOctets: boolean
  /**
   * What of a message that was sent is not in the one that was built from it anew, a line for each thing; empty when
   * nothing is missing. Pure, and in two steps, so that no two messages are in memory at once: the first keeps no octets.
   * Only where `keepsOctets` is false; without it nothing is read back.
   */
  readonly contentMissing?: (there: Uint8Array) => (sent: Uint8Array) => ReadonlyArray<string>
  /** Whether it may put header fields of its own into what it keeps; the rest is kept as `keepsOctets` says. */
  readonly addsHeaders: boolean
  /** Whether `append` and `copy` say where the message went (UIDPLUS, RFC 4315). */
  readonly reportsLocator: boolean
  /**
   * How mail that was there before us is recognised and so adopted. `by-header`: its headers are scanned.
   * `by-joining`: its locators are noted, and an append that joins one of them tells. `none`: it is not.
   */
  readonly adoption: "by-header" | "by-joining" | "none"
  /** Whether describing every message is affordable (IMAP: yes; Gmail: 20 units a message). */
  readonly describesCheaply: boolean
  /**
   * Whether messages are stored with the key that core gives them, and `find` tells a message by it: then an outcome
   * that is unknown costs one call to settle, whatever the mailbox holds.
   */
  readonly findsByKey: boolean
  /** Whether an append that was cut short can leave part of a message behind, which the next one goes on with. */
  readonly leavesUnfinished: boolean
  /** Messages to describe in one call, at the most. */
  readonly describesAtOnce: number
  /**
   * Whether a message with a Message-ID that the account holds already is joined with that one instead of being stored
   * a second time, its labels with it (Gmail's import). Then an append of unknown outcome may be repeated.
   */
  readonly joinsByMessageId: boolean
  /** Longest time until `find` sees what was stored (Gmail's search index lags); zero where it is at once. */
  readonly foundWithin: Duration.Duration
  /** Headers that a message must have here. Core adds a missing Message-ID, and mends the others when asked. */
  readonly needs: ReadonlySet<NeededHeader>
  /** Whether the date shown is the Date header's (Gmail) and not the INTERNALDATE given to `append`. */
  readonly datesByHeader: boolean
  /** Mailboxes of which a message stands in one at the most; core keeps it out of the others. */
  readonly exclusive: ReadonlyArray<MailboxPath>
  /** Largest message accepted, in octets (APPENDLIMIT, RFC 7889); Infinity when no limit is known. */
  readonly maxMessageSize: number
  /** Above so many octets some accounts refuse a message and others do not, and nothing tells which: said in the plan. */
  readonly doubtfulSize?: { readonly above: number; readonly advice: string }
  readonly names: NameRules
  readonly pace: Pace
}
