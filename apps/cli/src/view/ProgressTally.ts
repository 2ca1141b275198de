import type { Forecast } from "@mailferry/core/Forecast.ts"
import type { Side } from "@mailferry/core/MailError.ts"
import type { RunEvent } from "@mailferry/core/RunEvent.ts"

import type { Foretold } from "./ForecastText.ts"
import type { PilotStep } from "./PilotLines.ts"

/** Seconds over which the rate is taken. */
const rateWindow = 60

/** Seconds of moving before anything is said about the end. */
const leastToGoBy = 3

interface Second {
  readonly at: number
  messages: number
  bytes: number
}

export interface Waiting {
  readonly side: Side
  /** Milliseconds since 1970. */
  readonly until: number
  readonly detail: string
  /** `paused`: the account asked for it. `retrying`: we try again by ourselves. `pacing`: a published limit is used up. */
  readonly why: "paused" | "retrying" | "pacing"
}

export type Phase = "connecting" | "listing" | "looking" | "moving" | "verifying"

/** What a run's events add up to. Times are milliseconds since 1970, sizes octets. */
export class ProgressTally {
  phase: Phase = "connecting"
  mailboxes = 0
  listed = 0
  scanned = 0
  adopted = 0
  verified = 0
  planned = 0
  toDo = 0
  toDoBytes = 0
  done = 0
  bytes = 0
  labels = 0
  quarantined = 0
  readonly pilot: Array<PilotStep> = []
  readonly #waiting = new Map<Side, Waiting>()
  readonly #seconds: Array<Second> = []
  #movingSince: number | undefined
  #began: number | undefined
  #forecast: { readonly forecast: Forecast; readonly since: number } | undefined
  /** From the beginning to the last event. */
  seconds = 0

  add(event: RunEvent, now: number): void {
    this.begin(now)
    this.seconds = this.secondsSince(now)
    switch (event._tag) {
      case "Connected":
        if (event.side === "destination") this.phase = "listing"
        return
      case "MailboxListed":
        this.mailboxes++
        this.listed += event.messages
        return
      case "MailboxScanned":
        if (this.phase === "listing") this.phase = "looking"
        this.scanned += event.messages
        return
      case "Adopted":
        this.adopted += event.messages
        return
      case "Planned":
        this.phase = "moving"
        this.#movingSince = now
        this.planned = event.messages
        this.toDo = event.toDo
        this.toDoBytes = event.bytes
        return
      case "MessageDone":
        this.done++
        this.bytes += event.bytes
        this.#count(now, event.bytes)
        this.#answered()
        return
      case "LabelDone":
        this.labels++
        return
      case "Quarantined":
        this.quarantined++
        return
      case "Retrying":
        this.#waiting.set(event.side, {
          side: event.side,
          until: now + event.inMillis,
          detail: event.detail,
          why: "retrying"
        })
        return
      case "Paused":
        this.#waiting.set(event.side, {
          side: event.side,
          until: now + event.forMillis,
          detail: event.detail,
          why: "paused"
        })
        return
      case "Pacing":
        this.#waiting.set(event.side, {
          side: event.side,
          until: now + event.forMillis,
          detail: event.of,
          why: "pacing"
        })
        return
      case "Resumed":
        this.#waiting.delete(event.side)
        return
      case "Forecast":
        this.#forecast = { forecast: event.forecast, since: now }
        return
      case "Verifying":
        this.phase = "verifying"
        this.verified += event.messages
        return
      case "PilotStep":
        this.pilot.push({ step: event.step, ok: event.ok, evidence: event.evidence })
        return
      case "SourceGrew":
      case "MailboxRenamed":
      case "Settled":
      case "MailboxSkipped":
      case "LimitsForgotten":
      case "Stopping":
        return
    }
  }

  /** From when on time counts; later calls change nothing. */
  begin(now: number): void {
    this.#began ??= now
  }

  secondsSince(now: number): number {
    return (now - (this.#began ?? now)) / 1000
  }

  /** The forecast of this run, if there was one, and what it came to once everything is done. */
  foretold(now: number, allDone: boolean): Foretold | undefined {
    if (this.#forecast === undefined) return undefined
    const { forecast, since } = this.#forecast
    return { forecast, took: allDone ? (now - since) / 1000 : undefined }
  }

  /** Messages and octets a second over the last minute; none before the first message. */
  rate(now: number): { readonly messages: number; readonly bytes: number } {
    const since = now - rateWindow * 1000
    const recent = this.#seconds.filter(({ at }) => at > since)
    const seconds = Math.max(1, Math.min(rateWindow, (now - (this.#movingSince ?? now)) / 1000))
    const sum = (part: (second: Second) => number) =>
      recent.reduce((total, second) => total + part(second), 0)
    return { messages: sum(({ messages }) => messages) / seconds, bytes: sum(({ bytes }) => bytes) / seconds }
  }

  /** What the run waits for at this moment. */
  waiting(now: number): ReadonlyArray<Waiting> {
    return [...this.#waiting.values()].filter(({ until }) => until > now)
  }

  /**
   * Seconds until the end at the present rate, pauses included; undefined while there is too little to go by. Small mail
   * costs its count and large mail its octets, and which comes first is chance: each counts for half of the way.
   */
  secondsLeft(now: number): number | undefined {
    if (this.done >= this.toDo) return 0
    const since = (now - (this.#movingSince ?? now)) / 1000
    const rate = this.rate(now)
    if (since < leastToGoBy || rate.messages === 0) return undefined
    const way = (messages: number, bytes: number) =>
      messages / this.toDo / 2 + bytes / Math.max(1, this.toDoBytes) / 2
    const pause = Math.max(0, ...this.waiting(now).map(({ until }) => (until - now) / 1000))
    return Math.max(0, 1 - way(this.done, this.bytes)) / way(rate.messages, rate.bytes) + pause
  }

  #count(now: number, bytes: number): void {
    const at = Math.floor(now / 1000) * 1000
    const last = this.#seconds.at(-1)
    if (last?.at === at) {
      last.messages++
      last.bytes += bytes
      return
    }
    this.#seconds.push({ at, messages: 1, bytes })
    if (this.#seconds.length > rateWindow) this.#seconds.shift()
  }

  /** A message that arrived is an answer: a retry or a wait of ours that was announced is over. */
  #answered(): void {
    for (const [side, { why }] of this.#waiting) if (why !== "paused") this.#waiting.delete(side)
  }
}
