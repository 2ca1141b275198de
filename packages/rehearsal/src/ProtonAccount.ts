/**
 * A Proton account as Proton's API would describe it: the truth that a rehearsal Bridge serves over IMAP.
 * Plain mutable data, so that a test can change the account while Bridge is running.
 */

/** Proton's system label ids (go-proton-api `label_types.go`). User folders and labels have ids of their own. */
export const SystemLabel = {
  inbox: "0",
  trash: "3",
  spam: "4",
  allMail: "5",
  archive: "6",
  sent: "7",
  drafts: "8",
  starred: "10",
  scheduled: "12"
} as const

export interface ProtonLabel {
  readonly id: string
  readonly kind: "folder" | "label"
  /** Levels, outermost first. A level may itself contain `/`: `["a/b"]` is one folder named `a/b`. */
  readonly path: ReadonlyArray<string>
}

export interface ProtonMessage {
  /** Proton's message id: 88 characters of base64url ending in `==`. Never changes. */
  readonly id: string
  /** System and user label ids. All Mail (5) is implied and never listed here. */
  readonly labelIds: Set<string>
  /** Proton's server time in seconds since 1970; becomes INTERNALDATE. 0 when Proton has none. */
  readonly time: number
  unread: boolean
  answered: boolean
  forwarded: boolean
  /** The Message-ID Proton knows, without angle brackets; absent when the mail never had one. */
  readonly externalId?: string
  /** The address of the account that received or sent it. */
  readonly address: string
  /** RFC 5322 octets as Proton holds them, before Bridge adds or rewrites a single header. CRLF line ends. */
  readonly raw: Uint8Array
  /** What Bridge could not decrypt, if anything. `skipped`: Bridge cannot build it and shows it in no mailbox. */
  readonly trouble?: "undecryptable-body" | "undecryptable-attachment" | "skipped"
}

export interface ProtonAccount {
  /** Enabled addresses; the first is the primary one. */
  readonly addresses: ReadonlyArray<string>
  readonly labels: Array<ProtonLabel>
  readonly messages: Array<ProtonMessage>
}
