import type { StoredAt } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { DestinationProbes } from "@mailferry/testkit/destination/Subject.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import { Effect } from "effect"

/** What the laws may see and do to an account in memory behind the adapter's back, at either end. */
export const accountProbes = (account: MemoryAccount.MemoryAccount) => ({
  openSockets: Effect.sync(() => account.connections),
  rest: 0,
  secrets: [account.password],
  expunge: ({ mailbox, locator }: StoredAt) =>
    Effect.sync(() => {
      const { messages } = MemoryAccount.mailboxOf(account, mailbox)
      for (const [arrival, { id }] of messages) {
        if (locator === `m${id}` || locator.endsWith(`:${arrival}`)) messages.delete(arrival)
      }
    }),
  renew: (mailbox: MailboxPath) => Effect.sync(() => MemoryAccount.renew(account, mailbox))
})

export const memoryProbes = (account: MemoryAccount.MemoryAccount): DestinationProbes => ({
  ...accountProbes(account),
  wrongSecret: MemoryDestination.layer(account, { password: "wrong" })
})
