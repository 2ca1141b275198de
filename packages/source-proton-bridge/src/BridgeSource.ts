import type { Mailbox } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MailError, type MailErrorReason } from "@mailferry/core/MailError.ts"
import type { TrustStore } from "@mailferry/core/TrustStore.ts"
import type { ImapAccess } from "@mailferry/imap/ImapAccess.ts"
import { type ImapPool, makeImapPool } from "@mailferry/imap/ImapPool.ts"
import { makeImapReader, type ReaderHooks } from "@mailferry/imap/ImapReader.ts"
import type { ListLine } from "@mailferry/imap/SpecialUse.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

import type { BridgeConfig } from "./BridgeConfig.ts"
import { bridgeReason, stillStarting, withSuspicions } from "./BridgeErrors.ts"
import { bridgeKeywords, identityFields, receivedAt, stableIdOf, withoutGluonId } from "./BridgeIdentity.ts"
import { lintBridge } from "./BridgeLint.ts"
import { makeBridgeLocation } from "./BridgeLocation.ts"
import { allMail, bridgeWire, lacksInbox, mailboxOf } from "./BridgeMailboxes.ts"
import type { FoundBridge } from "./BridgeProbe.ts"
import { withoutInternalReference } from "./InternalReference.ts"

export const kind = "proton-bridge"

const failed =
  (operation: MailError["operation"]) =>
  (reason: MailErrorReason): MailError =>
    new MailError({ adapter: kind, operation, reason })

/** How to log in to the Bridge that was found. */
export const accessTo =
  (config: BridgeConfig) =>
  (bridge: FoundBridge): ImapAccess => ({
    kind,
    account: `${config.user} in Proton Mail Bridge`,
    host: bridge.host,
    port: bridge.port,
    security: bridge.security,
    user: config.user,
    credentials: { _tag: "Password", password: config.password },
    certificates: [bridge.certificate],
    fingerprints: new Set([bridge.fingerprint]),
    // AUTHENTICATE came with 3.16, can be switched off by Proton, and says nothing that LOGIN does not.
    loginMethod: "LOGIN",
    // A Bridge that jails failed logins lets everybody wait, and a busy one takes up to a minute.
    loginTimeout: Duration.seconds(90),
    reasonOf: (failure) => {
      const reason = bridgeReason(failure)
      return reason && withSuspicions(reason, lintBridge(config))
    }
  })

/** All Mail, when it is switched off in LIST: EXAMINE opens it all the same. None when Bridge really lacks it. */
const hiddenAllMail = (pool: ImapPool): Effect.Effect<Option.Option<Mailbox>, MailError> =>
  pool
    .use("listMailboxes", { mailbox: allMail.path[0] }, (session) =>
      session.open("listMailboxes", allMail.path[0])
    )
    .pipe(
      Effect.as(Option.some(allMail)),
      Effect.catchIf(isMissing, ({ reason }) =>
        Effect.as(
          Effect.logWarning(
            `Bridge has no mailbox "All Mail" (${reason.detail}): mail that no other mailbox shows cannot be found`
          ),
          Option.none<Mailbox>()
        )
      )
    )

const isMissing = ({ reason }: MailError): boolean =>
  reason._tag === "MailboxRejected" && reason.why === "missing"

const mailboxesOf = Effect.fnUntraced(function* (
  pool: ImapPool,
  lines: ReadonlyArray<ListLine>
): Effect.fn.Return<ReadonlyArray<Mailbox>, MailError> {
  const listed = lines.flatMap((line) => Option.toArray(mailboxOf(line)))
  if (lacksInbox(listed)) return yield* failed("listMailboxes")(stillStarting("it lists no INBOX yet"))
  if (listed.some(({ role }) => role === "everything")) return listed
  return [...listed, ...Option.toArray(yield* hiddenAllMail(pool))]
})

const hooksFor = (config: BridgeConfig, pool: ImapPool): ReaderHooks => ({
  wire: bridgeWire,
  mailboxesOf: (lines) => mailboxesOf(pool, lines),
  headerFields: identityFields,
  summaryOf: ({ header, internalDate }) => ({
    stableId: stableIdOf(header),
    messageId: Option.filter(header("Message-Id"), (value) => value !== ""),
    internalDate: receivedAt(internalDate, header)
  }),
  flagsOf: ({ flags, keywords }) => ({ flags, keywords: bridgeKeywords(keywords) }),
  octetsOf: (octets) => {
    const kept = config.keepGluonId ? octets : withoutGluonId(octets)
    return config.dropInternalReference ? withoutInternalReference(kept) : kept
  }
})

/**
 * The account behind a Bridge, read only: mailboxes are opened by EXAMINE and bodies read by BODY.PEEK, so nothing changes at
 * Proton. Finds Bridge, checks its certificate, and logs in once before it returns.
 */
export const makeBridgeSource = Effect.fnUntraced(function* (
  config: BridgeConfig
): Effect.fn.Return<MailboxReader, MailError, Scope.Scope | TrustStore> {
  const location = yield* Effect.mapError(makeBridgeLocation(config), failed("connect"))
  const locate = Effect.mapBoth(location.bridge, {
    onSuccess: accessTo(config),
    onFailure: failed("connect")
  })
  const pool = yield* makeImapPool(yield* locate, { connections: config.connections, readOnly: true, locate })
  yield* pool.use("connect", "any", () => Effect.void)
  yield* location.pin
  const reader = makeImapReader(pool, hooksFor(config, pool))

  // While Bridge starts, or starts over after a resync, no mailbox exists: that is no reason to give one up.
  const unlessStarting = <A>(call: Effect.Effect<A, MailError>): Effect.Effect<A, MailError> =>
    Effect.catchIf(call, isMissing, (error) => Effect.andThen(reader.listMailboxes, Effect.fail(error)))

  return {
    kind: reader.kind,
    account: reader.account,
    listMailboxes: reader.listMailboxes,
    list: (mailbox, from) => unlessStarting(reader.list(mailbox, from)),
    end: (mailbox) => unlessStarting(reader.end(mailbox)),
    describe: (mailbox, locators) => unlessStarting(reader.describe(mailbox, locators)),
    glimpse: (mailbox, locator) => unlessStarting(reader.glimpse(mailbox, locator)),
    fetch: (mailbox, locator) => unlessStarting(reader.fetch(mailbox, locator))
  }
})
