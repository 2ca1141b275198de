import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import {
  type Dovecot,
  type DovecotOptions,
  dovecotMissing,
  startDovecot
} from "@mailferry/testkit/Dovecot.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { Effect, Layer, Schema } from "effect"
import { ImapFlow } from "imapflow"
import { afterAll } from "vitest"

import { ImapDestinationAdapter } from "../src/ImapAdapter.ts"

const user = "conformance@example.net"

const layerOf = (job: typeof ImapDestinationAdapter.Config.Encoded) =>
  Layer.unwrap(
    Effect.map(
      Effect.orDie(Schema.decodeEffect(ImapDestinationAdapter.Config)(job)),
      ImapDestinationAdapter.layer
    )
  ).pipe(Layer.provide(TrustStoreMemory.layer))

/** What another client of the person's does to the account. */
const asAnotherClient = (dovecot: Dovecot, use: (client: ImapFlow) => Promise<unknown>) =>
  Effect.promise(async () => {
    const client = new ImapFlow({
      host: dovecot.host,
      port: dovecot.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass: dovecot.password },
      logger: false
    })
    await client.connect()
    await use(client)
    await client.logout()
  })

const onDovecot = async (
  name: string,
  options: DovecotOptions,
  security: "tls" | "starttls" | "none",
  skip: Record<string, string> = {}
) => {
  const missing = dovecotMissing()
  if (missing !== undefined) return destinationConformance(name, Layer.empty as never, { missing })
  const dovecot = await startDovecot(options)
  afterAll(() => dovecot.stop())
  const job = {
    host: dovecot.host,
    port: security === "tls" ? dovecot.tlsPort : dovecot.port,
    security,
    user,
    password: dovecot.password,
    certificate: dovecot.certificate
  }
  destinationConformance(name, layerOf(job), {
    skip,
    wrongSecret: layerOf({ ...job, password: "not the password" }),
    secrets: [dovecot.password],
    openSockets: Effect.promise(async () => {
      const who = await dovecot.doveadm("who", "-1")
      return who.split("\n").filter((line) => line.includes(user)).length
    }),
    expunge: ({ locator, mailbox }) =>
      asAnotherClient(dovecot, async (client) => {
        await client.mailboxOpen(mailbox.join("/"))
        await client.messageDelete(locator.replace(/^.*:/u, ""), { uid: true })
      }),
    renew: (mailbox) =>
      asAnotherClient(dovecot, async (client) => {
        await client.mailboxDelete(mailbox.join("/"))
        await client.mailboxCreate(mailbox.join("/"))
      })
  })
}

await onDovecot("imap on Dovecot, TLS", {}, "tls")
await onDovecot(
  "imap on a poor Dovecot, STARTTLS",
  { capability: "IMAP4rev1 STARTTLS", format: "sdbox", specialUse: false },
  "starttls"
)
