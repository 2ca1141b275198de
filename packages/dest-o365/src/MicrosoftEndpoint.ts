import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Schema from "effect/Schema"

/** Credentials go there, so in the clear only to this machine. */
const ServerUrl = Schema.String.check(
  Schema.makeFilter((text) => {
    const url = URL.parse(text)
    if (url === null) return "expected a URL"
    if (url.protocol === "https:") return undefined
    return url.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/gu, ""))
      ? undefined
      : "expected https (http is for this machine only)"
  })
)

/** Other servers in Microsoft's place: a rehearsal, a test, a national cloud. */
export const MicrosoftEndpoint = Schema.Struct({
  /** Where `/v1.0` is. */
  graph: Schema.optionalKey(ServerUrl),
  /** What stands before `/{tenant}/oauth2/v2.0`. */
  authority: Schema.optionalKey(ServerUrl)
})
export type MicrosoftEndpoint = typeof MicrosoftEndpoint.Type

/** Every server that mail and sign-in go to, but for those that Graph names for one large attachment. */
export interface MicrosoftUrls {
  /** Ends in no slash, as does `authority`. */
  readonly graph: string
  readonly authority: string
}

/** learn.microsoft.com/graph/deployments: the global service. */
const microsoft: MicrosoftUrls = {
  graph: "https://graph.microsoft.com",
  authority: "https://login.microsoftonline.com"
}

const withoutSlash = (url: string): string => url.replace(/\/+$/u, "")

export const urlsOf = ({ authority, graph }: MicrosoftEndpoint = {}): MicrosoftUrls => ({
  graph: withoutSlash(graph ?? microsoft.graph),
  authority: withoutSlash(authority ?? microsoft.authority)
})
