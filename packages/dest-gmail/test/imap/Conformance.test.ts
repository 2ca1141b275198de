import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { openTcpSockets } from "@mailferry/testkit/OpenSockets.ts"
import { Effect } from "effect"
import { afterAll } from "vitest"

import { jobLayer } from "../support/jobLayer.ts"
import { startImapAccount } from "./imapJob.ts"

const { job, server, stop } = await startImapAccount()
afterAll(stop)
const { token: _, ...withoutToken } = job

destinationConformance("gmail by imap on the rehearsal server", jobLayer(job), {
  skip: {
    "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed":
      "cannot: a message id is good for as long as the message is there",
    "flags belong to each copy where placement is one-mailbox, to the message where it is labels":
      "cannot: the copies are one message under several labels, and flags are the message's",
    "a locator of an earlier life gives no other message":
      "cannot: a message id is good for as long as the message is there"
  },
  wrongSecret: jobLayer({ ...withoutToken, password: "not the password" }),
  secrets: [server.token, "not the password"],
  openSockets: openTcpSockets,
  expunge: ({ locator }) => Effect.sync(() => server.destroy(BigInt(`0x${locator}`).toString()))
})
