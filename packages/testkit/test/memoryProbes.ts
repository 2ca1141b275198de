import type { DestinationConformanceOptions } from "@mailferry/testkit/DestinationConformance.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import { Effect } from "effect"

/** What the laws may see and do to an account in memory behind the adapter's back. */
export const memoryProbes = (account: MemoryAccount.MemoryAccount): DestinationConformanceOptions => ({
  wrongSecret: MemoryDestination.layer(account, { password: "wrong" }),
  openSockets: Effect.sync(() => account.connections),
  secrets: [account.password],
  expunge: ({ mailbox, locator }) =>
    Effect.sync(() => {
      const { messages } = MemoryAccount.mailboxOf(account, mailbox)
      for (const [arrival, { id }] of messages) {
        if (locator === `m${id}` || locator.endsWith(`:${arrival}`)) messages.delete(arrival)
      }
    }),
  renew: (mailbox) => Effect.sync(() => MemoryAccount.renew(account, mailbox))
})
