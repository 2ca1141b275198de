import type { GraphWire } from "./graph/GraphWire.ts"
import type { Told } from "./graph/Told.ts"

/** The way into one mailbox: what every part of the adapter needs. */
export interface O365Mailbox {
  /** As a person would say it. */
  readonly account: string
  /** `/me`, or `/users/{address}` where an application signed in by itself. Without a slash at its end. */
  readonly mailboxPath: string
  readonly wire: GraphWire
  readonly told: Told
}
