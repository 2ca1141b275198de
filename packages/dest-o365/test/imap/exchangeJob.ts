import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { newServerCertificate } from "@mailferry/rehearsal/server/ServerCertificate.ts"
import { Effect, Option, Redacted, Schema } from "effect"

import type { AccessTokens, MicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { O365Config } from "../../src/O365Config.ts"

type Job = typeof O365Config.Encoded

/** A mailbox that is served by IMAP, and a job for it. */
interface ExchangeAccount {
  readonly server: RehearsalGraph
  readonly job: Job
  readonly stop: () => Promise<void>
}

/** Shared by the servers of one file, since keys take time. */
const certificate = await newServerCertificate()

export const startAccount = async (options: RehearsalGraphOptions = {}): Promise<ExchangeAccount> => {
  const server = await RehearsalGraph.start({ imap: { certificate }, ...options })
  const directory = await mkdtemp(join(tmpdir(), "mailferry-o365-imap-"))
  const file = join(directory, "server.pem")
  await writeFile(file, certificate.certificate)
  const { host, port, token } = server.imap
  return {
    server,
    job: {
      user: server.user,
      transport: "imap",
      token,
      endpoint: { graph: server.url, authority: server.url, imap: { host, port, certificate: file } }
    },
    stop: async () => {
      await server.stop()
      await rm(directory, { recursive: true })
    }
  }
}

/** An account for as long as the scope lasts. */
export const exchangeAccount = (options?: RehearsalGraphOptions) =>
  Effect.acquireRelease(
    Effect.promise(() => startAccount(options)),
    ({ stop }) => Effect.promise(stop)
  )

export const configOf = (job: Job) => Effect.orDie(Schema.decodeEffect(O365Config)(job))

/** What a sign-in gives that is for IMAP, too. */
export const granted = (tokens: AccessTokens): Pick<MicrosoftTokens, "imap"> => ({
  imap: Option.some(tokens)
})

/** These tokens, one after the other: each time one is refused the next is given, and the last over and over. */
export const tokensOf = (...values: ReadonlyArray<string>) => {
  let at = 0
  const current = Effect.sync(() => Redacted.make(values[at] ?? "none"))
  const next = Effect.sync(() => {
    at = Math.min(at + 1, values.length - 1)
  })
  const tokens: AccessTokens = { accessToken: current, refreshed: Effect.andThen(next, current) }
  return granted(tokens)
}
