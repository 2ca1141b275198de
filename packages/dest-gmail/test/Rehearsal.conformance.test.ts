import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { openTcpSockets } from "@mailferry/testkit/OpenSockets.ts"
import { Effect } from "effect"
import { afterAll } from "vitest"

import { jobFor, type Job, jobLayer } from "./support/jobLayer.ts"

const onRehearsal = async (
  name: string,
  options: Parameters<typeof RehearsalGmail.start>[0],
  more: Partial<Job> = {}
) => {
  const server = await RehearsalGmail.start({
    // The laws are about what is kept; pace and the lag of the search have tests of their own.
    quotaPerMinute: Infinity,
    quotaPerMinuteAndProject: Infinity,
    indexDelayMillis: 0,
    ...options
  })
  afterAll(() => server.stop())
  destinationConformance(name, jobLayer(jobFor(server, more)), {
    skip: {
      "messages are listed in the order they came":
        "cannot: Gmail lists by the date of the message, newest first",
      "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed":
        "cannot: a message id is good for as long as the message is there",
      "a locator of an earlier life gives no other message":
        "cannot: a message id is good for as long as the message is there"
    },
    wrongSecret: jobLayer(jobFor(server, { ...more, token: "not the token" })),
    secrets: [server.token, "not the token"],
    openSockets: openTcpSockets,
    expunge: ({ locator }) => Effect.sync(() => server.account.delete(server.account.message(locator)))
  })
}

await onRehearsal("gmail on the rehearsal server", {})
// As far as anybody knows, Gmail may put a Received field on top of what it is given.
await onRehearsal("gmail that adds header fields", { byteExactRaw: false })
// Stores copies instead of joining them.
await onRehearsal("gmail by insert", {}, { method: "insert" })
