import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"

/**
 * The page on which an administrator agrees for a whole organisation (learn.microsoft.com/entra/identity-platform/
 * v2-admin-consent). The redirect has to be one that is registered; nothing listens there, so the browser ends on a page
 * that does not load.
 */
export const adminConsentUrl = (
  { authority }: MicrosoftUrls,
  client: string,
  tenant: string,
  scopes: ReadonlyArray<string>
): string => {
  // An application is agreed to by a directory: `common` and `consumers` are none.
  const directory = tenant === "common" || tenant === "consumers" ? "organizations" : tenant
  const named = scopes.map((scope) => (scope.includes("/") ? scope : `https://graph.microsoft.com/${scope}`))
  const query = new URLSearchParams({
    client_id: client,
    scope: named.join(" "),
    redirect_uri: "http://localhost"
  })
  return `${authority}/${directory}/v2.0/adminconsent?${query.toString()}`
}
