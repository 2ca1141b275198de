import type { SeenRequest } from "./GmailFaults.ts"

/** A request the server got. Nothing of what it carried is kept. */
export interface LoggedRequest extends SeenRequest {
  /** The Host field: which server the client meant. */
  readonly host: string
  /** When its header was read, in milliseconds since 1970. */
  readonly at: number
  /** Bytes of its body so far. */
  bodyBytes: number
  /** Undefined until it is answered, and for ever where it never is. */
  status: number | undefined
  /** `reason` of Google's error body, where it was refused. */
  reason: string | undefined
}

export interface GmailStats {
  requests: number
  /** Units charged. */
  units: number
  /** Calls answered with 4xx or 5xx. */
  refused: number
  /** Of these, those over a quota, a hold or the concurrency cap. */
  refusedByQuota: number
  inFlight: number
  peakInFlight: number
  /** Messages stored by import, insert and drafts.create. */
  stored: number
  /** Imports that were taken for a message that was there. */
  merged: number
  /** Bytes of messages that came whole, whatever became of them. */
  messageBytes: number
  /** Connections the clients opened. */
  connections: number
}

export const newStats = (): GmailStats => ({
  requests: 0,
  units: 0,
  refused: 0,
  refusedByQuota: 0,
  inFlight: 0,
  peakInFlight: 0,
  stored: 0,
  merged: 0,
  messageBytes: 0,
  connections: 0
})
