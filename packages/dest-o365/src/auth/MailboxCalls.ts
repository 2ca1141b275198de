import type { MailError } from "@mailferry/core/MailError.ts"
import { isObject, textOf } from "@mailferry/oauth/Json.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import { makeGraphWire } from "../graph/GraphWire.ts"
import { toldOf } from "../graph/Told.ts"
import type { MicrosoftUrls } from "../MicrosoftEndpoint.ts"
import type { MicrosoftTokens } from "./MicrosoftTokens.ts"

/** A person waits for these answers. */
const patience = Duration.seconds(20)

const listed = (json: unknown, key: string): ReadonlyArray<unknown> => {
  const found = isObject(json) ? json[key] : undefined
  return Array.isArray(found) ? found : []
}

export interface MailboxCalls {
  /** Names of the account whose token it is; the one it is best known by first. Not for an application by itself. */
  readonly names: Effect.Effect<ReadonlyArray<string>, MailError>
  /** Its other addresses. Only the directory of an organisation tells them. */
  readonly aliases: Effect.Effect<ReadonlyArray<string>, MailError>
  /** How many things the inbox holds. */
  readonly inbox: Effect.Effect<number, MailError>
  /** How many categories there are. */
  readonly categories: Effect.Effect<number, MailError>
}

/** The few calls that show what a right to a mailbox is worth. The scope closes the connections. */
export const openMailboxCalls = Effect.fnUntraced(function* (
  { graph: graphUrl }: MicrosoftUrls,
  { graph, mailboxPath }: Pick<MicrosoftTokens, "graph" | "mailboxPath">,
  owner: { readonly user: string; readonly consentUrl?: string }
) {
  const wire = yield* makeGraphWire({ graphUrl, timeout: patience, tokens: graph })
  const told = toldOf(owner)
  const get = (path: string): Effect.Effect<unknown, MailError> =>
    Effect.map(
      told("connect", wire.call("connect", { method: "GET", path: `${mailboxPath}${path}` })),
      ({ json }) => json
    )
  const calls: MailboxCalls = {
    names: Effect.map(get(""), (json) =>
      ["userPrincipalName", "mail"].flatMap((key) => textOf(json, key) ?? [])
    ),
    aliases: Effect.map(get("?$select=proxyAddresses"), (json) =>
      listed(json, "proxyAddresses").flatMap((each) =>
        typeof each === "string" ? each.replace(/^smtp:/iu, "") : []
      )
    ),
    inbox: Effect.map(get("/mailFolders/inbox"), (json) =>
      isObject(json) && typeof json["totalItemCount"] === "number" ? json["totalItemCount"] : 0
    ),
    categories: Effect.map(get("/outlook/masterCategories"), (json) => listed(json, "value").length)
  }
  return calls
})
