import { createHash } from "node:crypto"

import type { Exchange } from "../../http/Exchange.ts"
import { publicKeys, signJwt } from "../../oauth/Jwt.ts"
import { invalidRequest, OAuthError } from "../../oauth/OAuthError.ts"
import type { AccessToken } from "../AccessTokens.ts"
import { html404, html503 } from "../FaultAnswers.ts"
import { gmailScope } from "../GmailScope.ts"
import type { GmailWorld } from "../GmailWorld.ts"
import { ConsentScreen } from "./ConsentScreen.ts"
import { Grants, type OAuthClient } from "./Grants.ts"
import { delegatedBy, type ServiceAccountIdentity } from "./ServiceAccount.ts"

/** A form is no longer. Bytes. */
const maxForm = 65_536

export interface SignInSettings {
  readonly client: OAuthClient
  readonly serviceAccount: ServiceAccountIdentity
  readonly delegatedScopes: ReadonlySet<string>
  /** Seconds an access token lives. */
  readonly accessTokenLife: number
}

/** Google's number for an account: 21 digits. */
const subjectOf = (email: string): string =>
  BigInt(`0x${createHash("sha256").update(email).digest("hex").slice(0, 17)}`)
    .toString()
    .padStart(21, "1")
    .slice(0, 21)

/** Google's sign-in: consent page, tokens, who it was, and taking it back. */
export class SignIn {
  readonly grants: Grants
  readonly settings: SignInSettings
  private readonly world: GmailWorld
  private readonly consent: ConsentScreen

  constructor(world: GmailWorld, settings: SignInSettings) {
    this.world = world
    this.settings = settings
    this.grants = new Grants(world.tokens)
    this.consent = new ConsentScreen(settings.client, this.grants, () => [...world.users.keys()])
  }

  /** Whether the path is one of the sign-in's. */
  serves(path: string): boolean {
    return this.routes.has(path)
  }

  async serve(exchange: Exchange): Promise<void> {
    const { faults } = this.world
    const { log } = exchange
    if (faults.fires("hang", log)) return
    if (faults.fires("html503", log)) return exchange.html(503, html503)
    const [verbs, handle] = this.routes.get(log.path) ?? ["", undefined]
    if (handle === undefined || !verbs.split(" ").includes(log.method)) {
      return exchange.html(404, html404(log.path))
    }
    try {
      await handle(exchange)
    } catch (failure) {
      if (!(failure instanceof OAuthError)) throw failure
      log.reason = failure.error
      exchange.json(failure.status, failure.body)
    }
  }

  private readonly routes: ReadonlyMap<
    string,
    readonly [string, (exchange: Exchange) => Promise<void> | void]
  > = new Map([
    ["/o/oauth2/v2/auth", ["GET", (exchange: Exchange) => this.consent.show(exchange)]],
    ["/o/oauth2/auth", ["GET", (exchange: Exchange) => this.consent.show(exchange)]],
    ["/o/oauth2/v2/auth/consent", ["POST", (exchange: Exchange) => this.consent.answer(exchange)]],
    ["/token", ["POST", (exchange: Exchange) => this.token(exchange)]],
    ["/revoke", ["POST GET", (exchange: Exchange) => this.revoke(exchange)]],
    ["/userinfo", ["GET POST", (exchange: Exchange) => this.userinfo(exchange)]],
    ["/oauth2/v3/userinfo", ["GET POST", (exchange: Exchange) => this.userinfo(exchange)]],
    ["/tokeninfo", ["GET POST", (exchange: Exchange) => this.tokeninfo(exchange)]],
    ["/oauth2/v3/certs", ["GET", (exchange: Exchange) => exchange.json(200, publicKeys())]]
  ])

  private async form(exchange: Exchange): Promise<URLSearchParams> {
    const octets = await exchange.whole(maxForm)
    const type = exchange.header("content-type") ?? ""
    if (octets.length > 0 && !type.toLowerCase().startsWith("application/x-www-form-urlencoded")) {
      throw invalidRequest("The request is sent as application/x-www-form-urlencoded.")
    }
    return new URLSearchParams([...exchange.log.query, ...new URLSearchParams(octets.toString("utf8"))])
  }

  private async token(exchange: Exchange): Promise<void> {
    const form = await this.form(exchange)
    const noStore = { "cache-control": "no-cache, no-store, max-age=0, must-revalidate" }
    exchange.json(200, this.granted(form, exchange.header("authorization")), noStore)
  }

