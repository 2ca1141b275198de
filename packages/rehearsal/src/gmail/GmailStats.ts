import type { ListenerStats } from "../http/LoopbackListener.ts"

export interface GmailStats extends ListenerStats {
  /** Units charged. */
  units: number
  /** Of the refused ones, those over a quota, a hold or the concurrency cap. */
  refusedByQuota: number
  /** Messages stored by import, insert and drafts.create. */
  stored: number
  /** Imports that were taken for a message that was there. */
  merged: number
  /** Bytes of messages that came whole, whatever became of them. */
  messageBytes: number
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
