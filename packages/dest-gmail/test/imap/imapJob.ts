import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  RehearsalImapServer,
  type RehearsalImapServerOptions
} from "@mailferry/rehearsal/RehearsalImapServer.ts"
import { gmail } from "@mailferry/rehearsal/server/gmail/GmailProfile.ts"
import { newServerCertificate } from "@mailferry/rehearsal/server/ServerCertificate.ts"
import type { ServerProfile } from "@mailferry/rehearsal/server/ServerProfile.ts"
import { Effect, Schema } from "effect"

import { GmailConfig } from "../../src/GmailConfig.ts"
import { connectGmailImap } from "../../src/imap/GmailImap.ts"
import type { Job } from "../support/jobLayer.ts"

/** A server like Gmail's, and a job for its one account. */
interface ImapAccount {
  readonly server: RehearsalImapServer
  readonly job: Job
  readonly stop: () => Promise<void>
}

/** Shared by the servers of one file, since keys take time. */
const certificate = await newServerCertificate()

type Secrets = Pick<RehearsalImapServerOptions, "password" | "token">

export const startImapAccount = async (
  profile: ServerProfile = gmail,
  secrets: Secrets = {}
): Promise<ImapAccount> => {
  const user = "you@gmail.com"
  const server = await RehearsalImapServer.start({ profile, security: "tls", user, certificate, ...secrets })
  const directory = await mkdtemp(join(tmpdir(), "mailferry-gmail-imap-"))
  const file = join(directory, "server.pem")
  await writeFile(file, server.certificate)
  const { host, port, token } = server
  return {
    server,
    job: { user, transport: "imap", token, endpoint: { imap: { host, port, certificate: file } } },
    stop: async () => {
      await server.stop()
      await rm(directory, { recursive: true })
    }
  }
}

/** The destination of a job, connected for as long as the scope lasts. */
export const connect = (job: Job) =>
  Effect.flatMap(Effect.orDie(Schema.decodeEffect(GmailConfig)(job)), connectGmailImap)

/** An account as long as the scope lasts. */
export const imapAccount = (profile?: ServerProfile, secrets?: Secrets) =>
  Effect.acquireRelease(
    Effect.promise(() => startImapAccount(profile, secrets)),
    ({ stop }) => Effect.promise(stop)
  )

/** The same job with a sign-in in a file, as `auth login` leaves one, in place of a bearer token. */
export const signedIn = (job: Job, tokenUrl: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const directory = await mkdtemp(join(tmpdir(), "mailferry-gmail-sign-in-"))
        const file = join(directory, "credentials.json")
        const user = { type: "authorized_user", client_id: "id", client_secret: "secret", refresh_token: "r" }
        await writeFile(file, JSON.stringify(user), { mode: 0o600 })
        return { directory, file }
      }),
      ({ directory }) => Effect.promise(() => rm(directory, { recursive: true }))
    ),
    ({ file }): Job => {
      const { token: _, ...rest } = job
      return { ...rest, credentials: `file:${file}`, endpoint: { ...rest.endpoint, token: tokenUrl } }
    }
  )
