import { badRequest, GraphError } from "./graph/GraphError.ts"
import type { FaultAnswer, FaultKind } from "./graph/GraphFaults.ts"
import { authorityOf, type RehearsalGraphOptions, worldOf } from "./graph/GraphOptions.ts"
import { GraphService } from "./graph/GraphService.ts"
import type { GraphStats, GraphWorld } from "./graph/GraphWorld.ts"
import type { Mailbox } from "./graph/Mailbox.ts"
import type { JsonObject } from "./graph/MessageIntake.ts"
import type { Person } from "./graph/Person.ts"
import { messageTooLarge } from "./graph/Room.ts"
import { type AppCertificate, makeAppCertificate } from "./graph/signin/AppCertificate.ts"
import { askedScopes } from "./graph/signin/AskedScopes.ts"
import type { Authority } from "./graph/signin/Authority.ts"
import { EntraError } from "./graph/signin/EntraError.ts"
import { allRoles, allScopes } from "./graph/signin/GraphScope.ts"
import { graphAudience, outlookAudience } from "./graph/signin/GraphTokens.ts"
import { type ThrottleReason, throttled } from "./graph/Throttling.ts"
import type { LoggedRequest } from "./http/LoggedRequest.ts"
import { LoopbackListener } from "./http/LoopbackListener.ts"
import type { RequestHook } from "./http/RequestHook.ts"
import type { Where } from "./http/SeenRequest.ts"
import { RehearsalImapServer, type RehearsalImapServerOptions } from "./RehearsalImapServer.ts"
import { ExchangeAccounts } from "./server/exchange/ExchangeAccounts.ts"
import { exchangeProfile } from "./server/exchange/ExchangeProfile.ts"

/** Calls to mailboxes, upload parts included. */
const anywhere: Where = ({ call }) => call !== undefined

const isPart: Where = ({ call }) => call === "attachments.putPart"

/** Requests that store a message or some of an attachment. */
const storing: Where = ({ call = "" }) =>
  ["attachments.create", "attachments.putPart", "messages.create"].includes(call)

const creating: Where = ({ call }) => call === "messages.create"
const atMessages: Where = ({ call = "" }) => /^(?:attachments|messages)\./u.test(call)

/** Contents Exchange may take offence at: what `refuse` looks for. */
export type Offence =
  | "0x007D"
  | "everything"
  | "replyTo"
  | "sender"
  | "xHeaders"
  | ((message: JsonObject) => boolean)

const offences: Readonly<Record<Exclude<Offence, Function>, (message: JsonObject) => boolean>> = {
  "0x007D": ({ singleValueExtendedProperties: all }) =>
    Array.isArray(all) && all.some(({ id }: { id: string }) => /^String 0x0*7d$/iu.test(id)),
  everything: () => true,
  replyTo: ({ replyTo }) => Array.isArray(replyTo) && replyTo.length > 0,
  sender: ({ sender }) => sender !== undefined,
  xHeaders: ({ internetMessageHeaders: all }) => Array.isArray(all) && all.length > 0
}

/**
 * Microsoft's sign-in and mail in Graph v1.0, over an Exchange Online mailbox in this process, to rehearse a move into.
 * Faults are methods that can be called at any time; all are off at the start. `where` narrows a fault down to some
 * requests.
 */
export class RehearsalGraph {
  readonly host = "127.0.0.1"
  readonly user: string
  /** A bearer token with every delegated permission, which does not expire by itself. */
  readonly token: string
  /** Every request so far, the sign-in's too. */
  readonly requests: ReadonlyArray<LoggedRequest>
  readonly stats: Readonly<GraphStats>
  private readonly world: GraphWorld
  private readonly authority: Authority
  private readonly listener: LoopbackListener
  private openPort = 0
  private imapServer: RehearsalImapServer | undefined

