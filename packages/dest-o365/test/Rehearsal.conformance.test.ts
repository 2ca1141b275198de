import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { openTcpSockets } from "@mailferry/testkit/OpenSockets.ts"
import { Effect } from "effect"
import { afterAll } from "vitest"

import { jobFor, jobLayer } from "./support/jobLayer.ts"

const onRehearsal = async (name: string, options: Parameters<typeof RehearsalGraph.start>[0]) => {
  const server = await RehearsalGraph.start({
    // The laws are about what is kept; pace has tests of its own.
    requestsPer10Minutes: Infinity,
    octetsPer5Minutes: Infinity,
    ...options
  })
  afterAll(() => server.stop())
  destinationConformance(name, jobLayer(jobFor(server)), {
    skip: {
      "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed":
        "cannot: an immutable id is good for as long as the message is in the mailbox",
      "a locator of an earlier life gives no other message":
        "cannot: an immutable id is good for as long as the message is in the mailbox"
    },
    wrongSecret: jobLayer(jobFor(server, { token: "not the token" })),
    secrets: [server.token, "not the token"],
    openSockets: openTcpSockets,
    expunge: ({ locator }) =>
      Effect.sync(() => {
        const message = server.account.message(locator)
        if (message !== undefined) server.account.remove(message)
      })
  })
}

await onRehearsal("o365 on the rehearsal Exchange", {})
