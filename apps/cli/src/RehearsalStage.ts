import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { bridgeScoped } from "@mailferry/rehearsal/RehearsalBridgeScoped.ts"
import * as Effect from "effect/Effect"
import { stringify } from "yaml"

import { loadRehearsal, type RehearsalKind, rehearsalSource } from "./Registry.ts"

const directoryScoped = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mailferry-rehearsal-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

/** Both rehearsal servers on a sample mailbox, and a directory of their own with a job file that leads to them. */
export const rehearsalStage = Effect.fnUntraced(function* (to: RehearsalKind, serve: boolean) {
  const { rehearsal } = yield* Effect.promise(loadRehearsal[to])
  const account = rehearsal.account()
  const bridge = yield* bridgeScoped(account)
  const directory = yield* directoryScoped
  const inDirectory = (name: string) => join(directory, name)
  const destination = yield* rehearsal.open({ directory, serve })
  const jobFile = inDirectory("job.yaml")
  const job = {
    source: {
      kind: rehearsalSource,
      user: bridge.user,
      port: bridge.port,
      password: "file:source-password"
    },
    destination: { kind: to, ...destination.config },
    rules: destination.rules
  }
  yield* Effect.sync(() => {
    writeFileSync(inDirectory("source-password"), bridge.password, { mode: 0o600 })
    writeFileSync(jobFile, stringify(job))
  })
  return { account, bridge, destination, directory, jobFile, state: inDirectory("state") }
})

export type RehearsalStage = Effect.Success<ReturnType<typeof rehearsalStage>>
