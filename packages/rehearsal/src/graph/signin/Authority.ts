import { randomUUID } from "node:crypto"

import type { Exchange } from "../../http/Exchange.ts"
import { publicKeys } from "../../oauth/Jwt.ts"
import { askedScopes } from "./AskedScopes.ts"
import { AuthorizeScreen, maxForm } from "./AuthorizeScreen.ts"
import { type DeviceCode, DeviceCodes } from "./DeviceCodes.ts"
import type { Directory } from "./Directory.ts"
import { EntraError, missing } from "./EntraError.ts"
import { EntraGrants } from "./EntraGrants.ts"
import { consentPage, devicePage, donePage, errorPage } from "./EntraPages.ts"
import type { GraphTokens } from "./GraphTokens.ts"
import { TokenEndpoint } from "./TokenEndpoint.ts"

type Handler = (exchange: Exchange, tenant: string) => Promise<void> | void

const tenantPath = /^\/([A-Za-z0-9.-]+)\/(.+)$/u

/** Hosts of the public cloud: other names of one and the same. */
const aliases = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]

/** Microsoft's sign-in for work and personal accounts: pages, codes, tokens, and the documents that say where they are. */
export class Authority {
  readonly directory: Directory
  readonly grants = new EntraGrants()
  readonly devices: DeviceCodes
  readonly token: TokenEndpoint
  /** What the token endpoint answers next. */
  readonly refusals: Array<EntraError> = []
  private readonly screen: AuthorizeScreen
  /** Devices by the request on whose page they are agreed to. */
  private readonly deviceRequests = new Map<string, DeviceCode>()

  constructor(directory: Directory, tokens: GraphTokens, devices: DeviceCodes) {
    this.directory = directory
    this.devices = devices
    this.screen = new AuthorizeScreen(directory, this.grants)
    this.token = new TokenEndpoint(directory, this.grants, devices, tokens)
  }

  /** Whether the path is one of the sign-in's. */
  serves(path: string): boolean {
    return this.handlerFor(path) !== undefined
  }

  async serve(exchange: Exchange): Promise<void> {
    const { log } = exchange
    const found = this.handlerFor(log.path)
    const handle = found?.[0][log.method]
    if (found === undefined || handle === undefined) return exchange.empty(405)
    try {
      await handle(exchange, found[1])
    } catch (failure) {
      if (!(failure instanceof EntraError)) throw failure
      log.reason = `AADSTS${failure.number}`
      const correlation = exchange.header("client-request-id") ?? randomUUID()
      exchange.json(failure.status, failure.body(correlation), { "cache-control": "no-store, no-cache" })
    }
  }

  private handlerFor(path: string): readonly [Readonly<Record<string, Handler>>, string] | undefined {
    const fixed = this.pages[path]
    if (fixed !== undefined) return [fixed, ""]
    const [, tenant = "", rest = ""] = tenantPath.exec(path) ?? []
    const found = this.endpoints[rest]
    return found === undefined ? undefined : [found, tenant]
  }

