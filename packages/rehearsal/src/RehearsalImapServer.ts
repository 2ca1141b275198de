import { createSecureContext } from "node:tls"

import type { ImapConnection } from "./imap/ImapConnection.ts"
import { ImapListener } from "./imap/ImapListener.ts"
import { GmailMail } from "./server/gmail/GmailMail.ts"
import { MailStore } from "./server/MailStore.ts"
import { newServerCertificate, type ServerCertificate } from "./server/ServerCertificate.ts"
import { ServerFaults, workingVerbs } from "./server/ServerFaults.ts"
import type { ServerMailbox, ServerMessage } from "./server/ServerMailbox.ts"
import { type ServerProfile, type ServerProfileName, serverProfiles } from "./server/ServerProfile.ts"
import { ServerSession } from "./server/ServerSession.ts"
import type { Security, ServerState, ServerStats } from "./server/ServerState.ts"
import { SessionLoop } from "./server/SessionLoop.ts"

export interface RehearsalImapServerOptions {
  /** `rich` unless said; a profile of one's own is one of the ready ones with some fields replaced. */
  readonly profile?: ServerProfileName | ServerProfile
  /** 0, the default, for any free port. */
  readonly port?: number
  /** `starttls` unless said; `plain` offers no TLS, `tls` begins with it. */
  readonly security?: Security
  /** Refuses a login in the clear (LOGINDISABLED). Unless said the server takes it, as most do on loopback. */
  readonly requireTls?: boolean
  readonly user?: string
  readonly password?: string
  /** The bearer token XOAUTH2 takes. */
  readonly token?: string
  /** Accounts that live elsewhere: those of a tenant. */
  readonly accounts?: {
    /** What this server's own methods and `mailboxes` mean. */
    readonly store: MailStore
    readonly bearer: NonNullable<ServerState["bearer"]>
  }
  /** A new self-signed one for 127.0.0.1 and localhost unless given. */
  readonly certificate?: ServerCertificate
}

/**
 * A generic IMAP server in this process, to rehearse a move into. One account, in memory, any number of sessions.
 * Faults are methods that can be called at any time; all are off at the start.
 */
export class RehearsalImapServer {
  readonly host = "127.0.0.1"
  readonly user: string
  readonly password: string
  readonly token: string
  /** PEM. */
  readonly certificate: string
  /** The verb of every command so far, `UID FETCH` included. Never an argument. */
  readonly commands: ReadonlyArray<string>
  readonly stats: Readonly<ServerStats>
  private readonly state: ServerState
  private readonly listener: ImapListener
  private readonly sessions = new Set<ServerSession>()
  private openPort = 0

  private constructor(state: ServerState, certificate: string) {
    this.state = state
    this.user = state.credentials.user
    this.password = state.credentials.password
    this.token = state.credentials.token
    this.certificate = certificate
    this.commands = state.commands
    this.stats = state.stats
    const { security, tls } = state
    this.listener = new ImapListener({
      host: this.host,
      ...(security === "tls" ? { implicitTls: () => tls } : {}),
      serve: (connection) => void this.serve(connection)
    })
  }

  static async start(options: RehearsalImapServerOptions = {}): Promise<RehearsalImapServer> {
    const { profile = "rich", security = "starttls", requireTls = false, port = 0 } = options
    const known = typeof profile === "string" ? serverProfiles[profile] : profile
    const { certificate, key } = options.certificate ?? (await newServerCertificate())
    const store = options.accounts?.store ?? MailStore.begun(known)
    const state: ServerState = {
      profile: known,
      store,
      gmail: known.gmail === undefined ? undefined : new GmailMail(store, known.gmail),
      faults: new ServerFaults(),
      credentials: {
        user: options.user ?? "rehearsal@mail.example",
        password: options.password ?? "rehearsal-password",
        token: options.token ?? "rehearsal-token"
      },
      bearer: options.accounts?.bearer,
      security,
      requireTls,
      tls: createSecureContext({ cert: certificate, key }),
      stats: {
        connections: 0,
        openSessions: 0,
        logins: 0,
        refusedLogins: 0,
        commands: 0,
        appended: 0,
        appendedOctets: 0,
        copied: 0,
        fetchedBodies: 0
      },
      commands: []
    }
    const server = new RehearsalImapServer(state, certificate)
    server.openPort = await server.listener.open(port)
    return server
  }

