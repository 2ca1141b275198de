import type { ApiMethod } from "./ApiMethod.ts"
import { gmailScope } from "./GmailScope.ts"

const { full, modify, readonly } = gmailScope

/** Of the settings, the one that decides which names are Gmail's own. */
export const settingsMethods: ReadonlyArray<ApiMethod> = [
  {
    id: "settings.getLanguage",
    verb: "GET",
    path: "settings/language",
    // Google's table names no price; the reading of other settings costs this.
    units: 1,
    scopes: [full, modify, readonly],
    handle: ({ world }) => ({ displayLanguage: world.language })
  }
]
