import { once } from "node:events"

import { Ended, type Exchange } from "../http/Exchange.ts"
import type { SeenRequest } from "../http/SeenRequest.ts"
import { GraphError } from "./GraphError.ts"
import type { FaultAnswer, RawAnswer } from "./GraphFaults.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import type { Person } from "./Person.ts"
import { type ThrottleReason, throttled } from "./Throttling.ts"

/** Thrown to answer with something that is not Graph's. */
export class RawRefusal extends Error {
  readonly answer: RawAnswer

  constructor(answer: RawAnswer) {
    super(`Answered ${answer.status}`)
    this.answer = answer
  }
}

const thrown = (answer: FaultAnswer | undefined): void => {
  if (answer === undefined) return
  throw answer instanceof GraphError ? answer : new RawRefusal(answer)
}

/** Notes for how long a client was told to stay away. */
const hold = (person: Person, after: string | undefined): void => {
  if (after === undefined) return
  const until = /^\d+$/u.test(after) ? Date.now() + Number(after) * 1000 : Date.parse(after)
  person.heldUntil = Math.max(person.heldUntil, until)
}

/** `wait` in milliseconds of the clock. */
const refusal = (person: Person, reason: ThrottleReason, wait: number): GraphError => {
  const seconds = Math.max(1, Math.ceil(wait / 1000))
  hold(person, String(seconds))
  return throttled(reason, seconds)
}

const uploads = new Set(["PATCH", "POST", "PUT"])

/** Lets requests in to a mailbox, one by one, and makes them go wrong where that is wanted. */
export class MailboxGate {
  private readonly world: GraphWorld

  constructor(world: GraphWorld) {
    this.world = world
  }

  /** Counts a request in; what it gives back counts it out. `bytes`: of its body. Fails with 429. */
  enter(person: Person, verb: string, bytes: number): () => void {
    const { rules, stats } = this.world
    stats.calls += 1
    this.notice(person)
    const wait = person.requests.wait(1)
    person.requests.add(1)
    if (wait > 0) throw refusal(person, "MailboxRequests", wait)
    if (person.inFlight >= rules.concurrentPerMailbox) throw refusal(person, "MailboxConcurrency", 0)
    const incoming = uploads.has(verb) ? bytes : 0
    const full = person.octets.wait(incoming)
    if (full > 0) throw refusal(person, "IncomingBytes", full)
    if (incoming > 0) this.count(person, incoming)
    person.inFlight += 1
    stats.peakPerMailbox = Math.max(stats.peakPerMailbox, person.inFlight)
    return () => {
      person.inFlight -= 1
    }
  }

  /** Bytes that were not announced. */
  count(person: Person, bytes: number): void {
    person.octets.add(bytes)
    this.world.stats.incomingBytes += bytes
  }

  /** What goes wrong before anything of a request is looked at. */
  async arrived(exchange: Exchange, seen: SeenRequest, person?: Person): Promise<void> {
    const { faults } = this.world
    if (faults.fires("hang", seen)) {
      await once(exchange.request.socket, "close")
      throw new Ended()
    }
    const answer = faults.answerFor(seen, "before")
    if (person !== undefined && answer !== undefined) {
      this.notice(person)
      hold(person, answer.headers?.["retry-after"])
    }
    thrown(answer)
  }

  /** What goes wrong when all of a request is here and nothing was done. */
  beforeCommit(exchange: Exchange, seen: SeenRequest): void {
    if (this.world.faults.fires("dropBeforeCommit", seen)) exchange.drop()
  }

  /** What goes wrong when it was done. */
  async committed(exchange: Exchange, seen: SeenRequest): Promise<void> {
    const { faults, hook } = this.world
    if (faults.fires("commitThenDrop", seen)) exchange.drop()
    exchange.obey(await hook?.(seen, "committed"))
    thrown(faults.answerFor(seen, "after"))
  }

  private notice({ heldUntil }: Person): void {
    if (Date.now() < heldUntil) this.world.stats.heedless += 1
  }
}