  private constructor(world: GraphWorld, authority: Authority, user: string) {
    this.world = world
    this.authority = authority
    this.user = user
    this.requests = world.requests
    this.stats = world.stats
    this.token = world.tokens.issue({ user: user.toLowerCase(), scopes: allScopes }).value
    this.listener = new LoopbackListener(new GraphService(world, authority))
  }

  static async start(options: RehearsalGraphOptions = {}): Promise<RehearsalGraph> {
    const world = worldOf(options)
    const server = new RehearsalGraph(world, authorityOf(world, options), options.user ?? "you@example.com")
    server.openPort = await server.listener.open(server.host, options.port ?? 0)
    server.world.url = server.url
    if (options.imap !== undefined && options.imap !== false) {
      await server.openImap(options.imap === true ? {} : options.imap)
    }
    return server
  }

  /** Closes the port and every connection. Calling it again changes nothing. */
  stop(): Promise<void> {
    this.listener.shut()
    this.world.sessions.endAll()
    this.world.spill.remove()
    return this.imapServer?.stop() ?? Promise.resolve()
  }

  get port(): number {
    return this.openPort
  }

  /**
   * The IMAP side, where `start` was asked for one: its port, its certificate, its faults. Its `token` is good for
   * IMAP and for nothing else; `issueImapToken` makes others.
   */
  get imap(): RehearsalImapServer {
    if (this.imapServer === undefined) throw new Error("This server was started without `imap: true`")
    return this.imapServer
  }

  /** Serves Graph below `/v1.0`, the sign-in, and the server that takes large attachments. */
  get url(): string {
    return `http://${this.host}:${this.openPort}`
  }

  get account(): Mailbox {
    return this.accountOf(this.user)
  }

  accountOf(user: string): Mailbox {
    return this.personNamed(user).mailbox
  }

  /**
   * A bearer token; for ever unless said, with every permission. `seconds`: how long it lives. `app`: of an application
   * by itself, with application permissions.
   */
  issueToken(
    options: {
      readonly user?: string
      readonly scopes?: ReadonlyArray<string>
      readonly seconds?: number
      readonly audience?: string
      readonly app?: boolean
    } = {}
  ): string {
    const { user = this.user, scopes, seconds = Infinity, audience = graphAudience, app = false } = options
    const rights = scopes === undefined ? (app ? allRoles : allScopes) : new Set(scopes)
    const address = app ? undefined : this.personNamed(user).address.toLowerCase()
    return this.world.tokens.issue({ user: address, scopes: rights, seconds, audience }).value
  }

  /** A bearer token for IMAP; for ever unless said. `app`: of an application by itself. */
  issueImapToken(
    options: { readonly user?: string; readonly seconds?: number; readonly app?: boolean } = {}
  ): string {
    const right = options.app === true ? "IMAP.AccessAsApp" : "IMAP.AccessAsUser.All"
    return this.issueToken({ ...options, scopes: [right], audience: outlookAudience })
  }

  /** Id of the application people sign in with: a public client, redirected to loopback. */
  get clientId(): string {
    return this.authority.directory.clientId
  }

  /** The directory's id of the tenant; Microsoft's for all personal accounts. */
  get tenantId(): string {
    return this.authority.directory.tenantId
  }

  /** The application that acts by itself, with the certificate that is registered for it. Made when first asked for. */
  async application(): Promise<AppCertificate & { readonly clientId: string; readonly tenantId: string }> {
    const { directory } = this.authority
    directory.certificate ??= await makeAppCertificate()
    return { ...directory.certificate, clientId: directory.daemonId, tenantId: directory.tenantId }
  }

  /** A refresh token as if the user had signed in, with offline access and every permission unless said. */
  refreshToken(options: { readonly user?: string; readonly scope?: string } = {}): string {
    const { scope = ["openid", "profile", "offline_access", ...allScopes].join(" ") } = options
    const user = this.personNamed(options.user ?? this.user).address.toLowerCase()
    const asked = askedScopes(scope)
    this.authority.grants.consent(this.clientId, user, asked)
    return this.authority.grants.refreshToken({ user, clientId: this.clientId, asked })
  }

