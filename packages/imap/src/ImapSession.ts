import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from "node:tls"

import {
  MailError,
  type MailErrorReason,
  MailboxRejected,
  type Operation,
  Transient
} from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { ImapFlow, type ImapFlowOptions } from "imapflow"

import type { ImapAccess } from "./ImapAccess.ts"
import { imapReason } from "./ImapErrors.ts"
import { type ImapFailure, failureOf } from "./ImapFailure.ts"
import { certificateChanged } from "./ImapSocketErrors.ts"
import { listAll } from "./ListAll.ts"
import { SessionLog } from "./SessionLog.ts"

/** The mailbox a session has open. */
export interface OpenMailbox {
  readonly wireName: string
  readonly readOnly: boolean
  /** UIDVALIDITY as text; `0` where the server has none. */
  readonly epoch: string
  /** UIDs from here on are not given yet, as far as this session has heard. None where the server does not say. */
  readonly uidNext: number | undefined
  readonly exists: number
  /** None: any flag may be stored (RFC 9051 section 7.1, PERMANENTFLAGS). */
  readonly permanentFlags: ReadonlySet<string> | undefined
}

export interface RunOptions {
  /**
   * For a command that stores something: from this many octets written on, its outcome is unknown when the connection
   * dies. A BAD to such a command ends the session: after one to a non-synchronising literal, Dovecot goes on to
   * execute the literal's lines as commands.
   */
  readonly unknownFromOctets?: number
}

/** One logged-in connection. Commands run one after the other; an interrupted one closes the connection. */
export interface ImapSession {
  /** The adapter's kind, for errors. */
  readonly kind: string
  /** Whether it may open mailboxes by EXAMINE only. */
  readonly readOnly: boolean
  readonly client: ImapFlow
  readonly isAlive: () => boolean
  /** The mailbox that is open now. */
  readonly opened: () => OpenMailbox | undefined
  /**
   * Runs imapflow commands. Commands that imapflow fails by resolving `false` (STORE, COPY, SEARCH, APPEND) fail
   * with what the server said.
   */
  readonly run: <A>(
    operation: Operation,
    command: (client: ImapFlow) => Promise<A>,
    options?: RunOptions
  ) => Effect.Effect<Exclude<A, false | undefined>, MailError>
  /** Opens a mailbox unless it is open already: EXAMINE, or SELECT when `write`. `fresh` opens it again, to see it as it is now. */
  readonly open: (
    operation: Operation,
    wireName: string,
    options?: { readonly write?: boolean; readonly fresh?: boolean }
  ) => Effect.Effect<OpenMailbox, MailError>
  /** Lets the server tell what has come and gone in the open mailbox (RFC 9051 section 6.1.2, NOOP). */
  readonly refresh: (operation: Operation) => Effect.Effect<void, MailError>
  /** Leaves no mailbox open, and expunges none. */
  readonly leave: (operation: Operation) => Effect.Effect<void, MailError>
  /** Whether the last command's answer held lines that could not be parsed, and so were lost. */
  readonly lostLines: () => boolean
  readonly close: () => void
}

/** Longest wait for the connection, and then for the greeting: only the login may take longer. */
const patience = Duration.seconds(30)

const tlsOf = ({ certificates, fingerprints }: ImapAccess): ConnectionOptions => ({
  rejectUnauthorized: true,
  minVersion: "TLSv1.2",
  // A server's own certificate is a trust anchor too, though no CA; Node wants to be told.
  ...(certificates === undefined ? {} : { ca: [...certificates], allowPartialTrustChain: true }),
  checkServerIdentity: (name: string, shown: PeerCertificate) => {
    if (fingerprints === undefined) return checkServerIdentity(name, shown)
    return fingerprints.has(shown.fingerprint256)
      ? undefined
      : Object.assign(new Error(`the server shows the certificate ${shown.fingerprint256}`), {
          code: certificateChanged
        })
  }
})

const optionsOf = (
  access: ImapAccess,
  secret: Redacted.Redacted,
  log: SessionLog,
  timeout: Duration.Duration
): ImapFlowOptions => ({
  host: access.host,
  port: access.port,
  secure: access.security === "tls",
  ...(access.security === "tls" ? {} : { doSTARTTLS: access.security === "starttls" }),
  ...(access.servername === undefined ? {} : { servername: access.servername }),
  tls: tlsOf(access),
  auth: {
    user: access.user,
    ...(access.credentials._tag === "Token"
      ? { accessToken: Redacted.value(secret) }
      : { pass: Redacted.value(secret) }),
    ...(access.loginMethod === undefined ? {} : { loginMethod: access.loginMethod })
  },
  clientInfo: { name: "mailferry", version: "", vendor: "mailferry", "support-url": "" },
  logger: log,
  disableAutoIdle: true,
  disableCompression: true,
  // Nothing ENABLE brings is used here: modified UTF-7 serves every rev1 server, and UTF8=ACCEPT would change what
  // APPEND may carry (RFC 6855 section 4).
  disableAutoEnable: true,
  disableIMAP4rev2: true,
  connectionTimeout: Duration.toMillis(Duration.min(timeout, patience)),
  greetingTimeout: Duration.toMillis(Duration.min(timeout, patience))
})

const secretOf = ({ credentials, kind }: ImapAccess): Effect.Effect<Redacted.Redacted, MailError> =>
  credentials._tag === "Password"
    ? Effect.succeed(credentials.password)
    : Effect.mapError(
        credentials.token,
        (reason) => new MailError({ adapter: kind, operation: "connect", reason })
      )

