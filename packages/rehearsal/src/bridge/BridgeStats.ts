/** What the clients of a rehearsal Bridge have done so far. */
export interface BridgeStats {
  /** Logins that were let in. */
  logins: number
  refusedLogins: number
  /** Commands received, good and bad. */
  commands: number
  /** Times a whole message was sent: `BODY[]`, `BODY.PEEK[]`, RFC822. */
  fetchedBodies: number
  openSessions: number
}

/** A command that changes the account, or tried to. A non-PEEK FETCH that set \Seen is one. */
export interface BridgeWrite {
  /** In upper case: `STORE`, `APPEND`, `FETCH`. */
  readonly command: string
  /** The mailbox it was aimed at. */
  readonly mailbox: string
  /** Counted since Bridge started, as in the greeting. */
  readonly session: number
}

export const noStats = (): BridgeStats => ({
  logins: 0,
  refusedLogins: 0,
  commands: 0,
  fetchedBodies: 0,
  openSessions: 0
})
