import type { DestinationAdapter } from "@mailferry/core/Adapter.ts"
import { Destination } from "@mailferry/core/Destination.ts"
import { AuthFailed, MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { urlsOf } from "./auth/GoogleEndpoint.ts"
import { googleSignIn } from "./auth/GoogleSignIn.ts"
import { makeGoogleTokens } from "./auth/GoogleTokens.ts"
import { loginCommand } from "./auth/TokenFailure.ts"
import { isSameAddress } from "./GmailAddress.ts"
import { makeGmailApi } from "./GmailApi.ts"
import { attemptTimeout, concurrentCalls } from "./GmailCapabilities.ts"
import { accountIdOf, GmailConfig } from "./GmailConfig.ts"
import { makeGmailDestination } from "./GmailDestination.ts"
import { makeGmailWire } from "./GmailWire.ts"
import { nameOfPath, sentInstead } from "./labels/GmailNames.ts"
import { makeLabelBook } from "./labels/LabelBook.ts"

const wrongAccount = (user: string, address: string) =>
  new MailError({
    adapter: "gmail",
    operation: "connect",
    reason: new AuthFailed({
      detail: `the credentials open ${address}, and the mail is for ${user}`,
      advice: `Sign in as ${user}: ${loginCommand(user)}. Or name ${address} in the job file, if that is the account you mean.`
    })
  })

const connect = Effect.fnUntraced(function* (config: GmailConfig) {
  const { colours, method, parent, project, user } = config
  const wire = yield* makeGmailWire({
    rootUrl: urlsOf(config.endpoint).api,
    tokens: yield* makeGoogleTokens(config),
    sockets: concurrentCalls[project],
    timeout: attemptTimeout
  })
  const api = makeGmailApi(wire, { user, method, sentInstead: sentInstead(parent) })
  const address = yield* api.emailAddress
  if (!isSameAddress(address, user)) return yield* wrongAccount(user, address)
  // Not knowing it costs no more than some names that need not have been changed.
  const language = yield* Effect.catch(api.language, () => Effect.succeed(""))
  const byName = new Map(Object.entries(colours).map(([name, colour]) => [name.toLowerCase(), colour]))
  const book = makeLabelBook(api.labels, {
    colourOf: (path) => byName.get(nameOfPath(path).toLowerCase())
  })
  yield* book.list
  return makeGmailDestination(api, book, { ...config, language })
})

/** Loaded when a job asks for it, like the client library of the other way. */
const connectByImap = (config: GmailConfig) =>
  Effect.flatMap(
    Effect.promise(() => import("./imap/GmailImap.ts")),
    ({ connectGmailImap }) => connectGmailImap(config)
  )

/** Gmail and Google Workspace as a destination. */
export const GmailDestination: DestinationAdapter<GmailConfig, typeof GmailConfig.Encoded> = {
  kind: "gmail",
  title: "Gmail or Google Workspace",
  Config: GmailConfig,
  secrets: ["token", "password"],
  accountId: accountIdOf,
  signIn: googleSignIn,
  layer: (config) =>
    Layer.effect(Destination, config.transport === "imap" ? connectByImap(config) : connect(config))
}
