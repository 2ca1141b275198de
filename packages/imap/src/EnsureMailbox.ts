import type { NameRules } from "@mailferry/core/Capabilities.ts"
import type { MailboxPath, SpecialUse } from "@mailferry/core/Mailbox.ts"
import { MailboxRejected, MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { createWithUse, useAttribute } from "./CreateWithUse.ts"
import type { ImapPool } from "./ImapPool.ts"
import type { ImapSession } from "./ImapSession.ts"
import { listAll } from "./ListAll.ts"
import type { MailboxWire } from "./MailboxWire.ts"

const octetsOf = (level: string): number => Buffer.byteLength(level)

/** Why the rules forbid a level; none when they do not. */
const objection = (level: string, { maxLevelOctets, refused }: NameRules): string | undefined => {
  if (octetsOf(level) > maxLevelOctets) return `a level of a name holds ${maxLevelOctets} octets at most`
  return refused.find(({ pattern }) => pattern.test(level))?.why
}

const parentsOf = ([first, ...rest]: MailboxPath): ReadonlyArray<MailboxPath> =>
  rest.map((_, depth): MailboxPath => [first, ...rest.slice(0, depth)])

/**
 * Makes mailboxes, parents first: Cyrus refuses a child whose parent is missing. A mailbox that is there, or that
 * somebody else makes at the same moment, is as good as made.
 */
export const makeEnsureMailbox = (
  pool: ImapPool,
  wire: MailboxWire,
  names: NameRules,
  listed: ReadonlySet<string>
) => {
  /** Parents that were there once; a target is always asked for anew, since it may be gone. */
  const parents = new Set(listed)

  const folded = (name: string) => (names.caseInsensitive ? name.toLowerCase() : name)

  const rejected = (detail: string) =>
    new MailError({
      adapter: pool.access.kind,
      operation: "ensureMailbox",
      reason: new MailboxRejected({ why: "name", detail })
    })

  const wireNameOf = (path: MailboxPath): Effect.Effect<string, MailError> => {
    const why = path.map((level) => objection(level, names)).find((each) => each !== undefined)
    const name = wire.wireNameOf(path)
    if (why !== undefined) return Effect.fail(rejected(`"${path.join("/")}": ${why}`))
    return name === undefined
      ? Effect.fail(rejected(`${JSON.stringify(path)} cannot be a mailbox name on this server`))
      : Effect.succeed(name)
  }

  /** A server may say "exists" in words of its own: what counts is whether it lists the mailbox. */
  const isListed = (session: ImapSession, name: string) =>
    Effect.map(session.run("ensureMailbox", listAll), (entries) =>
      entries.some(({ path }) => folded(path) === folded(name))
    )

  const create = (session: ImapSession, name: string) =>
    session
      .run("ensureMailbox", (client) => client.mailboxCreate(name))
      .pipe(
        Effect.map(({ created }) => created),
        Effect.catchIf(
          ({ reason }) => reason._tag === "MailboxRejected" || reason._tag === "MessageRejected",
          (error) =>
            Effect.flatMap(isListed(session, name), (there) =>
              there ? Effect.succeed(false) : Effect.fail(error)
            )
        )
      )

  /** Some servers keep no subscriptions, and refuse. */
  const subscribe = (session: ImapSession, name: string) =>
    Effect.catchIf(
      session.run("ensureMailbox", (client) => client.mailboxSubscribe(name)),
      ({ reason }) => reason._tag !== "Transient" && reason._tag !== "Throttled",
      () => Effect.void
    )

  const createForUse = (name: string, use: SpecialUse) =>
    pool.use("ensureMailbox", "any", (session) => {
      const attribute = useAttribute(session, use)
      return attribute === undefined ? Effect.void : Effect.asVoid(createWithUse(session, name, attribute))
    })

  return Effect.fn("ImapDestination.ensureMailbox")(function* (
    path: MailboxPath,
    specialUse: Option.Option<SpecialUse>
  ): Effect.fn.Return<void, MailError> {
    const above = yield* Effect.forEach(parentsOf(path), wireNameOf)
    const name = yield* wireNameOf(path)
    yield* pool.use("ensureMailbox", "any", (session) =>
      Effect.gen(function* () {
        for (const parent of above) {
          if (parents.has(parent)) continue
          yield* create(session, parent)
          parents.add(parent)
        }
      })
    )
    if (Option.isSome(specialUse) && !parents.has(name)) yield* createForUse(name, specialUse.value)
    yield* pool.use("ensureMailbox", "any", (session) =>
      Effect.gen(function* () {
        const created = name !== "INBOX" && (yield* create(session, name))
        parents.add(name)
        // imapflow subscribes to what it creates.
        if (!created) yield* subscribe(session, name)
      })
    )
  })
}
