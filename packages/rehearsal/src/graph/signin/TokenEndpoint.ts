import { type AskedScopes, askedScopes } from "./AskedScopes.ts"
import { checkAssertion } from "./ClientAssertion.ts"
import type { DeviceCodes } from "./DeviceCodes.ts"
import type { Directory } from "./Directory.ts"
import { EntraError, missing } from "./EntraError.ts"
import type { EntraGrant, EntraGrants } from "./EntraGrants.ts"
import { allRoles, allScopes } from "./GraphScope.ts"
import { graphAudience, type GraphTokens, type NewToken, outlookAudience } from "./GraphTokens.ts"
import { clientInfo, idToken } from "./IdToken.ts"

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/** Tokens for codes, refresh tokens, devices and certificates. */
export class TokenEndpoint {
  /** Seconds an access token lives. */
  life = 3599
  private readonly directory: Directory
  private readonly grants: EntraGrants
  private readonly devices: DeviceCodes
  private readonly tokens: GraphTokens

  constructor(directory: Directory, grants: EntraGrants, devices: DeviceCodes, tokens: GraphTokens) {
    this.directory = directory
    this.grants = grants
    this.devices = devices
    this.tokens = tokens
  }

  granted(form: URLSearchParams, tenant: string): object {
    const field = (name: string): string => {
      const value = form.get(name)
      if (value === null || value === "") throw missing(name)
      return value
    }
    const type = field("grant_type")
    const clientId = field("client_id")
    if (type === "client_credentials") return this.daemon(form, clientId, tenant)
    if (clientId !== this.directory.clientId) throw new EntraError(700016)
    if (form.has("client_secret") || form.has("client_assertion")) throw new EntraError(700025)
    this.directory.checkTenant(tenant)
    switch (type) {
      case "authorization_code": {
        const verifier = form.get("code_verifier") ?? undefined
        const code = this.grants.redeem(field("code"), clientId, field("redirect_uri"), verifier)
        return this.issued(code, code.request.nonce)
      }
      case "refresh_token": {
        const scope = form.get("scope")
        const asked = scope === null ? undefined : askedScopes(scope)
        return this.issued(this.grants.refreshed(field("refresh_token"), clientId, asked))
      }
      case "device_code":
      case "urn:ietf:params:oauth:grant-type:device_code":
        return this.issued(this.devices.poll(field("device_code"), clientId))
      default:
        throw new EntraError(70003)
    }
  }

  /** An application by itself; its permissions are those an administrator gave it. */
  private daemon(form: URLSearchParams, clientId: string, tenant: string): object {
    const { directory } = this
    if (directory.personal || clientId !== directory.daemonId) throw new EntraError(700016)
    if (["common", "organizations", "consumers"].includes(tenant.toLowerCase())) throw new EntraError(50059)
    directory.checkTenant(tenant)
    if (form.has("client_secret")) throw new EntraError(7000215)
    if (form.get("client_assertion_type") !== assertionType) throw new EntraError(7000218)
    const hosts = ["https://login.microsoftonline.com", directory.url]
    const audiences = hosts.flatMap((host) =>
      [tenant, directory.tenantId].flatMap((id) => [`${host}/${id}/v2.0`, `${host}/${id}/oauth2/v2.0/token`])
    )
    checkAssertion(form.get("client_assertion") ?? "", clientId, directory.certificate, audiences)
    const resource = /^(https:\/\/.+)\/\.default$/u.exec(form.get("scope") ?? "")?.[1] ?? ""
    const granted = roles[resource]
    if (granted === undefined) throw new EntraError(1002012)
    const { value } = this.tokens.issue({ ...granted, user: undefined, clientId, seconds: this.life })
    return { token_type: "Bearer", expires_in: this.life, ext_expires_in: this.life, access_token: value }
  }

  private issued(grant: EntraGrant, nonce?: string): object {
    const { user, clientId, asked } = grant
    const { names } = asked
    const person = this.directory.person(user)
    const refresh = names.has("offline_access") ? this.grants.refreshToken(grant) : undefined
    const scopes = rightsOf(asked)
    const { value } = this.tokens.issue({
      user,
      scopes,
      audience: asked.audience,
      clientId,
      seconds: this.life,
      from: refresh
    })
    const named = ["email", "openid", "profile"].filter((name) => names.has(name))
    return {
      token_type: "Bearer",
      scope: [...named, ...scopes].join(" "),
      expires_in: this.life,
      ext_expires_in: this.life,
      access_token: value,
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
      ...(names.has("openid") ? { id_token: idToken(person, this.directory, clientId, nonce) } : {}),
      client_info: clientInfo(person, this.directory)
    }
  }
}

/** Application permissions, by what `.default` stands behind. */
const roles: Readonly<Record<string, Pick<NewToken, "audience" | "scopes">>> = {
  [graphAudience]: { scopes: allRoles, audience: graphAudience },
  "https://outlook.office365.com": { scopes: new Set(["IMAP.AccessAsApp"]), audience: outlookAudience }
}

/** With `.default`, all that was registered for the application. User.Read comes with every sign-in. */
const rightsOf = ({ rights, audience }: AskedScopes): ReadonlySet<string> => {
  if (rights.has(".default")) return allScopes
  return audience === graphAudience && rights.size === 0 ? new Set(["User.Read"]) : rights
}
