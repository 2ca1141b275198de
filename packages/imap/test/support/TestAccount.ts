import type { Dovecot } from "@mailferry/testkit/Dovecot.ts"
import { Effect, Redacted } from "effect"
import { ImapFlow } from "imapflow"

import type { ImapAccess } from "../../src/ImapAccess.ts"
import { type PoolOptions, makeImapPool } from "../../src/ImapPool.ts"
import { makeImapReader, type ReaderHooks } from "../../src/ImapReader.ts"

let users = 0

/** An account of its own on a Dovecot, empty at first. */
export const newAccount = (dovecot: Dovecot, changes: Partial<ImapAccess> = {}): ImapAccess => ({
  kind: "imap",
  account: "test account",
  host: dovecot.host,
  port: dovecot.port,
  security: "none",
  user: `user${++users}@example.net`,
  credentials: { _tag: "Password", password: Redacted.make(dovecot.password) },
  ...changes
})

/** A server on this machine that takes any password. */
export const accessTo = (port: number): ImapAccess => ({
  kind: "imap",
  account: "test account",
  host: "127.0.0.1",
  port,
  security: "none",
  user: "you@example.net",
  credentials: { _tag: "Password", password: Redacted.make("any") }
})

/** Another client on the account: what a person's mail program does, and how tests put mail there. */
export const withClient = async <A>(
  access: ImapAccess,
  use: (client: ImapFlow) => Promise<A>
): Promise<A> => {
  const pass = access.credentials._tag === "Password" ? Redacted.value(access.credentials.password) : ""
  const client = new ImapFlow({
    host: access.host,
    port: access.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: access.user, pass },
    logger: false,
    disableAutoIdle: true
  })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.logout()
  }
}

export const poolOf = (access: ImapAccess, options: Partial<PoolOptions> = {}) =>
  makeImapPool(access, { connections: 4, readOnly: true, ...options })

export const readerOf = (access: ImapAccess, hooks: ReaderHooks = {}) =>
  Effect.map(poolOf(access), (pool) => makeImapReader(pool, hooks))

export const first = <A>(list: ReadonlyArray<A>): A => {
  for (const each of list) return each
  throw new Error("the list is empty")
}
