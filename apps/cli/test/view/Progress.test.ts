import type { RunEvent } from "@mailferry/core/RunEvent.ts"
import { displayWidth } from "effect/cli/CliOutput"
import { describe, expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { liveLines, plainLine } from "../../src/view/Progress.ts"
import { ProgressTally } from "../../src/view/ProgressTally.ts"

const tallyOf = (events: ReadonlyArray<readonly [number, RunEvent]>) => {
  const tally = new ProgressTally()
  for (const [second, event] of events) tally.add(event, second * 1000)
  return tally
}

const planned: readonly [number, RunEvent] = [
  0,
  { _tag: "Planned", messages: 1000, toDo: 1000, bytes: 4_000_000 }
]

const steady = (from: number, until: number, bytes: number): ReadonlyArray<readonly [number, RunEvent]> =>
  Array.from({ length: until - from }, (_, i) => [
    from + i,
    { _tag: "MessageDone", mailbox: ["INBOX"], bytes }
  ])

describe("progress", () => {
  it("says what is being listed before there is a plan", () => {
    const tally = tallyOf([
      [0, { _tag: "Connected", side: "source", kind: "toy", account: "you" }],
      [0, { _tag: "Connected", side: "destination", kind: "toy", account: "you" }],
      [1, { _tag: "MailboxListed", mailbox: ["INBOX"], messages: 1200, fresh: 3 }]
    ])
    expect(plainLine(tally, 1000)).toBe("Listing the source: 1,200 messages in 1 mailbox so far")
  })

  it("shows messages, octets, rate and what is left", () => {
    const tally = tallyOf([planned, ...steady(1, 101, 4000)])
    expect(liveLines(tally, 100_000, 80, plain)).toMatchInlineSnapshot(`
      [
        "██░░░░░░░░░░░░░░░░░░ 100 of 1,000 messages, 400 kB of 4.0 MB",
        "1.0 messages/s, 4.0 kB/s, about 15 min 00 s left",
      ]
    `)
    expect(plainLine(tally, 100_000)).toMatchInlineSnapshot(
      `"100 of 1,000 messages, 400 kB of 4.0 MB, 1.0 messages/s, 4.0 kB/s, about 15 min 00 s left"`
    )
  })

  it("takes the rate from the last minute only", () => {
    const tally = tallyOf([planned, ...steady(0, 100, 4000)])
    expect(tally.rate(99_500).messages).toBeCloseTo(1, 1)
    expect(tally.rate(129_500).messages).toBeCloseTo(0.5, 1)
    expect(tally.rate(300_000).messages).toBe(0)
  })

  it("guesses the end by messages and octets alike: a few large ones at the end do not make it hours", () => {
    const tally = tallyOf([planned, ...steady(1, 11, 10)])
    expect(tally.secondsLeft(10_500)).toBeLessThan(2100)
    expect(tally.secondsLeft(2000)).toBeUndefined()
  })

  it("adds a pause that was asked for to what is left, and says whose it is", () => {
    const tally = tallyOf([
      planned,
      ...steady(1, 101, 4000),
      [100, { _tag: "Paused", side: "destination", forMillis: 300_000, detail: "[THROTTLED] later" }]
    ])
    expect(tally.secondsLeft(100_000)).toBeCloseTo(900 + 300, 0)
    expect(liveLines(tally, 100_000, 80, plain)[2]).toBe(
      "Waiting 5 min 00 s: the destination asked for a pause ([THROTTLED] later)"
    )
    tally.add({ _tag: "Resumed", side: "destination" }, 101_000)
    expect(tally.waiting(101_000)).toEqual([])
  })

  it("says which published limit it waits for, until a message arrives", () => {
    const tally = tallyOf([
      planned,
      ...steady(1, 101, 4000),
      [100, { _tag: "Pacing", side: "destination", forMillis: 300_000, of: "octets" }]
    ])
    expect(liveLines(tally, 100_000, 80, plain)[2]).toBe(
      "Waiting 5 min 00 s: the destination's published limit of octets is used up for…"
    )
    tally.add({ _tag: "MessageDone", mailbox: ["INBOX"], bytes: 1 }, 101_000)
    expect(tally.waiting(101_000)).toEqual([])
  })

  it("says that it tries again, until a message arrives", () => {
    const retrying: RunEvent = {
      _tag: "Retrying",
      side: "source",
      operation: "fetch",
      attempt: 2,
      inMillis: 8000,
      detail: "connection closed"
    }
    const tally = tallyOf([planned, [1, retrying]])
    expect(plainLine(tally, 1000)).toContain(
      "Waiting 8.0 s before trying the source again (connection closed)"
    )
    tally.add({ _tag: "MessageDone", mailbox: ["INBOX"], bytes: 1 }, 2000)
    expect(tally.waiting(2000)).toEqual([])
  })

  it("never draws a line wider than the terminal", () => {
    const tally = tallyOf([
      planned,
      ...steady(1, 50, 4000),
      [50, { _tag: "Paused", side: "destination", forMillis: 300_000, detail: "日本語の長い説明".repeat(20) }]
    ])
    for (const columns of [20, 40, 79, 120]) {
      for (const line of liveLines(tally, 50_000, columns, plain)) {
        expect(displayWidth(line)).toBeLessThan(columns)
      }
    }
  })
})