  /** The next requests for tokens are refused: by the number behind AADSTS. */
  refuseTokens(aadsts: number, times = 1): void {
    for (let left = times; left > 0; left -= 1) this.authority.refusals.push(new EntraError(aadsts))
  }

  /** Whether only an administrator may let an application in; what one agreed to already is forgotten. */
  requireAdminConsent(on = true): void {
    this.authority.directory.adminConsentNeeded = on
    this.authority.directory.adminConsented = false
  }

  /** Whether conditional access forbids the device code flow. */
  blockDeviceCode(on = true): void {
    this.authority.directory.deviceCodeBlocked = on
  }

  /** Every device code so far has expired. */
  expireDeviceCodes(): void {
    this.authority.devices.expireAll()
  }

  /** Refresh tokens are refused with invalid_grant (AADSTS50173), and access tokens with 401, as after a new password. */
  revoke(user = this.user): void {
    const name = user.toLowerCase()
    this.authority.grants.revokeAll(name)
    this.world.tokens.expire((token) => token.user === name)
  }

  /** The next messages or parts are stored, and the connection is cut before the answer. */
  commitThenDrop(times = 1, where: Where = storing): void {
    this.arm("commitThenDrop", times, where)
  }

  /** The next messages are stored, and the answer is an error of a gateway's. */
  commitThenFail(status = 504, times = 1, where: Where = storing): void {
    this.world.faults.plan(() => serverError(status), "after", times, where)
  }

  /** The next messages come whole, and the connection is cut before they are stored. */
  dropBeforeCommit(times = 1, where: Where = storing): void {
    this.arm("dropBeforeCommit", times, where)
  }

  /**
   * 429 ApplicationThrottled. `after`: seconds, or a text that `Retry-After` is as it stands (a date of HTTP); none where
   * it is undefined.
   */
  throttle(reason: ThrottleReason, after?: number | string, times = 1, where: Where = anywhere): void {
    this.plan(() => throttled(reason, after), times, where)
  }

  /** 500, 502, 503 or 504 in Graph's words; nothing was done. `after`: Retry-After in seconds. */
  serverError(status: 500 | 502 | 503 | 504 = 503, times = 1, where: Where = anywhere, after?: number): void {
    this.plan(() => serverError(status, after), times, where)
  }

  /** A status without a body; nothing was done. Retry-After in seconds, where it is said. */
  emptyError(status = 503, times = 1, where: Where = anywhere, after?: number): void {
    const headers = after === undefined ? {} : { "retry-after": String(after) }
    this.plan(() => ({ status, text: "", headers }), times, where)
  }

  /** A page of HTML, as gateways answer; nothing was done. */
  htmlError(status = 502, times = 1, where: Where = anywhere): void {
    this.plan(() => ({ status, text: gatewayPage }), times, where)
  }

  /** ErrorIrresolvableConflict, as when somebody else changed the message meanwhile. */
  conflict(times = 1, where: Where = atMessages, status: 409 | 412 = 409): void {
    const words =
      "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item."
    this.plan(() => new GraphError(status, "ErrorIrresolvableConflict", words), times, where)
  }

  /** ErrorMessageSizeExceeded. */
  messageTooLarge(times = 1, where: Where = storing): void {
    this.plan(messageTooLarge, times, where)
  }

  /** The next created things are there, and answered with 200. */
  okInsteadOfCreated(times = 1, where: Where = creating): void {
    this.arm("okInsteadOfCreated", times, where)
  }

  /** A 200 for a message that is not created. */
  vanish(times = 1, where: Where = creating): void {
    this.plan(() => ({ status: 200, text: "" }), times, where)
  }

  /** From now on MIME of more than `mimeVanishesAbove` bytes is answered 200 and is nowhere. */
  mimeVanishes(on = true): void {
    this.world.faults.turn("mimeVanishes", on)
  }

