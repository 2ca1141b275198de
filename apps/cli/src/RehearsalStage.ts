import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import { bridgeScoped } from "@mailferry/rehearsal/RehearsalBridgeScoped.ts"
import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import * as Effect from "effect/Effect"
import { stringify } from "yaml"

import { rehearsalKinds } from "./Registry.ts"

const directoryScoped = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mailferry-rehearsal-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

/** Both rehearsal servers on a sample mailbox, and a directory of their own with a job file that leads to them. */
export const rehearsalStage = Effect.gen(function* () {
  const account: ProtonAccount = sampleMailbox()
  const bridge = yield* bridgeScoped(account)
  const server = yield* imapServerScoped({ security: "tls" })
  const directory = yield* directoryScoped
  const inDirectory = (name: string) => join(directory, name)
  const jobFile = inDirectory("job.yaml")
  const job = {
    source: {
      kind: rehearsalKinds.source,
      user: bridge.user,
      port: bridge.port,
      password: "file:source-password"
    },
    destination: {
      kind: rehearsalKinds.destination,
      host: server.host,
      port: server.port,
      user: server.user,
      password: "file:destination-password",
      certificate: inDirectory("destination.pem")
    }
  }
  yield* Effect.sync(() => {
    writeFileSync(inDirectory("source-password"), bridge.password, { mode: 0o600 })
    writeFileSync(inDirectory("destination-password"), server.password, { mode: 0o600 })
    writeFileSync(inDirectory("destination.pem"), server.certificate)
    writeFileSync(jobFile, stringify(job))
  })
  return { account, bridge, server, directory, jobFile, state: inDirectory("state") }
})

export type RehearsalStage = Effect.Success<typeof rehearsalStage>
