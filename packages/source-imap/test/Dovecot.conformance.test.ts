import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { Source } from "@mailferry/core/Source.ts"
import { type DovecotOptions, dovecotMissing, startDovecot } from "@mailferry/testkit/Dovecot.ts"
import { dovecotAccess, dovecotProbes } from "@mailferry/testkit/DovecotProbes.ts"
import { fillMailboxes } from "@mailferry/testkit/FillMailboxes.ts"
import { sampleMessage } from "@mailferry/testkit/SampleMessage.ts"
import { sourceConformance } from "@mailferry/testkit/SourceConformance.ts"
import * as TrustStoreMemory from "@mailferry/testkit/TrustStoreMemory.ts"
import { DateTime, Effect, Layer, Schema } from "effect"
import { afterAll } from "vitest"

import { ImapSourceAdapter } from "../src/ImapSourceAdapter.ts"

const user = "source@example.net"
const long: MailboxPath = ["Büro & more", "long"]
const scratch: MailboxPath = ["scratch"]

const jobLayer = (job: typeof ImapSourceAdapter.Config.Encoded): Layer.Layer<Source, MailError> =>
  Layer.unwrap(
    Effect.map(Effect.orDie(Schema.decodeEffect(ImapSourceAdapter.Config)(job)), ImapSourceAdapter.layer)
  ).pipe(Layer.provide(TrustStoreMemory.layer))

const cannot = {
  "an account that is still starting is Transient, never empty": "cannot: Dovecot always has an INBOX",
  "a message that cannot be read is MessageRejected(unreadable), its neighbours are read, and glimpse answers":
    "cannot: Dovecot reads what it has; packages/imap has servers that do not",
  "a message has the same stable id in every mailbox that shows it":
    "cannot: on plain IMAP every stored copy is a message of its own"
}

const onDovecot = async (name: string, options: DovecotOptions) => {
  const missing = dovecotMissing()
  if (missing !== undefined) {
    return sourceConformance(name, Layer.effectDiscard(Effect.die(missing)) as never, { missing })
  }
  const dovecot = await startDovecot(options)
  afterAll(() => dovecot.stop())
  const sample = sampleMessage()
  const known = {
    mailbox: ["Work", "2019"] as const,
    messageId: sample.messageId,
    bytes: sample.bytes,
    internalDate: DateTime.makeUnsafe("2019-03-31T01:30:00Z"),
    flags: new Set(["\\Flagged", "\\Answered"] as const),
    keywords: new Set(["$Forwarded"])
  }
  await fillMailboxes(dovecotAccess(dovecot, user), [
    { path: ["Work"] },
    {
      path: known.mailbox,
      messages: [
        { bytes: sampleMessage().bytes },
        { ...known, flags: [...known.flags], keywords: [...known.keywords] },
        { bytes: sampleMessage().bytes, flags: ["\\Seen"] }
      ]
    },
    { path: ["Büro & more"] },
    { path: long, messages: Array.from({ length: 1050 }, () => ({ bytes: sampleMessage().bytes })) },
    { path: scratch }
  ])
  const job = {
    host: dovecot.host,
    port: dovecot.tlsPort,
    user,
    password: dovecot.password,
    certificate: dovecot.certificate
  }
  sourceConformance(name, jobLayer(job), {
    ...dovecotProbes(Effect.succeed(dovecot), user),
    skip: cannot,
    wrongSecret: jobLayer({ ...job, password: "not the password" }),
    secrets: [dovecot.password],
    long: { mailbox: long, messages: 1050 },
    known,
    scratch
  })
}

await onDovecot("imap on Dovecot", { format: "sdbox" })
