import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { newServerCertificate } from "@mailferry/rehearsal/server/ServerCertificate.ts"
import { Effect } from "effect"

import { imapScopes } from "../../src/auth/MicrosoftScopes.ts"
import { jobFor, type Job } from "./jobLayer.ts"

/** Shared by the servers of one file, since keys take time. */
const certificate = await newServerCertificate()

const graphScopes = "openid profile offline_access Mail.ReadWrite MailboxSettings.ReadWrite User.Read"

/** An account whose owner signed in for Graph and for IMAP, and the job for it. */
export const imapGranted = (options: RehearsalGraphOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = await RehearsalGraph.start({ imap: { certificate }, ...options })
      const directory = mkdtempSync(join(tmpdir(), "mailferry-o365-granted-"))
      const [pem, kept] = [join(directory, "server.pem"), join(directory, "kept.json")]
      writeFileSync(pem, certificate.certificate)
      const scope = `${graphScopes} ${imapScopes[0]}`
      // A grant is of a person to an application, and each token is for one of the two services.
      server.refreshToken({ scope: `offline_access ${imapScopes[0]}` })
      const credentials = {
        kind: "sign-in",
        client: server.clientId,
        tenant: "common",
        refresh_token: server.refreshToken(),
        account: server.user,
        scope,
        granted: "2026-11-20T10:00:00.000Z"
      }
      writeFileSync(kept, JSON.stringify(credentials), { mode: 0o600 })
      const { host, port } = server.imap
      const job: Job = {
        ...jobFor(server, { credentials: `file:${kept}` }),
        endpoint: { graph: server.url, authority: server.url, imap: { host, port, certificate: pem } }
      }
      return { server, job, directory }
    }),
    ({ directory, server }) =>
      Effect.promise(async () => {
        await server.stop()
        rmSync(directory, { recursive: true, force: true })
      })
  )