  /** From now on messages with it are answered 400; the code is Exchange's general one unless said. */
  refuse(offence: Offence, code = "ErrorInvalidProperty", words = "The request is invalid."): void {
    const matches = typeof offence === "function" ? offence : offences[offence]
    this.world.faults.refuse(matches, () => badRequest(words, code))
  }

  /** No answer, and the connection stays open. */
  hang(times = 1, where: Where = anywhere): void {
    this.arm("hang", times, where)
  }

  /** Reads bodies no faster than that; 0 ends it. */
  slowRead(bytesPerSecond: number): void {
    this.world.faults.readRate = bytesPerSecond
  }

  /** 507 ErrorQuotaExceeded for all that would be stored. */
  mailboxFull(on = true): void {
    this.world.faults.turn("mailboxFull", on)
  }

  /** A folder that takes no more: by its path, id or well-known name. */
  folderFull(folder: string, on = true, user = this.user): void {
    const mailbox = this.accountOf(user)
    const found = mailbox.folder(folder) ?? mailbox.folderAt(folder)
    if (found === undefined) throw new Error(`There is no folder ${folder}`)
    const { fullFolders } = this.world.faults
    if (on) fullFolders.add(found.id)
    else fullFolders.delete(found.id)
  }

  /** The next request to an upload session finds it gone. */
  uploadSessionExpires(times = 1, where: Where = isPart): void {
    this.arm("uploadSessionGone", times, where)
  }

  /** Every access token so far is refused with 401, `token` too. */
  expireTokens(): void {
    this.world.tokens.expire(() => true)
  }

  /** Looks at each request when its header was read and, once it was carried out, before its answer. One at a time. */
  onRequest(hook: RequestHook | undefined): void {
    this.world.hook = hook
  }

  /** Ends every fault. Tokens and sessions that were ended stay so. */
  behave(): void {
    this.world.faults.clear()
    this.authority.refusals.length = 0
    this.authority.directory.deviceCodeBlocked = false
    this.world.hook = undefined
    this.imapServer?.behave()
  }

  private async openImap(options: Pick<RehearsalImapServerOptions, "certificate" | "port">): Promise<void> {
    const profile = exchangeProfile({ appendLimit: this.world.rules.messageSizeLimit })
    const accounts = new ExchangeAccounts(this.world, profile)
    this.imapServer = await RehearsalImapServer.start({
      ...options,
      profile,
      security: "tls",
      user: this.user,
      token: this.issueImapToken(),
      accounts: { store: accounts.storeOf(this.personNamed(this.user)), bearer: accounts.bearer }
    })
  }

  private arm(kind: FaultKind, times: number, where: Where): void {
    this.world.faults.arm(kind, times, where)
  }

  private plan(answer: () => FaultAnswer, times: number, where: Where): void {
    this.world.faults.plan(answer, "before", times, where)
  }

  private personNamed(user: string): Person {
    const person = this.world.people.get(user.toLowerCase())
    if (person === undefined) throw new Error(`Nobody here is called ${user}`)
    return person
  }
}

const gatewayPage =
  "<html><head><title>502 Bad Gateway</title></head><body><h2>Our services aren't available right now</h2></body></html>"

const serverErrors: Readonly<Record<number, readonly [string, string]>> = {
  500: ["ErrorInternalServerTransientError", "An internal server error occurred. Try again later."],
  502: ["BadGateway", "Bad gateway."],
  503: ["ErrorServerBusy", "The server cannot service this request right now. Try again later."],
  504: ["ErrorTimeoutExpired", "The request timed out."]
}

const serverError = (status: number, after?: number): GraphError => {
  const [code, words] = serverErrors[status] ?? ["UnknownError", ""]
  return new GraphError(status, code, words, after === undefined ? {} : { "retry-after": String(after) })
}