  /** Closes the port and every session. Calling it again changes nothing. */
  stop(): Promise<void> {
    this.listener.shut()
    this.listener.cutAll()
    return Promise.resolve()
  }

  get port(): number {
    return this.openPort
  }

  /** By decoded name, the server's delimiter between levels, the namespace's prefix in front. */
  get mailboxes(): ReadonlyMap<string, ServerMailbox> {
    return this.state.store.mailboxes
  }

  /** Stores a message as if it had come by mail. Makes the mailbox if there is none. */
  deliver(
    mailbox: string,
    bytes: Uint8Array,
    flags: Iterable<string> = [],
    internalDate = new Date()
  ): ServerMessage {
    const { gmail, store } = this.state
    const target = store.find(mailbox) ?? store.create(mailbox)
    const message = { bytes, flags: new Set(flags), internalDate }
    return gmail?.deliver(target, message) ?? target.add(message)
  }

  /** Deletes one message for good, whatever mailboxes show it: by its X-GM-MSGID, on a server of the Gmail profile. */
  destroy(gmailId: string): void {
    this.state.gmail?.destroy(gmailId)
  }

  /** Gives a mailbox a new UIDVALIDITY and its messages new UIDs, as a server does that lost its index. */
  renumber(mailbox: string): void {
    this.state.store.find(mailbox)?.renumber(this.state.store.nextUidValidity())
  }

  /** Closes every connection without BYE. */
  cutSessions(): void {
    this.listener.cutAll(true)
  }

  /** `* BYE text` to every session, then the end. */
  bye(text: string): void {
    for (const session of this.sessions) session.bye(text)
  }

  /** The next APPENDs are stored, and the connection closed before their OK. */
  cutAfterLiteral(times = 1): void {
    this.state.faults.cutAfterLiteral.arm(times)
  }

  /** In the next APPENDs the connection is closed when the first octets of the message arrive. Nothing is stored. */
  cutMidLiteral(times = 1): void {
    this.state.faults.cutMidLiteral.arm(times)
  }

  /** The next COPYs and MOVEs are carried out, and the connection closed before their OK. */
  cutBeforeCopyOk(times = 1): void {
    this.state.faults.cutBeforeCopyOk.arm(times)
  }

  /** Answers `response`, as in `NO [LIMIT] Not today`, to an APPEND of a message whose Message-ID or X-Pm-Internal-Id contains `match`. */
  refuseAppend(match: string, response: string, times = Infinity): void {
    this.state.faults.refuseAppend(match, response, times)
  }

  /** Answers `response` to the next `times` commands that mean work; `verbs` narrows it down to some of them. `closes`: the connection ends then. */
  throttle(
    response: string,
    times: number,
    verbs: ReadonlyArray<string> = workingVerbs,
    { closes = false }: { readonly closes?: boolean } = {}
  ): void {
    this.state.faults.throttle(response, times, verbs, closes)
  }

  /** Whether the account is full, whatever it holds: `NO [OVERQUOTA]` to APPEND and COPY. */
  overQuota(on: boolean): void {
    this.state.faults.overQuota = on
  }

  /** Answers `NO text` to every login, right or wrong; a response code may stand in front. Undefined ends it. */
  refuseLogin(text: string | undefined): void {
    this.state.faults.loginRefusal = text
  }

  /** From the next login on `BAD User is authenticated but not connected.` to all that would be work. */
  notConnected(on = true): void {
    this.state.faults.notConnected = on
  }

  /** Milliseconds to wait before each command is carried out. */
  slow(ms: number): void {
    this.state.faults.delay = ms
  }

  /** Ends every fault. */
  behave(): void {
    this.state.faults.clear()
  }

  private async serve(connection: ImapConnection): Promise<void> {
    const session = new ServerSession(this.state, connection)
    this.sessions.add(session)
    this.state.stats.openSessions = this.sessions.size
    connection.onClose(() => {
      this.sessions.delete(session)
      this.state.stats.openSessions = this.sessions.size
    })
    try {
      await new SessionLoop(session).serve()
    } finally {
      // Only a bug of ours leaves the loop otherwise; the client must not wait for ever because of it.
      if (!session.ended) session.cut()
    }
  }
}