  private readonly pages: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    "/devicelogin": {
      GET: (exchange) => exchange.html(200, devicePage()),
      POST: (exchange) => this.typed(exchange)
    },
    "/rehearsal/consent": { POST: (exchange) => this.screen.answer(exchange) },
    "/rehearsal/device": { POST: (exchange) => this.agreed(exchange) },
    "/rehearsal/adminconsent": { POST: (exchange) => this.screen.answerAdminConsent(exchange) }
  }

  private readonly endpoints: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    "oauth2/v2.0/authorize": { GET: (exchange, tenant) => this.screen.show(exchange, tenant) },
    "oauth2/v2.0/token": { POST: (exchange, tenant) => this.tokens(exchange, tenant) },
    "oauth2/v2.0/devicecode": { POST: (exchange, tenant) => this.device(exchange, tenant) },
    "oauth2/v2.0/logout": {
      GET: (exchange) => exchange.html(200, donePage("You signed out of your account"))
    },
    "discovery/v2.0/keys": { GET: (exchange) => exchange.json(200, publicKeys()) },
    "discovery/instance": { GET: (exchange) => this.instance(exchange) },
    "v2.0/.well-known/openid-configuration": {
      GET: (exchange, tenant) => this.configuration(exchange, tenant)
    },
    ".well-known/openid-configuration": { GET: (exchange, tenant) => this.configuration(exchange, tenant) },
    adminconsent: { GET: (exchange) => this.screen.showAdminConsent(exchange) },
    "v2.0/adminconsent": { GET: (exchange) => this.screen.showAdminConsent(exchange) }
  }

  private async form(exchange: Exchange): Promise<URLSearchParams> {
    const type = exchange.header("content-type") ?? ""
    const octets = await exchange.whole(maxForm)
    if (!type.toLowerCase().startsWith("application/x-www-form-urlencoded")) throw new EntraError(9002313)
    return new URLSearchParams(octets.toString("utf8"))
  }

  private async tokens(exchange: Exchange, tenant: string): Promise<void> {
    const form = await this.form(exchange)
    const refusal = this.refusals.shift()
    if (refusal !== undefined) throw refusal
    exchange.json(200, this.token.granted(form, tenant), { "cache-control": "no-store, no-cache" })
  }

  private async device(exchange: Exchange, tenant: string): Promise<void> {
    const form = await this.form(exchange)
    const clientId = form.get("client_id") ?? ""
    const scope = form.get("scope")
    this.directory.checkTenant(tenant)
    if (clientId !== this.directory.clientId) throw new EntraError(700016)
    if (scope === null) throw missing("scope")
    const { userCode, deviceCode } = this.devices.begin(clientId, askedScopes(scope))
    const page = `${this.directory.url}/devicelogin`
    exchange.json(200, {
      user_code: userCode,
      device_code: deviceCode,
      verification_uri: page,
      expires_in: this.devices.life,
      interval: this.devices.interval,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`
    })
  }

  /** The code a person typed. */
  private async typed(exchange: Exchange): Promise<void> {
    const code = this.devices.waiting((await this.form(exchange)).get("user_code") ?? "")
    if (code === undefined)
      return exchange.html(200, devicePage("That code didn’t work. Check the code and try again."))
    const { adminConsentNeeded, adminConsented, deviceCodeBlocked, users } = this.directory
    if (deviceCodeBlocked) return exchange.html(403, errorPage(new EntraError(53003).message))
    if (adminConsentNeeded && !adminConsented)
      return exchange.html(403, errorPage(new EntraError(90094).message))
    const id = randomUUID()
    this.deviceRequests.set(id, code)
    exchange.html(
      200,
      consentPage(id, users, code.asked, { clientId: code.clientId, action: "/rehearsal/device" })
    )
  }

  private async agreed(exchange: Exchange): Promise<void> {
    const form = await this.form(exchange)
    const id = form.get("request") ?? ""
    const code = this.deviceRequests.get(id)
    this.deviceRequests.delete(id)
    const user = this.directory.users.find((each) => each === form.get("account"))
    if (code === undefined) return exchange.html(400, errorPage("This request is over. Begin again."))
    if (form.get("action") !== "accept" || user === undefined) {
      code.outcome = "declined"
      return exchange.html(200, donePage("You declined. You may close this window."))
    }
    this.grants.consent(code.clientId, user, code.asked)
    code.outcome = { user }
    exchange.html(200, donePage("You have signed in. You may close this window."))
  }

  /** Where everything is. The issuer is Microsoft's own name, by which msal accepts the document from any host. */
  private configuration(exchange: Exchange, tenant: string): void {
    this.directory.checkTenant(tenant)
    const { url, issuer } = this.directory
    const at = (path: string) => `${url}/${tenant}/${path}`
    exchange.json(200, {
      token_endpoint: at("oauth2/v2.0/token"),
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      jwks_uri: at("discovery/v2.0/keys"),
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      response_types_supported: ["code"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      issuer: ["common", "organizations"].includes(tenant)
        ? "https://login.microsoftonline.com/{tenantid}/v2.0"
        : issuer,
      authorization_endpoint: at("oauth2/v2.0/authorize"),
      device_authorization_endpoint: at("oauth2/v2.0/devicecode"),
      end_session_endpoint: at("oauth2/v2.0/logout")
    })
  }

  private instance(exchange: Exchange): void {
    const asked = exchange.log.query.get("authorization_endpoint") ?? ""
    const host = URL.canParse(asked) ? new URL(asked).host : ""
    const metadata = [
      { preferred_network: "login.microsoftonline.com", preferred_cache: "login.windows.net", aliases },
      { preferred_network: host, preferred_cache: host, aliases: [host] }
    ]
    exchange.json(200, {
      tenant_discovery_endpoint: `${this.directory.url}/common/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: metadata.filter(
        ({ preferred_network: name }) => name !== "" && (name === host || aliases.includes(name))
      )
    })
  }
}
