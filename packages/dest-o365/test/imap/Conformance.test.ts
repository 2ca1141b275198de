import { Destination } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { openTcpSockets } from "@mailferry/testkit/OpenSockets.ts"
import { Effect, Layer } from "effect"
import { afterAll } from "vitest"

import { connectO365Imap } from "../../src/imap/O365Imap.ts"
import { configOf, startAccount, tokensOf } from "./exchangeJob.ts"

const { job, server, stop } = await startAccount()
afterAll(stop)

const layerWith = (token: string) =>
  Layer.effect(
    Destination,
    Effect.flatMap(configOf(job), (config) => connectO365Imap(config, tokensOf(token)))
  )

const nameOf = (path: MailboxPath): string => path.join("/")

destinationConformance("o365 by imap on the rehearsal Exchange", layerWith(server.imap.token), {
  skip: {
    "a Message-ID that is folded, in capitals, or missing is told as such":
      "cannot: Exchange gives every message a Message-ID"
  },
  wrongSecret: layerWith("not the token"),
  secrets: [server.imap.token, "not the token"],
  openSockets: openTcpSockets,
  expunge: ({ locator, mailbox }) =>
    Effect.sync(() => {
      const uid = Number(locator.split(":")[1])
      server.imap.mailboxes.get(nameOf(mailbox))?.remove(new Set([uid]))
    }),
  renew: (mailbox) => Effect.sync(() => server.imap.renumber(nameOf(mailbox)))
})
