import {
  batchRefused,
  type Call,
  dropAfterCommit,
  dropBeforeCommit,
  type Fault,
  notSent,
  type Script,
  silenceAfterCommit,
  silenceBeforeCommit,
  throttle
} from "@mailferry/testkit/Fault.ts"
import { Duration } from "effect"

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const writes = new Set(["append", "copy"])

const faultsOf = (call: Call): ReadonlyArray<Fault> => {
  const read = [notSent, throttle(), throttle(Duration.seconds(40))]
  if (!writes.has(call.operation)) return read
  const unknown = [dropAfterCommit, dropBeforeCommit, silenceAfterCommit, silenceBeforeCommit]
  return [...read, ...unknown, ...unknown, batchRefused]
}

/**
 * Lets a share of the calls go wrong, never two of one kind in a row: a message that fails three times running counts
 * as the message's own fault, which is another test.
 */
export const schedule = (random: () => number, share: number): Script => {
  const wentWrong = new Map<string, boolean>()
  return (call) => {
    const kind = `${call.operation} ${call.mailbox?.join("/")}`
    const may = wentWrong.get(kind) !== true
    const fault = may && random() < share ? pick(random, faultsOf(call)) : undefined
    wentWrong.set(kind, fault !== undefined)
    return fault
  }
}

const pick = <A>(random: () => number, among: ReadonlyArray<A>): A | undefined =>
  among[Math.floor(random() * among.length)]
