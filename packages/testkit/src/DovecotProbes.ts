import * as fs from "node:fs"

import type { StoredAt } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import * as Effect from "effect/Effect"

import type { Dovecot } from "./Dovecot.ts"
import { encodeModifiedUtf7 } from "./internal/mutf7.ts"
import { type ImapAccess, PlainImap } from "./internal/PlainImap.ts"
import { openTcpSockets } from "./OpenSockets.ts"
import { sampleMessage } from "./SampleMessage.ts"

/** How this process logs in to a private Dovecot as this user. */
export const dovecotAccess = (
  dovecot: Dovecot,
  user: string,
  security: ImapAccess["security"] = "none"
): ImapAccess => ({
  host: dovecot.host,
  port: security === "tls" ? dovecot.tlsPort : dovecot.port,
  security,
  ca: fs.readFileSync(dovecot.certificate, "utf8"),
  user,
  password: dovecot.password
})

/**
 * What the laws of either end may see and do to one user's account on Dovecot, through `doveadm`.
 * Locators are read as core spells them for IMAP: `<UIDVALIDITY>:<UID>`.
 */
export const dovecotProbes = (dovecot: Effect.Effect<Dovecot>, user: string) => {
  const doveadm = (...args: ReadonlyArray<string>) =>
    Effect.flatMap(dovecot, (server) => Effect.promise(() => server.doveadm(...args)))
  const name = (mailbox: MailboxPath) => mailbox.join("/")
  let lives = 0
  return {
    openSockets: openTcpSockets,
    expunge: ({ mailbox, locator }: StoredAt) => {
      const uid = locator.slice(locator.lastIndexOf(":") + 1)
      return Effect.asVoid(doveadm("expunge", "-u", user, "mailbox", name(mailbox), "uid", uid))
    },
    /** The messages stay. Any UIDVALIDITY above today's clock is one Dovecot has not given yet. */
    renew: (mailbox: MailboxPath) => {
      const uidValidity = String(4_000_000_000 + ++lives)
      const args = ["mailbox", "update", "-u", user, "--uid-validity", uidValidity, name(mailbox)]
      return Effect.asVoid(doveadm(...args))
    },
    deliver: (mailbox: MailboxPath) =>
      Effect.flatMap(dovecot, (server) =>
        Effect.promise(async () => {
          const client = await PlainImap.open(dovecotAccess(server, user))
          await client.append(encodeModifiedUtf7(name(mailbox)), "()", sampleMessage().bytes)
          await client.close()
        })
      ),
    /** The sum of HIGHESTMODSEQ and UIDNEXT (RFC 7162) over all mailboxes: any change raises it. */
    writes: Effect.map(
      doveadm("-f", "tab", "mailbox", "status", "-u", user, "uidnext highestmodseq", "*"),
      (table) =>
        table
          .split("\n")
          .slice(1)
          .flatMap((row) => row.split("\t").slice(1))
          .reduce((sum, column) => sum + Number(column), 0)
    )
  }
}
