import type { DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { Operation, Side } from "@mailferry/core/MailError.ts"
import { Duration, Effect } from "effect"

/** A point in the life of a process at which it can be killed. */
export interface Moment {
  readonly side: Side
  readonly operation: Operation
  /** `before`: nothing was sent. `within`: some of it was. `after`: the other end has done it, and we have not heard of it. */
  readonly when: "before" | "within" | "after"
  /** 1 for the first moment of the process. */
  readonly n: number
}

/** Wraps both ends so that from the moment of death on nothing reaches them and nothing comes back. */
export const mortal = (
  dies: (moment: Moment) => boolean,
  lag: (moment: Moment) => Duration.Duration = () => Duration.zero
) => {
  const moments: Array<Moment> = []
  let dead = false

  const survives = (side: Side, operation: Operation, when: Moment["when"]) =>
    Effect.suspend(() => {
      if (!dead) {
        const moment: Moment = { side, operation, when, n: moments.length + 1 }
        moments.push(moment)
        dead = dies(moment)
        if (!dead) return Effect.sleep(lag(moment))
      }
      return Effect.never
    })

  const call =
    (side: Side, operation: Operation) =>
    <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      survives(side, operation, "before").pipe(
        Effect.andThen(Effect.exit(effect)),
        Effect.tap(survives(side, operation, "after")),
        Effect.flatten
      )

  const reader = (side: Side, good: MailboxReader): MailboxReader => ({
    kind: good.kind,
    account: good.account,
    listMailboxes: call(side, "listMailboxes")(good.listMailboxes),
    list: (mailbox, from) => call(side, "list")(good.list(mailbox, from)),
    end: (mailbox) => call(side, "end")(good.end(mailbox)),
    describe: (mailbox, locators) => call(side, "describe")(good.describe(mailbox, locators)),
    glimpse: (mailbox, locator) => call(side, "glimpse")(good.glimpse(mailbox, locator)),
    fetch: (mailbox, locator) => call(side, "fetch")(good.fetch(mailbox, locator))
  })

  const destination = (good: DestinationService): DestinationService => ({
    ...reader("destination", good),
    capabilities: good.capabilities,
    ensureMailbox: (path, use) => call("destination", "ensureMailbox")(good.ensureMailbox(path, use)),
    append: (request) =>
      call(
        "destination",
        "append"
      )(
        good.append({
          ...request,
          spend: (octets) =>
            Effect.andThen(survives("destination", "append", "within"), request.spend(octets))
        })
      ),
    copy: (message, into) => call("destination", "copy")(good.copy(message, into)),
    recall: (ticket) => call("destination", "recall")(good.recall(ticket)),
    discard: (ticket) => call("destination", "discard")(good.discard(ticket)),
    addFlags: (message, flags) => call("destination", "addFlags")(good.addFlags(message, flags)),
    find: (mailbox, identity) => call("destination", "find")(good.find(mailbox, identity))
  })

  return { reader, destination, moments }
}
