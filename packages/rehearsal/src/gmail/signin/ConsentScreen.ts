import type { Exchange } from "../../http/Exchange.ts"
import { identityScopes, knownScopes, scopesOf } from "../GmailScope.ts"
import { blockedPage, consentPage } from "./ConsentPage.ts"
import type { ConsentRequest, Grants, OAuthClient } from "./Grants.ts"

/** A form is no longer. Bytes. */
const maxForm = 65_536

const isLoopback = (uri: string): boolean =>
  /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/[^#]*)?$/u.test(uri)

interface Blocked {
  readonly blocked: string
  readonly status: number
  readonly words: string
}

const blocked = (status: number, error: string, words: string): Blocked => ({ blocked: error, status, words })

/** Where the browser goes back to the application. */
const backTo = ({ redirectUri, state }: ConsentRequest, answer: Readonly<Record<string, string>>): string => {
  const url = new URL(redirectUri)
  if (state !== undefined) url.searchParams.set("state", state)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  return url.href
}

/** The page an application sends a person to, and what becomes of the answer. */
export class ConsentScreen {
  private readonly client: OAuthClient
  private readonly grants: Grants
  private readonly users: () => ReadonlyArray<string>

  constructor(client: OAuthClient, grants: Grants, users: () => ReadonlyArray<string>) {
    this.client = client
    this.grants = grants
    this.users = users
  }

  show(exchange: Exchange): void {
    const request = this.read(exchange.log.query)
    if ("blocked" in request) {
      return exchange.html(request.status, blockedPage(request.status, request.blocked, request.words))
    }
    if (request.prompt.has("none")) {
      return exchange.empty(302, { location: backTo(request, { error: "interaction_required" }) })
    }
    exchange.html(200, consentPage(this.grants.ask(request), request, this.users()))
  }

  async answer(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams((await exchange.whole(maxForm)).toString("utf8"))
    const request = this.grants.answered(form.get("request") ?? "")
    const user = this.users().find((each) => each === form.get("account"))
    if (request === undefined || user === undefined) {
      return exchange.html(400, blockedPage(400, "invalid_request", "This request is over. Begin again."))
    }
    const ticked = new Set(form.getAll("scope"))
    const scopes = new Set(
      [...request.scopes].filter((scope) => ticked.has(scope) || identityScopes.has(scope))
    )
    if (form.get("action") !== "allow" || scopes.size === 0) {
      return exchange.empty(302, { location: backTo(request, { error: "access_denied" }) })
    }
    const code = this.grants.code(request, user, scopes)
    const location = backTo(request, {
      iss: "https://accounts.google.com",
      code,
      scope: [...scopes].join(" "),
      prompt: "consent"
    })
    exchange.empty(302, { location })
  }

  private read(query: URLSearchParams): ConsentRequest | Blocked {
    const text = (name: string) => query.get(name) ?? undefined
    const redirectUri = text("redirect_uri") ?? ""
    const scopes = scopesOf(text("scope") ?? "")
    const challenge = text("code_challenge")
    const method = text("code_challenge_method") ?? "plain"
    const prompt = new Set((text("prompt") ?? "").split(/\s+/u).filter((each) => each !== ""))
    if (text("client_id") !== this.client.id) {
      return blocked(401, "invalid_client", "The OAuth client was not found.")
    }
    if (!isLoopback(redirectUri)) {
      return blocked(
        400,
        "redirect_uri_mismatch",
        "A Desktop client is answered on the loopback address only."
      )
    }
    if (text("response_type") !== "code") {
      return blocked(400, "unsupported_response_type", "Invalid response_type")
    }
    if (scopes.size === 0) return blocked(400, "invalid_request", "Missing required parameter: scope")
    const unknown = [...scopes].filter((scope) => !knownScopes.has(scope))
    if (unknown.length > 0) {
      return blocked(400, "invalid_scope", `Some requested scopes were invalid: ${unknown.join(" ")}`)
    }
    if (challenge !== undefined && method !== "S256" && method !== "plain") {
      return blocked(400, "invalid_request", "code_challenge_method is S256 or plain")
    }
    if ([...prompt].some((each) => !["none", "consent", "select_account"].includes(each))) {
      return blocked(400, "invalid_request", "Invalid parameter value for prompt")
    }
    return {
      clientId: this.client.id,
      redirectUri,
      scopes,
      state: text("state"),
      loginHint: text("login_hint"),
      challenge:
        challenge === undefined
          ? undefined
          : { method: method === "S256" ? "S256" : "plain", value: challenge },
      offline: text("access_type") === "offline",
      prompt,
      nonce: text("nonce")
    }
  }
}
