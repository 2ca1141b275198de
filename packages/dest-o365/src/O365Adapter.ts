import type { DestinationAdapter } from "@mailferry/core/Adapter.ts"
import { Destination } from "@mailferry/core/Destination.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import { microsoftSignIn } from "./auth/MicrosoftSignIn.ts"
import { makeMicrosoftTokens } from "./auth/MicrosoftTokens.ts"
import { makeCategoryBook } from "./categories/CategoryBook.ts"
import { makeFolderBook } from "./folders/FolderBook.ts"
import { makeGraphWire } from "./graph/GraphWire.ts"
import { toldOf } from "./graph/Told.ts"
import { urlsOf } from "./MicrosoftEndpoint.ts"
import { requestTimeout } from "./O365Capabilities.ts"
import { accountIdOf, O365Config } from "./O365Config.ts"
import { makeO365Destination } from "./O365Destination.ts"
import { preflight } from "./O365Preflight.ts"

const connect = Effect.fnUntraced(function* (config: O365Config) {
  const { colours, endpoint, user } = config
  const tokens = yield* makeMicrosoftTokens(config)
  const wire = yield* makeGraphWire({
    graphUrl: urlsOf(endpoint).graph,
    tokens: tokens.graph,
    timeout: requestTimeout
  })
  const { consentUrl, mailboxPath } = tokens
  const isApplication = mailboxPath !== "/me"
  const told = toldOf({ user, isApplication, ...(consentUrl === undefined ? {} : { consentUrl }) })
  const options = { wire, told, mailboxPath }
  const { failure } = yield* preflight({ ...options, user })
  if (Option.isSome(failure)) return yield* failure.value
  const byName = new Map(Object.entries(colours).map(([name, colour]) => [name.toLowerCase(), colour]))
  const imap = Option.isNone(tokens.imap)
    ? Option.none()
    : Option.some(
        yield* Effect.flatMap(
          Effect.promise(() => import("./imap/ImapAppend.ts")),
          ({ makeImapAppend }) => makeImapAppend(config, tokens)
        )
      )
  return yield* makeO365Destination(config, {
    mailbox: { account: user, mailboxPath, wire, told },
    folders: makeFolderBook(options),
    categories: makeCategoryBook({ ...options, colourOf: (name) => byName.get(name.toLowerCase()) }),
    imap
  })
})

/** Loaded when a job asks for it. */
const connectByImap = (config: O365Config) =>
  Effect.gen(function* () {
    const { connectO365Imap } = yield* Effect.promise(() => import("./imap/O365Imap.ts"))
    return yield* connectO365Imap(config, yield* makeMicrosoftTokens(config))
  })

/** Exchange Online and Outlook.com as a destination. */
export const O365Destination: DestinationAdapter<O365Config, typeof O365Config.Encoded> = {
  kind: "o365",
  title: "Microsoft 365 or Outlook.com",
  Config: O365Config,
  secrets: ["token"],
  accountId: accountIdOf,
  signIn: microsoftSignIn,
  layer: (config) =>
    Layer.effect(Destination, config.transport === "imap" ? connectByImap(config) : connect(config))
}
