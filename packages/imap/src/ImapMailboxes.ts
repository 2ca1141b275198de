import { type Mailbox, type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailboxRejected, MailError, type Operation, Transient } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { ImapPool } from "./ImapPool.ts"
import type { ImapSession } from "./ImapSession.ts"
import { listAll } from "./ListAll.ts"
import { isForeign, type MailboxWire, wireOf } from "./MailboxWire.ts"
import { isSelectable, type ListLine, specialUses } from "./SpecialUse.ts"

/** What an adapter may know better than LIST and NAMESPACE. */
export interface MailboxHooks {
  /** Names to paths, where delimiter and namespace do not tell all. */
  readonly wire?: MailboxWire
  /** What LIST showed, selectable or not, and be it nothing at all, to the mailboxes of the account. */
  readonly mailboxesOf?: (lines: ReadonlyArray<ListLine>) => Effect.Effect<ReadonlyArray<Mailbox>, MailError>
}

export interface ImapMailboxes extends Pick<MailboxReader, "listMailboxes"> {
  readonly wire: Effect.Effect<MailboxWire, MailError>
  /** The wire name of a path; fails with `MailboxRejected(name)` where it has none. */
  readonly wireName: (operation: Operation, path: MailboxPath) => Effect.Effect<string, MailError>
  /** Does something on a session that has this mailbox open, or is the one to open it. */
  readonly inMailbox: <A>(
    operation: Operation,
    path: MailboxPath,
    body: (session: ImapSession, name: string) => Effect.Effect<A, MailError>
  ) => Effect.Effect<A, MailError>
}

const mailboxesOf = (lines: ReadonlyArray<ListLine>, wire: MailboxWire): ReadonlyArray<Mailbox> => {
  const selectable = lines.filter(isSelectable)
  const uses = specialUses(selectable, ({ name }) => {
    const path = wire.pathOf(name)
    return path.length === 1 ? path[0] : undefined
  })
  const mailboxes = selectable.map(({ name }): Mailbox => {
    const path = wire.pathOf(name)
    const specialUse = Option.fromUndefinedOr(uses.get(name))
    const role = Option.contains(specialUse, "all")
      ? "everything"
      : Option.contains(specialUse, "flagged")
        ? "starred"
        : "home"
    return { path, specialUse, role, proposed: path }
  })
  // Some servers list INBOX twice, once in its place and once because it is INBOX.
  return [...new Map(mailboxes.map((mailbox) => [pathKey(mailbox.path), mailbox])).values()]
}

/** The mailboxes of an account by path, and the names the server knows them by. */
export const makeImapMailboxes = (pool: ImapPool, hooks: MailboxHooks): ImapMailboxes => {
  let known = hooks.wire

  const fail = (operation: Operation, reason: MailError["reason"]) =>
    Effect.fail(new MailError({ adapter: pool.access.kind, operation, reason }))

  const lines = pool.use("listMailboxes", "any", (session: ImapSession) =>
    Effect.map(session.run("listMailboxes", listAll), (entries) => {
      const listed = entries
        .filter(({ path }) => path !== "" && !isForeign(session.client, path))
        .map(({ flags, path }): ListLine => ({ name: path, attributes: flags }))
      known ??= wireOf(session.client, listed, entries.find(({ delimiter }) => delimiter)?.delimiter)
      return listed
    })
  )

  const wire: ImapMailboxes["wire"] = Effect.suspend(() =>
    known === undefined ? Effect.flatMap(lines, () => wire) : Effect.succeed(known)
  )

  const wireName: ImapMailboxes["wireName"] = (operation, path) =>
    Effect.flatMap(wire, ({ wireNameOf }) => {
      const name = wireNameOf(path)
      const detail = `${JSON.stringify(path)} cannot be a mailbox name on this server`
      return name === undefined
        ? fail(operation, new MailboxRejected({ why: "name", detail }))
        : Effect.succeed(name)
    })

  return {
    wire,
    wireName,
    inMailbox: (operation, path, body) =>
      Effect.flatMap(wireName(operation, path), (name) =>
        pool.use(operation, { mailbox: name }, (session) => body(session, name))
      ),
    listMailboxes: Effect.gen(function* () {
      const listed = yield* lines
      if (hooks.mailboxesOf !== undefined) return yield* hooks.mailboxesOf(listed)
      if (listed.length === 0) {
        const detail = "the server lists no mailbox, not even INBOX"
        return yield* fail("listMailboxes", new Transient({ detail, applied: "no" }))
      }
      return mailboxesOf(listed, yield* wire)
    })
  }
}
