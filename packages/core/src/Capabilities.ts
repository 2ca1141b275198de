import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"

import type { SystemFlag } from "./Message.ts"

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
  readonly refused: ReadonlyArray<RefusedName>
  /** Whether `Work` and `work` are one mailbox. */
  readonly caseInsensitive: boolean
}

/** The service's published limits. Core enforces them; the adapter only knows them. */
export interface Pace {
  /** Calls in flight. Not connections: an adapter may send several calls as one wire command. */
  readonly concurrentCalls: number
  /** Longest wait for the answer to one call before its outcome counts as unknown. */
  readonly attemptTimeout: Duration.Duration
}

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
  /** Whether `append` and `copy` say where the message went (UIDPLUS, RFC 4315). */
  readonly reportsLocator: boolean
  /** Whether mail that was there before us can be recognised by scanning headers, and so adopted. */
  readonly adoption: boolean
  /** Whether describing every message is affordable (IMAP: yes; Gmail: 20 units a message). */
  readonly describesCheaply: boolean
  /** Largest message accepted, in octets (APPENDLIMIT, RFC 7889); Infinity when no limit is known. */
  readonly maxMessageSize: number
  readonly names: NameRules
  readonly pace: Pace
}
