import type { GmailAccount } from "./gmail/GmailAccount.ts"
import type { FaultKind } from "./gmail/GmailFaults.ts"
import { type RehearsalGmailOptions, signInOf, worldOf } from "./gmail/GmailOptions.ts"
import { allRights } from "./gmail/GmailScope.ts"
import { GmailService } from "./gmail/GmailService.ts"
import type { GmailStats } from "./gmail/GmailStats.ts"
import type { GmailUser, GmailWorld } from "./gmail/GmailWorld.ts"
import {
  type AuthorizedUser,
  authorizedUserFile,
  type ClientFile,
  clientFile,
  type ServiceAccountFile,
  serviceAccountFile
} from "./gmail/signin/ApplicationFiles.ts"
import type { OAuthClient } from "./gmail/signin/Grants.ts"
import { SignIn, type SignInSettings } from "./gmail/signin/SignIn.ts"
import type { LoggedRequest } from "./http/LoggedRequest.ts"
import { LoopbackListener } from "./http/LoopbackListener.ts"
import type { RequestHook } from "./http/RequestHook.ts"
import type { Where } from "./http/SeenRequest.ts"

const anywhere: Where = ({ call }) => call !== undefined

/** Requests that store a message: the beginning of a resumable upload stores none. */
const storing: Where = ({ call, method, query }) =>
  call !== undefined &&
  ["messages.import", "messages.insert", "drafts.create"].includes(call) &&
  (query.get("uploadType") !== "resumable" || method === "PUT")

/**
 * Google's sign-in and the Gmail API in this process, to rehearse a move into. Faults are methods that can be called at
 * any time; all are off at the start. `where` narrows a fault down to some requests.
 */
export class RehearsalGmail {
  readonly host = "127.0.0.1"
  readonly user: string
  /** A bearer token with every right but gmail.metadata, which does not expire by itself. */
  readonly token: string
  /** Every request so far, the sign-in's too. */
  readonly requests: ReadonlyArray<LoggedRequest>
  readonly stats: Readonly<GmailStats>
  private readonly world: GmailWorld
  private readonly signIn: SignIn
  private readonly listener: LoopbackListener
  private openPort = 0

  private constructor(world: GmailWorld, settings: SignInSettings, user: string) {
    this.world = world
    this.user = user
    this.token = world.tokens.issue(user, allRights).value
    this.requests = world.requests
    this.stats = world.stats
    this.signIn = new SignIn(world, settings)
    this.listener = new LoopbackListener(new GmailService(world, this.signIn))
  }

  static async start(options: RehearsalGmailOptions = {}): Promise<RehearsalGmail> {
    const user = (options.user ?? "you@gmail.com").toLowerCase()
    const server = new RehearsalGmail(worldOf(options), signInOf(options), user)
    server.openPort = await server.listener.open(server.host, options.port ?? 0)
    server.world.url = server.url
    return server
  }

  /** Closes the port and every connection. Calling it again changes nothing. */
  stop(): Promise<void> {
    this.listener.shut()
    this.world.sessions.endAll("gone")
    this.world.spill.remove()
    return Promise.resolve()
  }

  get port(): number {
    return this.openPort
  }

  /** Serves the API and the sign-in. */
  get url(): string {
    return `http://${this.host}:${this.openPort}`
  }

  get account(): GmailAccount {
    return this.accountOf(this.user)
  }

  accountOf(user: string): GmailAccount {
    return this.userNamed(user).account
  }

  /** A bearer token; with every right and for ever unless said. `seconds`: how long it lives. */
  issueToken(
    options: {
      readonly user?: string
      readonly scopes?: ReadonlyArray<string>
      readonly seconds?: number
    } = {}
  ): string {
    const { user = this.user, scopes, seconds = Infinity } = options
    const rights = scopes === undefined ? allRights : new Set(scopes)
    return this.world.tokens.issue(this.userNamed(user).account.email.toLowerCase(), rights, seconds).value
  }

  /** Id and secret of the Desktop client. */
  get client(): OAuthClient {
    return this.signIn.settings.client
  }

  /** The JSON of the client as Google's console gives it to download. */
  clientFile(): ClientFile {
    return clientFile(this.signIn.settings, this.url)
  }

  /** Google's standard `authorized_user` JSON, as if the user had signed in; with every right unless said. */
  authorizedUser(
    options: { readonly user?: string; readonly scopes?: ReadonlyArray<string> } = {}
  ): AuthorizedUser {
    const { client } = this
    const { grants } = this.signIn
    const scopes = options.scopes === undefined ? allRights : new Set(options.scopes)
    const user = this.accountOf(options.user ?? this.user).email.toLowerCase()
    return authorizedUserFile(client, grants.refreshToken({ clientId: client.id, user, scopes }))
  }

