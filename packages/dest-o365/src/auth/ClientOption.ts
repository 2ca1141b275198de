import { readFile } from "node:fs/promises"

import { SignInMisuse } from "@mailferry/core/SignIn.ts"
import { expandedPath } from "@mailferry/oauth/CredentialFile.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

import { located } from "./KeptCredentials.ts"
import { type ApplicationCredentials, decodeCredentials, isApplication } from "./MicrosoftCredentials.ts"

const guide = "docs/o365-setup.md shows each step."

/** Microsoft's ids. */
const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

const example = '{ "tenant": "…", "client": "…", "certificate": "app.pem" }'

/**
 * What `--client` names: the id of an application that people sign in with, or the file of one that acts by itself with a
 * certificate.
 */
export const readClientOption = Effect.fnUntraced(function* (
  option: string
): Effect.fn.Return<string | ApplicationCredentials, SignInMisuse> {
  const text = option.trim()
  if (id.test(text)) return text.toLowerCase()
  const file = yield* Effect.option(Effect.tryPromise(() => readFile(expandedPath(text), "utf8")))
  if (Option.isNone(file)) {
    return yield* new SignInMisuse({
      detail: `"${text}" is neither the id of an application (32 hexadecimal digits in five groups) nor a file that can be read`,
      advice: `Copy the "Application (client) ID" from the registration's Overview. ${guide}`
    })
  }
  const decoded = Option.filter(decodeCredentials(Redacted.make(file.value)), isApplication)
  if (Option.isNone(decoded)) {
    return yield* new SignInMisuse({
      detail: `${text} does not describe an application with a certificate`,
      advice: `It is to hold JSON: ${example}. To sign in as a person give the application's id instead of a file. ${guide}`
    })
  }
  return located(decoded.value, `file:${text}`)
})
