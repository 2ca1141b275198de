import { readFile } from "node:fs/promises"

import { SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import { ServiceAccount } from "./GoogleCredentials.ts"
import type { GoogleClient } from "./TokenRequest.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

/** What the console downloads for a client of type "Desktop app". */
const Installed = Schema.fromJsonString(
  Schema.Struct({
    installed: Schema.Struct({ client_id: Schema.NonEmptyString, client_secret: Secret })
  })
)

const Json = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))

const guide = "docs/gmail-setup.md shows each step."

/** What else such a file may be, so that the person learns which page they were on. */
const insteadOf = (text: string): string => {
  const json: Readonly<Record<string, unknown>> = Option.getOrElse(
    Schema.decodeUnknownOption(Json)(text),
    () => ({})
  )
  if ("web" in json) {
    return 'describes a "Web application": Google sends its answers to registered addresses only, never to this computer'
  }
  if (json["type"] === "service_account") {
    return "is the key of a service account: a person cannot sign in with it; name it as credentials in the job file"
  }
  if (json["type"] === "authorized_user") return "holds a sign-in, not the client that asks for one"
  if ("installed" in json) return "has no client secret: download it anew, from the client's own page"
  return "is not the JSON that the console downloads for an OAuth client"
}

const readNamed = (what: string, path: string): Effect.Effect<string, SignInMisuse> =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) =>
      new SignInMisuse({
        detail: `the ${what} ${path} cannot be read${cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""}`,
        advice: `Name the JSON file that the console downloaded. ${guide}`
      })
  })

/** Reads the client that the console made. Only a "Desktop app" will do. */
export const readClientFile = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<GoogleClient, SignInMisuse> {
  const text = yield* readNamed("client file", path)
  const decoded = Schema.decodeUnknownOption(Installed)(text)
  if (Option.isNone(decoded)) {
    return yield* new SignInMisuse({
      detail: `${path} ${insteadOf(text)}`,
      advice: `Make an OAuth client of type "Desktop app" and download its JSON. ${guide}`
    })
  }
  const { client_id: id, client_secret: secret } = decoded.value.installed
  return { id, secret }
})

const Key = Schema.fromJsonString(ServiceAccount)

/** Reads a service account's key. */
export const readKeyFile = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<ServiceAccount, SignInMisuse> {
  const text = yield* readNamed("key file", path)
  const decoded = Schema.decodeUnknownOption(Key)(text)
  if (Option.isSome(decoded)) return decoded.value
  return yield* new SignInMisuse({
    detail: `${path} is not the JSON key of a service account`,
    advice: `Make a key of type JSON in the console, at the service account. ${guide}`
  })
})
