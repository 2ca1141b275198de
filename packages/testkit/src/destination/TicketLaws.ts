import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import { Fatal, MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { locatorsOf } from "../Listing.ts"
import { type DestinationLaw, freshMailbox, law, letterTo } from "./Subject.ts"

/** Appends in the careful way, with whatever ticket the service gives for it. */
const carefully = Effect.fnUntraced(function* (destination: DestinationService) {
  const tickets: Array<string> = []
  const request = letterTo(yield* freshMailbox(destination, "tickets"), {
    alone: true,
    note: (ticket) => Effect.sync(() => void tickets.push(ticket))
  })
  const { locator } = yield* destination.append(request)
  return { request, locator, tickets }
})

export const ticketLaws: ReadonlyArray<DestinationLaw> = [
  law("a ticket tells what became of its append, as often as it is asked", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { locator, request, tickets } = yield* carefully(destination)
      for (const ticket of [...tickets, ...tickets]) {
        const receipt = yield* destination.recall(ticket)
        assert.deepStrictEqual(
          Option.map(receipt, (told) => told.locator),
          Option.some(locator)
        )
      }
      assert.strictEqual((yield* locatorsOf(destination, request.mailbox)).length, 1)
    })
  ),
  law("nothing is stored when its ticket cannot be written down", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const mailbox = yield* freshMailbox(destination, "unwritten")
      let asked = 0
      const unwritten = new MailError({
        adapter: destination.kind,
        operation: "append",
        reason: new Fatal({ detail: "the disk is full" })
      })
      const request = letterTo(mailbox, {
        alone: true,
        note: () =>
          Effect.suspend(() => {
            asked++
            return Effect.fail(unwritten)
          })
      })
      const exit = yield* Effect.exit(destination.append(request))
      const stored = (yield* locatorsOf(destination, mailbox)).length
      assert.deepStrictEqual([exit._tag, stored], asked > 0 ? ["Failure", 0] : ["Success", 1])
    })
  )
]
