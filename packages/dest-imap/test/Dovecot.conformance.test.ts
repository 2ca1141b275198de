import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import { type DovecotOptions, dovecotMissing, startDovecot } from "@mailferry/testkit/Dovecot.ts"
import { dovecotProbes } from "@mailferry/testkit/DovecotProbes.ts"
import { Effect, Layer } from "effect"
import { afterAll } from "vitest"

import { jobLayer } from "./support/jobLayer.ts"

const user = "conformance@example.net"

const onDovecot = async (name: string, options: DovecotOptions, security: "tls" | "starttls") => {
  const missing = dovecotMissing()
  if (missing !== undefined) {
    return destinationConformance(name, Layer.effectDiscard(Effect.die(missing)) as never, { missing })
  }
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
  destinationConformance(name, jobLayer(job), {
    ...dovecotProbes(Effect.succeed(dovecot), user),
    wrongSecret: jobLayer({ ...job, password: "not the password" }),
    secrets: [dovecot.password]
  })
}

await onDovecot("imap on Dovecot, TLS", { format: "sdbox" }, "tls")
// IMAP4rev1 alone: no UIDPLUS, no LITERAL+, no NAMESPACE, no SPECIAL-USE.
await onDovecot("imap on a poor Dovecot", { capability: "IMAP4rev1", specialUse: false }, "starttls")
