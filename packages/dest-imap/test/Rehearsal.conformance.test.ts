import type { StoredAt } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { openTcpSockets } from "@mailferry/testkit/OpenSockets.ts"
import { Effect } from "effect"
import { afterAll } from "vitest"

import { jobLayer } from "./support/jobLayer.ts"

const onRehearsal = async (
  profile: "rich" | "poor" | "courier",
  wireName: (path: MailboxPath) => string,
  skip: Record<string, string> = {}
) => {
  const server = await RehearsalImapServer.start({ profile, security: "plain" })
  afterAll(() => server.stop())
  const { host, password, port, user } = server
  const job = { host, port, security: "none", user, password } as const
  const uid = ({ locator }: StoredAt) => Number(locator.slice(locator.lastIndexOf(":") + 1))
  destinationConformance(`imap on the ${profile} rehearsal server`, jobLayer(job), {
    skip,
    wrongSecret: jobLayer({ ...job, password: "not the password" }),
    secrets: [password],
    openSockets: openTcpSockets,
    expunge: (message) =>
      Effect.sync(() => {
        server.mailboxes.get(wireName(message.mailbox))?.remove(new Set([uid(message)]))
      }),
    renew: (mailbox) => Effect.sync(() => server.renumber(wireName(mailbox)))
  })
}

await onRehearsal("rich", (path) => path.join("/"))
await onRehearsal("poor", (path) => path.join("."))
await onRehearsal("courier", (path) => `INBOX.${path.join(".")}`)