  private granted(form: URLSearchParams, authorization: string | undefined): object {
    const field = (name: string): string => {
      const value = form.get(name)
      if (value === null || value === "") throw invalidRequest(`Missing required parameter: ${name}`)
      return value
    }
    const type = field("grant_type")
    if (type === "urn:ietf:params:oauth:grant-type:jwt-bearer") return this.delegated(field("assertion"))
    if (type !== "authorization_code" && type !== "refresh_token") {
      throw new OAuthError(400, "unsupported_grant_type", `Invalid grant_type: ${type}`)
    }
    this.authenticate(form, authorization)
    if (type === "refresh_token") {
      const refreshToken = field("refresh_token")
      const { user, scopes } = this.grants.refreshed(refreshToken)
      return this.issued(user, scopes, refreshToken)
    }
    const code = this.grants.redeem(
      field("code"),
      field("redirect_uri"),
      form.get("code_verifier") ?? undefined
    )
    const refreshToken = this.grants.refreshTokenFor(code)
    return {
      ...this.issued(code.user, code.scopes, refreshToken, code.request.nonce),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken })
    }
  }

  /** By form or by HTTP Basic. Even a Desktop client has to give its secret. */
  private authenticate(form: URLSearchParams, authorization: string | undefined): void {
    const { client } = this.settings
    const basic = Buffer.from(/^Basic (\S+)$/iu.exec(authorization ?? "")?.[1] ?? "", "base64").toString()
    const [basicId, basicSecret] = basic === "" ? [] : basic.split(":").map(decodeURIComponent)
    const id = form.get("client_id") ?? basicId
    const secret = form.get("client_secret") ?? basicSecret
    if (id === undefined) throw invalidRequest("Could not determine client ID from request.")
    if (id !== client.id) throw new OAuthError(401, "invalid_client", "The OAuth client was not found.")
    if (secret === undefined || secret === "") throw invalidRequest("client_secret is missing.")
    if (secret !== client.secret) throw new OAuthError(401, "invalid_client", "Unauthorized")
  }

  private delegated(assertion: string): object {
    const { serviceAccount, delegatedScopes } = this.settings
    const users = new Set(this.world.users.keys())
    const { user, scopes } = delegatedBy(
      assertion,
      serviceAccount,
      `${this.world.url}/token`,
      users,
      delegatedScopes
    )
    const { value, expiresIn } = this.access(user, scopes, undefined)
    return { access_token: value, expires_in: expiresIn, token_type: "Bearer" }
  }

  private access(
    user: string | undefined,
    scopes: ReadonlySet<string>,
    from: string | undefined
  ): { readonly value: string; readonly expiresIn: number } {
    const { accessTokenLife } = this.settings
    const { value } = this.world.tokens.issue(user, scopes, accessTokenLife, from)
    return { value, expiresIn: Math.max(0, accessTokenLife - 1) }
  }

  private issued(
    user: string,
    scopes: ReadonlySet<string>,
    refreshToken: string | undefined,
    nonce?: string
  ): object {
    const { value, expiresIn } = this.access(user, scopes, refreshToken)
    return {
      access_token: value,
      expires_in: expiresIn,
      scope: [...scopes].join(" "),
      token_type: "Bearer",
      ...(scopes.has(gmailScope.openid) ? { id_token: this.idToken(user, scopes, nonce) } : {})
    }
  }

  private idToken(user: string, scopes: ReadonlySet<string>, nonce: string | undefined): string {
    const now = Math.floor(Date.now() / 1000)
    return signJwt({
      iss: "https://accounts.google.com",
      azp: this.settings.client.id,
      aud: this.settings.client.id,
      sub: subjectOf(user),
      ...(scopes.has(gmailScope.email) ? { email: user, email_verified: true } : {}),
      ...(nonce === undefined ? {} : { nonce }),
      iat: now,
      exp: now + 3600
    })
  }

  private async revoke(exchange: Exchange): Promise<void> {
    const token = (await this.form(exchange)).get("token") ?? ""
    if (!this.grants.revoke(token)) throw new OAuthError(400, "invalid_token", "Token expired or revoked")
    exchange.json(200, {})
  }

  private userinfo(exchange: Exchange): void {
    const { user, scopes } = this.world.tokens.authenticate(exchange.header("authorization"))
    if (user === undefined || !(scopes.has(gmailScope.openid) || scopes.has(gmailScope.email))) {
      throw new OAuthError(401, "invalid_request", "Invalid Credentials")
    }
    exchange.json(200, { sub: subjectOf(user), ...this.emailOf(user, scopes) })
  }

  private async tokeninfo(exchange: Exchange): Promise<void> {
    const token: AccessToken | undefined = this.world.tokens.find(
      (await this.form(exchange)).get("access_token") ?? ""
    )
    if (token === undefined) throw new OAuthError(400, "invalid_token", "Invalid Value")
    const left = Math.min(token.expiresAt - Date.now(), 1e12)
    exchange.json(200, {
      azp: this.settings.client.id,
      aud: this.settings.client.id,
      scope: [...token.scopes].join(" "),
      exp: String(Math.floor((Date.now() + left) / 1000)),
      expires_in: String(Math.floor(left / 1000)),
      ...(token.user === undefined
        ? {}
        : { sub: subjectOf(token.user), ...this.emailOf(token.user, token.scopes) }),
      access_type: token.from === undefined ? "online" : "offline"
    })
  }

  private emailOf(user: string, scopes: ReadonlySet<string>): object {
    return scopes.has(gmailScope.email) ? { email: user, email_verified: true } : {}
  }
}
