import { EntraError } from "./EntraError.ts"
import { identityScopes, scopeWords } from "./GraphScope.ts"
import { graphAudience, outlookAudience } from "./GraphTokens.ts"

/** What the `scope` of a request stands for. */
export interface AskedScopes {
  /** Of one resource, without its name: `Mail.ReadWrite`. */
  readonly rights: ReadonlySet<string>
  /** Rights, and those of no resource: `openid`, `offline_access`. */
  readonly names: ReadonlySet<string>
  readonly audience: string
}

const audiences: Readonly<Record<string, string>> = {
  "https://graph.microsoft.com": graphAudience,
  "https://outlook.office.com": outlookAudience,
  "https://outlook.office365.com": outlookAudience
}

const qualified = /^(https:\/\/[a-z0-9.]+)\/{1,2}(.+)$/iu

/**
 * Fails where a scope is unknown, or where scopes are of two resources: a token has one audience. On the page a person may
 * agree to those of several (`several`); the token that comes of it is for the first.
 */
export const askedScopes = (text: string, { several = false } = {}): AskedScopes => {
  const names = new Set<string>()
  const rights = new Set<string>()
  const found = new Set<string>()
  for (const each of text.split(/\s+/u).filter((word) => word !== "")) {
    const [, resource, rest = each] = qualified.exec(each) ?? []
    const audience = resource === undefined ? graphAudience : audiences[resource.toLowerCase()]
    const name = Object.keys(scopeWords).find((known) => known.toLowerCase() === rest.toLowerCase()) ?? rest
    const belongs = name === ".default" || scopeWords[name] !== undefined
    const imap = name.startsWith("IMAP.")
    if (audience === undefined || !belongs || (imap && audience !== outlookAudience)) {
      throw new EntraError(70011, `The scope '${each}' is not valid.`)
    }
    names.add(name)
    if (resource === undefined && identityScopes.has(name)) continue
    found.add(audience)
    if (!several || found.size === 1) rights.add(name)
  }
  if (found.size > 1 && !several) throw new EntraError(28000)
  return { names, rights, audience: [...found][0] ?? graphAudience }
}
