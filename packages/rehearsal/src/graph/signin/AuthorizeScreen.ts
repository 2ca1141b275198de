import { randomBytes } from "node:crypto"

import type { Exchange } from "../../http/Exchange.ts"
import { askedScopes } from "./AskedScopes.ts"
import type { Directory } from "./Directory.ts"
import { EntraError, missing } from "./EntraError.ts"
import type { AuthorizeRequest, EntraGrants, ResponseMode } from "./EntraGrants.ts"
import { adminConsentPage, adminPage, consentPage, donePage, errorPage, formPostPage } from "./EntraPages.ts"
import { clientInfo } from "./IdToken.ts"

/** A form is no longer. Bytes. */
export const maxForm = 65_536

/** `http://localhost` is registered: any port goes, and 127.0.0.1 is as good (RFC 8252, section 7.3). */
const isLoopback = (uri: string): boolean =>
  /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/[^#]*)?$/u.test(uri) && URL.canParse(uri)

const modes: ReadonlyArray<ResponseMode> = ["form_post", "fragment", "query"]

const prompts = new Set(["", "consent", "create", "login", "none", "select_account"])

/** The page an application sends a person to, and what becomes of the answer. */
export class AuthorizeScreen {
  private readonly directory: Directory
  private readonly grants: EntraGrants
  private readonly adminRequests = new Map<string, URL>()

  constructor(directory: Directory, grants: EntraGrants) {
    this.directory = directory
    this.grants = grants
  }

  show(exchange: Exchange, tenant: string): void {
    const { query } = exchange.log
    try {
      const request = this.read(query, tenant)
      if (query.get("prompt") === "none") {
        const error = new EntraError(50058)
        return this.back(exchange, request, { error: error.error, error_description: error.message })
      }
      const id = this.grants.ask(request)
      const { adminConsentNeeded, adminConsented, users } = this.directory
      if (adminConsentNeeded && !adminConsented) {
        return exchange.html(200, adminPage(id, new EntraError(90094).message))
      }
      const { loginHint: hint, clientId } = request
      exchange.html(
        200,
        consentPage(id, users, request.asked, { hint, clientId, action: "/rehearsal/consent" })
      )
    } catch (failure) {
      if (!(failure instanceof EntraError)) throw failure
      // What is wrong with the request itself the person is told, not the application.
      exchange.log.reason = `AADSTS${failure.number}`
      exchange.html(failure.status, errorPage(failure.message))
    }
  }

  async answer(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams((await exchange.whole(maxForm)).toString("utf8"))
    const request = this.grants.answered(form.get("request") ?? "")
    if (request === undefined) return exchange.html(400, errorPage("This request is over. Begin again."))
    const action = form.get("action")
    if (action === "back") return this.refused(exchange, request, new EntraError(90094))
    const user = this.directory.users.find((each) => each === form.get("account"))
    if (action !== "accept" || user === undefined)
      return this.refused(exchange, request, new EntraError(65004))
    this.grants.consent(request.clientId, user, request.asked)
    const info = clientInfo(this.directory.person(user), this.directory)
    this.back(exchange, request, {
      code: this.grants.code(request, user),
      client_info: info,
      session_state: randomBytes(16).toString("hex")
    })
  }

  /** Where an administrator agrees for everybody. */
  showAdminConsent(exchange: Exchange): void {
    const { query } = exchange.log
    const redirect = query.get("redirect_uri") ?? ""
    if (
      query.get("client_id") !== this.directory.clientId &&
      query.get("client_id") !== this.directory.daemonId
    ) {
      return exchange.html(400, errorPage(new EntraError(700016).message))
    }
    if (!isLoopback(redirect)) return exchange.html(400, errorPage(new EntraError(50011).message))
    const url = new URL(redirect)
    const state = query.get("state")
    if (state !== null) url.searchParams.set("state", state)
    const id = randomBytes(18).toString("base64url")
    this.adminRequests.set(id, url)
    exchange.html(200, adminConsentPage(id, query.get("scope") ?? "All permissions of the application"))
  }

  async answerAdminConsent(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams((await exchange.whole(maxForm)).toString("utf8"))
    const id = form.get("request") ?? ""
    const url = this.adminRequests.get(id)
    this.adminRequests.delete(id)
    if (url === undefined) return exchange.html(400, donePage("This request is over. Begin again."))
    if (form.get("action") === "accept") {
      this.directory.adminConsented = true
      url.searchParams.set("admin_consent", "True")
      url.searchParams.set("tenant", this.directory.tenantId)
    } else {
      url.searchParams.set("error", "access_denied")
      url.searchParams.set("error_description", new EntraError(65004).message)
    }
    exchange.empty(302, { location: url.href })
  }

  private refused(exchange: Exchange, request: AuthorizeRequest, error: EntraError): void {
    const answer = { error: "access_denied", error_subcode: "cancel", error_description: error.message }
    this.back(exchange, request, answer)
  }

  /** Where the browser goes back to the application. */
  private back(
    exchange: Exchange,
    request: AuthorizeRequest,
    answer: Readonly<Record<string, string>>
  ): void {
    const { redirectUri, state, responseMode } = request
    const all = { ...answer, ...(state === undefined ? {} : { state }) }
    if (responseMode === "form_post") return exchange.html(200, formPostPage(redirectUri, all))
    const url = new URL(redirectUri)
    const text = new URLSearchParams(all).toString()
    if (responseMode === "fragment") url.hash = text
    else url.search = text
    exchange.empty(302, { location: url.href })
  }

  private read(query: URLSearchParams, tenant: string): AuthorizeRequest {
    const text = (name: string) => query.get(name) ?? undefined
    const redirectUri = text("redirect_uri") ?? ""
    const challenge = text("code_challenge")
    const method = text("code_challenge_method") ?? "plain"
    const responseMode = modes.find((mode) => mode === (text("response_mode") ?? "query"))
    this.directory.checkTenant(tenant)
    if (text("client_id") !== this.directory.clientId) throw new EntraError(700016)
    if (!isLoopback(redirectUri)) throw new EntraError(50011)
    if (text("response_type") !== "code") throw missing("response_type")
    if (responseMode === undefined || !prompts.has(text("prompt") ?? "")) throw new EntraError(9002313)
    if (text("scope") === undefined) throw missing("scope")
    if (challenge !== undefined && method !== "S256" && method !== "plain") throw new EntraError(9002313)
    return {
      clientId: this.directory.clientId,
      tenant,
      redirectUri,
      asked: askedScopes(text("scope") ?? "", { several: true }),
      state: text("state"),
      nonce: text("nonce"),
      loginHint: text("login_hint"),
      responseMode,
      challenge:
        challenge === undefined
          ? undefined
          : { method: method === "S256" ? "S256" : "plain", value: challenge }
    }
  }
}
