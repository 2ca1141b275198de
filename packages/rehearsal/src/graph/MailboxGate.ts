import { once } from "node:events"

import { Ended, type Exchange } from "../http/Exchange.ts"
import type { SeenRequest } from "../http/SeenRequest.ts"
import { GraphError } from "./GraphError.ts"
import type { FaultAnswer, RawAnswer } from "./GraphFaults.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import type { Person } from "./Person.ts"
import { throttled } from "./Throttling.ts"

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
    const wait = person.requests.wait(1)
    person.requests.add(1)
    if (wait > 0) throw this.refusal("MailboxRequests", wait)
    if (person.inFlight >= rules.concurrentPerMailbox) throw this.refusal("MailboxConcurrency", 0)
    const incoming = uploads.has(verb) ? bytes : 0
    const full = person.octets.wait(incoming)
    if (full > 0) throw this.refusal("IncomingBytes", full)
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
  async arrived(exchange: Exchange, seen: SeenRequest): Promise<void> {
    const { faults } = this.world
    if (faults.fires("hang", seen)) {
      await once(exchange.request.socket, "close")
      throw new Ended()
    }
    thrown(faults.answerFor(seen, "before"))
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

  /** `wait` in milliseconds of the clock. */
  private refusal(reason: Parameters<typeof throttled>[0], wait: number): GraphError {
    return throttled(reason, Math.max(1, Math.ceil(wait / 1000)))
  }
}