/**
 * Connects, verifies the certificate, logs in. The scope closes the socket. Fails with `AuthFailed` only when the
 * server refused the credentials.
 */
export const openImapSession = Effect.fnUntraced(function* (
  access: ImapAccess,
  { readOnly }: { readonly readOnly: boolean }
): Effect.fn.Return<ImapSession, MailError, Scope.Scope> {
  const log = new SessionLog()
  const timeout = access.loginTimeout ?? Duration.seconds(90)
  const secret = yield* secretOf(access)
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => new ImapFlow(optionsOf(access, secret, log, timeout)).on("error", () => {})),
    (client) => Effect.sync(() => client.close())
  )
  // Not at once: imapflow starts its sleep after this call, and only then does closing wake it.
  log.onThrottle = () => client.closeAfter()
  let open: OpenMailbox | undefined
  let listed: ReadonlySet<string> = new Set()

  const failed = (operation: Operation, reason: MailErrorReason) =>
    new MailError({ adapter: access.kind, operation, reason })
  const judge = (failure: ImapFailure): MailErrorReason => access.reasonOf?.(failure) ?? imapReason(failure)

  const run: ImapSession["run"] = <A>(
    operation: Operation,
    command: (client: ImapFlow) => Promise<A>,
    { unknownFromOctets }: RunOptions = {}
  ) =>
    Effect.suspend(() => {
      log.clear()
      const before = client.stats().sent
      const explain = (error: unknown): ImapFailure | undefined =>
        // imapflow sleeps before it hands on such an answer; woken by our closing, it says only that it was closed.
        failureOf(log.throttled ?? error, {
          operation,
          applied:
            unknownFromOctets !== undefined && client.stats().sent - before >= unknownFromOctets
              ? "unknown"
              : "no",
          bye: client.byeReason,
          throttledFor: log.throttledFor
        })
      return Effect.tryPromise({ try: () => command(client), catch: (error) => ({ error }) }).pipe(
        Effect.flatMap((value) =>
          value === false || value === undefined
            ? Effect.fail({ error: log.refusal })
            : Effect.succeed(value as Exclude<A, false | undefined>)
        ),
        Effect.catch(({ error }) => {
          // A command imapflow would not send, because the session is gone, resolves empty and logs nothing.
          if (error === undefined) {
            client.close()
            return Effect.fail(
              failed(operation, new Transient({ detail: "the connection was lost", applied: "no" }))
            )
          }
          const failure = explain(error)
          if (failure?.status === "BAD" && unknownFromOctets !== undefined) client.close()
          return failure === undefined ? Effect.die(error) : Effect.fail(failed(operation, judge(failure)))
        }),
        Effect.onInterrupt(() => Effect.sync(() => client.close()))
      )
    })

  const openMailbox: ImapSession["open"] = (operation, wireName, { fresh = false, write = false } = {}) =>
    Effect.suspend(() => {
      if (write && readOnly) return Effect.die("a read-only pool opens mailboxes by EXAMINE only")
      if (open?.wireName === wireName && (!write || !open.readOnly) && !fresh)
        return Effect.succeed(current(open))
      open = undefined
      // Whatever it is for, a refusal concerns the mailbox and not a message in it.
      return run("list", async (client) => {
        if (!listed.has(wireName)) {
          // imapflow sends LIST and LSUB for each mailbox it has not seen listed; one LIST of all spares it most of them.
          listed = new Set((await listAll(client)).map(({ path }) => path))
        }
        return client.mailboxOpen(wireName, { readOnly: !write })
      }).pipe(
        Effect.map((mailbox) => {
          open = {
            wireName,
            readOnly: !write,
            epoch: String(mailbox.uidValidity ?? 0),
            uidNext: mailbox.uidNext,
            exists: mailbox.exists ?? 0,
            permanentFlags: mailbox.permanentFlags
          }
          return open
        }),
        Effect.mapError(({ reason }) => failed(operation, reason))
      )
    })

  /** imapflow keeps EXISTS and UIDNEXT up to date while answers come in. */
  const current = (mailbox: OpenMailbox): OpenMailbox =>
    client.mailbox === false
      ? mailbox
      : { ...mailbox, exists: client.mailbox.exists, uidNext: client.mailbox.uidNext }

  const leave: ImapSession["leave"] = Effect.fnUntraced(function* (operation) {
    if (open === undefined) return
    // CLOSE expunges what SELECT has open, and nothing that EXAMINE has (RFC 9051 section 6.4.1).
    if (!open.readOnly) yield* openMailbox(operation, open.wireName, { fresh: true })
    open = undefined
    yield* run(operation, (client) => client.mailboxClose())
  })

  yield* run("connect", (client) => client.connect().then(() => true)).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () =>
        Effect.fail(
          failed(
            "connect",
            new Transient({ detail: `no answer to the login in ${Duration.format(timeout)}`, applied: "no" })
          )
        )
    })
  )

  return {
    kind: access.kind,
    readOnly,
    client,
    isAlive: () => client.usable && !client.isClosed,
    opened: () => (open === undefined ? undefined : current(open)),
    run,
    open: openMailbox,
    refresh: (operation) => run(operation, (client) => client.noop().then(() => true)),
    leave,
    lostLines: () => log.lostLines,
    close: () => client.close()
  }
})

/** A mailbox whose UIDs are not those the caller has. */
export const uidValidityChanged = (kind: string, operation: Operation, wireName: string) =>
  new MailError({
    adapter: kind,
    operation,
    reason: new MailboxRejected({
      why: "uidvalidity-changed",
      detail: `the UIDVALIDITY of "${wireName}" has changed`
    })
  })
