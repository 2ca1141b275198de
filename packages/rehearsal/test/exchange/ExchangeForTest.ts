import { ImapFlow } from "imapflow"
import { onTestFinished } from "vitest"

import type { RehearsalGraphOptions } from "../../src/graph/GraphOptions.ts"
import { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { newServerCertificate } from "../../src/server/ServerCertificate.ts"
import { RawClient } from "../server/RawClient.ts"

/** Shared by the servers of one file, since keys take time. */
const certificate = await newServerCertificate()

/** An Exchange with its IMAP side, that ends with the test. */
export const startExchange = async (options: RehearsalGraphOptions = {}): Promise<RehearsalGraph> => {
  const server = await RehearsalGraph.start({ imap: { certificate }, ...options })
  onTestFinished(() => server.stop())
  return server
}

/** The first message of XOAUTH2. */
const initial = (user: string, token: string): string =>
  Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString("base64")

/** A client that has said who it is, and the line it got. */
export const authenticated = async (
  server: RehearsalGraph,
  { token = server.imap.token, user = server.user } = {}
): Promise<readonly [RawClient, string | undefined]> => {
  const client = await RawClient.openTls(server.imap)
  onTestFinished(() => client.close())
  client.write(`a AUTHENTICATE XOAUTH2 ${initial(user, token)}\r\n`)
  for (;;) {
    const line = await client.line()
    // A refusal is a challenge first, to be answered with nothing.
    if (line?.startsWith("+") === true) client.write("\r\n")
    else return [client, line?.replace(/^a /u, "")]
  }
}

export const loggedIn = async (server: RehearsalGraph): Promise<RawClient> => (await authenticated(server))[0]

/** imapflow, logged in. */
export const flow = async (server: RehearsalGraph): Promise<ImapFlow> => {
  const { host, port, certificate: ca, token } = server.imap
  const client = new ImapFlow({
    host,
    port,
    secure: true,
    tls: { ca },
    auth: { user: server.user, accessToken: token },
    logger: false,
    disableAutoIdle: true
  })
  client.on("error", () => {})
  await client.connect()
  onTestFinished(() => client.close())
  return client
}

/** A message of plain text of 2010, with CRLF. */
export const letter = (fields: Readonly<Record<string, string>> = {}, body = "Hello.\r\n"): string => {
  const all = {
    From: "Ann <ann@example.org>",
    To: "You <you@example.com>",
    Subject: "Hello",
    Date: "Tue, 02 Mar 2010 10:11:09 +0000",
    "Message-ID": "<one@example.org>",
    ...fields
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${head.join("")}\r\n${body}`
}
