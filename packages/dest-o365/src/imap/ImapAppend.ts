import { type Mailbox, type MailboxPath, showPath, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import { MailboxRejected, MailError } from "@mailferry/core/MailError.ts"
import type { SystemFlag } from "@mailferry/core/Message.ts"
import { clampDate } from "@mailferry/imap/AppendWriter.ts"
import { makeImapflowAppendWriter } from "@mailferry/imap/ImapflowAppendWriter.ts"
import { makeImapMailboxes } from "@mailferry/imap/ImapMailboxes.ts"
import { makeImapPool } from "@mailferry/imap/ImapPool.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

import type { MicrosoftTokens } from "../auth/MicrosoftTokens.ts"
import type { O365Config } from "../O365Config.ts"
import { o365ImapAccess } from "./O365ImapAccess.ts"

export interface ImapAppendRequest {
  /** As Graph has it: names from under the root down, `["INBOX"]` for the inbox. */
  readonly path: MailboxPath
  /** Of that folder; by it IMAP finds Exchange's own folders, whatever they are called. */
  readonly specialUse: Option.Option<SpecialUse>
  /** `\Draft` makes a draft of it. Keywords Exchange does not take. */
  readonly flags: ReadonlySet<SystemFlag>
  readonly internalDate: DateTime.Utc
  readonly octets: Uint8Array
}

/**
 * IMAP beside Graph, for mail whose signature or seal Graph would break. One connection, made when first needed, and
 * made anew with a token of that time when it was lost.
 *
 * `AuthFailed` and `Fatal` say that IMAP cannot be had in this run, and do so at every further call without another
 * login: it is not granted, it is off for the mailbox or the tenant, or the mailbox is somebody else's.
 */
export interface ImapAppend {
  /** Logs in and looks at the folders. */
  readonly check: Effect.Effect<void, MailError>
  /**
   * Stores one received message. Nothing tells where: Graph finds it by its Message-ID. Not idempotent: after
   * `Transient(unknown)` it may be there. Fails with `MailboxRejected(missing)` when IMAP does not list the folder,
   * and with `(name)` where it has no name for it.
   */
  readonly append: (request: ImapAppendRequest) => Effect.Effect<void, MailError>
}

/** Exchange does not tell folders apart by case. */
const keyOf = (path: MailboxPath): string => JSON.stringify(path.map((level) => level.toLowerCase()))

/** The mailbox of a request. Exchange marks Archive with no attribute, so that its name counts first. */
const mailboxOf = (
  listed: ReadonlyArray<Mailbox>,
  { path, specialUse }: Pick<ImapAppendRequest, "path" | "specialUse">
): Mailbox | undefined => {
  const named = listed.find((mailbox) => keyOf(mailbox.path) === keyOf(path))
  if (Option.isNone(specialUse)) return named
  const used = listed.find((mailbox) => Option.contains(mailbox.specialUse, specialUse.value))
  return specialUse.value === "archive" ? (named ?? used) : (used ?? named)
}

/** Connects to nothing yet. */
export const makeImapAppend = Effect.fnUntraced(function* (
  config: Pick<O365Config, "endpoint" | "user">,
  tokens: Pick<MicrosoftTokens, "imap">
): Effect.fn.Return<ImapAppend, MailError, Scope.Scope> {
  const { access, hasRefusedToken, worked } = yield* o365ImapAccess(config, tokens)
  const pool = yield* makeImapPool(access, { connections: 1, readOnly: false })
  const { listMailboxes, wireName } = makeImapMailboxes(pool, {})
  const writer = makeImapflowAppendWriter(pool)
  let listed: ReadonlyArray<Mailbox> | undefined

  /** The one refresh that comes before AuthFailed (core/MailError.ts): the same login, with a token that is new. */
  const withNewToken = <A>(effect: Effect.Effect<A, MailError>) =>
    Effect.retry(effect, { times: 1, while: hasRefusedToken })

  const list = listMailboxes.pipe(
    withNewToken,
    Effect.tap((mailboxes) =>
      Effect.sync(() => {
        listed = mailboxes
      })
    ),
    Effect.tap(worked)
  )

  const fail = (reason: MailError["reason"]) =>
    Effect.fail(new MailError({ adapter: access.kind, operation: "append", reason }))

  /** Graph may have made it since the last look. */
  const found = Effect.fnUntraced(function* (request: ImapAppendRequest) {
    const mailbox = mailboxOf(listed ?? [], request) ?? mailboxOf(yield* list, request)
    if (mailbox !== undefined) return mailbox.path
    const name = JSON.stringify(showPath(request.path))
    return yield* request.path.some((level) => level.includes("/"))
      ? fail(new MailboxRejected({ why: "name", detail: `IMAP has no name for ${name}` }))
      : fail(new MailboxRejected({ why: "missing", detail: `IMAP does not list ${name}` }))
  })

  return {
    check: Effect.asVoid(list),
    append: Effect.fn("O365.imapAppend")(function* (request) {
      const name = yield* Effect.flatMap(found(request), (path) => wireName("append", path))
      const { flags, internalDate, octets } = request
      yield* writer
        .append({
          wireName: name,
          flags: [...flags],
          internalDate: clampDate(DateTime.toEpochMillis(internalDate)),
          bytes: octets,
          alone: true
        })
        .pipe(
          withNewToken,
          Effect.tap(worked),
          Effect.tapError(({ reason }) =>
            Effect.sync(() => {
              if (reason._tag === "MailboxRejected") listed = undefined
            })
          )
        )
    })
  }
})
