import { onTestFinished } from "vitest"

import { RehearsalImapServer, type RehearsalImapServerOptions } from "../../src/RehearsalImapServer.ts"
import { newServerCertificate } from "../../src/server/ServerCertificate.ts"
import { RawClient } from "./RawClient.ts"

/** Shared by the servers of one file, since keys take time. */
const certificate = await newServerCertificate()

/** A server that stops when the test is over. */
export const startServer = async (options: RehearsalImapServerOptions = {}): Promise<RehearsalImapServer> => {
  const server = await RehearsalImapServer.start({ certificate, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** A client that is logged in, and gone when the test is over. */
export const loggedIn = async (server: RehearsalImapServer): Promise<RawClient> => {
  const client = await RawClient.login(server)
  onTestFinished(() => client.close())
  return client
}

/** A server of this kind with one client logged in. */
export const started = async (
  options: RehearsalImapServerOptions = {}
): Promise<readonly [RehearsalImapServer, RawClient]> => {
  const server = await startServer(options)
  return [server, await loggedIn(server)]
}

/** A short message with this Message-ID. */
export const mail = (id: string, body = "Hello.\r\n"): string =>
  `Message-ID: <${id}>\r\nSubject: ${id}\r\n\r\n${body}`
