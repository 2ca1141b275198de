import type { Mailbox } from "./Mailbox.ts"
import type { RateWindow } from "./RateWindow.ts"

/** Someone with an account. */
export interface Person {
  /** The directory's id. */
  readonly id: string
  /** As it is written. */
  readonly address: string
  /** Other addresses of the same mailbox. */
  readonly aliases: ReadonlyArray<string>
  readonly displayName: string
  /** False for an account without a mailbox in Exchange Online. */
  readonly hasMailbox: boolean
  /** Addresses of those who may use this mailbox too, in lower case. */
  readonly sharedWith: ReadonlySet<string>
  readonly mailbox: Mailbox
  readonly requests: RateWindow
  readonly octets: RateWindow
  inFlight: number
  /** Until then clients were told to stay away, in milliseconds since 1970. */
  heldUntil: number
}