  /** Google's standard `service_account` JSON; its `token_uri` is this server's. */
  serviceAccount(): ServiceAccountFile {
    return serviceAccountFile(this.signIn.settings, this.url)
  }

  /** Refresh tokens are refused with invalid_grant, and what was made from them with 401, as after a new password. */
  revoke(user = this.user): void {
    this.signIn.grants.revokeAll(user.toLowerCase())
  }

  /** The next messages are stored, and the connection is cut before the answer. */
  commitThenDrop(times = 1, where: Where = storing): void {
    this.arm("commitThenDrop", times, where)
  }

  /** The next messages are stored, and the answer is a 503. */
  commitThen503(times = 1, where: Where = storing): void {
    this.arm("commitThen503", times, where)
  }

  /** The next messages come whole, and the connection is cut before they are stored. */
  dropBeforeCommit(times = 1, where: Where = storing): void {
    this.arm("dropBeforeCommit", times, where)
  }

  /** 503 with a page of HTML, as Google's front ends answer. */
  html503(times = 1, where: Where = anywhere): void {
    this.arm("html503", times, where)
  }

  /**
   * 429 `User-rate limit exceeded.  Retry after …` until then, 15 minutes longer for each request that comes before.
   * `when`: an ISO time, or milliseconds from now.
   */
  retryAfter(when: string | number, user = this.user): void {
    this.userNamed(user).hold.hold(typeof when === "number" ? Date.now() + when : Date.parse(when))
  }

  /** Requests that came inside the time they had been told to wait. */
  holdViolations(user = this.user): number {
    return this.userNamed(user).hold.violations
  }

  /** 429 `Too many concurrent requests for user`. */
  tooManyConcurrent(times = 1, where: Where = anywhere): void {
    this.arm("tooManyConcurrent", times, where)
  }

  /** 403 `User Rate Limit Exceeded`. */
  userRateLimit(times = 1, where: Where = anywhere): void {
    this.arm("rateLimit", times, where)
  }

  /** 429 `Resource has been exhausted (e.g. check quota).` */
  resourceExhausted(times = 1, where: Where = anywhere): void {
    this.arm("resourceExhausted", times, where)
  }

  /** 500 backendError; nothing was done. `commitThen503` is its like where something was. */
  backendError(times = 1, where: Where = anywhere): void {
    this.arm("backendError", times, where)
  }

  /** A bare 400 `Bad Request`, once all of the request is there. */
  badRequest(times = 1, where: Where = anywhere): void {
    this.arm("badRequest", times, where)
  }

  /** 400 `Precondition check failed.` */
  failedPrecondition(times = 1, where: Where = anywhere): void {
    this.arm("failedPrecondition", times, where)
  }

  /** 400 after the first octets of a body, while the client still sends. */
  earlyReject(times = 1, where: Where = anywhere): void {
    this.arm("earlyReject", times, where)
  }

  /** No answer, and the connection stays open. */
  hang(times = 1, where: Where = anywhere): void {
    this.arm("hang", times, where)
  }

  /** Reads bodies no faster than that; 0 ends it. */
  slowRead(bytesPerSecond: number): void {
    this.world.faults.readRate = bytesPerSecond
  }

  /** No room for more messages. */
  storageFull(on = true): void {
    this.world.faults.turn("storageFull", on)
  }

  /** 403 `Daily Limit Exceeded` to every call. */
  dailyLimit(on = true): void {
    this.world.faults.turn("dailyLimit", on)
  }

  /** 403 accessNotConfigured: nobody switched the API on in the project. */
  disabledApi(on = true): void {
    this.world.faults.turn("disabledApi", on)
  }

  /** 403 domainPolicy: the administrator allows no such apps. */
  domainPolicy(on = true): void {
    this.world.faults.turn("domainPolicy", on)
  }

  /** Every access token so far is refused with 401, `token` too. */
  expireTokens(): void {
    this.world.tokens.expireAll()
  }

  /** Every resumable session so far is 410 `gone` or, `forgotten`, 404. */
  expireSessions(how: "gone" | "forgotten" = "gone"): void {
    this.world.sessions.endAll(how)
  }

  /** Looks at each request when its header was read and, once it was carried out, before its answer. One at a time. */
  onRequest(hook: RequestHook | undefined): void {
    this.world.hook = hook
  }

  /** Ends every fault and hold. Tokens and sessions that were ended stay so. */
  behave(): void {
    this.world.faults.clear()
    for (const { hold } of this.world.users.values()) hold.end()
    this.world.hook = undefined
  }

  private arm(kind: FaultKind, times: number, where: Where): void {
    this.world.faults.arm(kind, times, where)
  }

  private userNamed(email: string): GmailUser {
    const user = this.world.users.get(email.toLowerCase())
    if (user === undefined) throw new Error(`Nobody here is called ${email}`)
    return user
  }
}
