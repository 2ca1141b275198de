import type { Octets } from "../http/Octets.ts"

/** A file at a message. */
export interface StoredAttachment {
  readonly id: string
  /** With immutable ids the message's part of it is another, so it has two names as well. */
  readonly immutableId: string
  readonly name: string
  readonly contentType: string
  readonly isInline: boolean
  /** Without angle brackets, as it was sent. */
  readonly contentId: string | undefined
  readonly contentLocation: string | undefined
  readonly lastModified: number
  readonly octets: Octets
}
