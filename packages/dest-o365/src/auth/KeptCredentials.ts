import { dirname, isAbsolute, resolve } from "node:path"

import { AuthFailed, Fatal, MailError } from "@mailferry/core/MailError.ts"
import { expandedPath } from "@mailferry/oauth/CredentialFile.ts"
import {
  type CredentialStore,
  credentialStore,
  type CredentialStoreError,
  type Whereabouts
} from "@mailferry/oauth/CredentialStore.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { loginCommand } from "./EntraWords.ts"
import { decodeCredentials, isApplication, type MicrosoftCredentials } from "./MicrosoftCredentials.ts"

/** The keys of a job file that say who is meant and where the right to the mailbox lies. */
export interface KeptAt {
  readonly user: string
  readonly credentials: Whereabouts
}

export const storeOf = ({ credentials: where, user }: KeptAt): CredentialStore =>
  credentialStore({ provider: "o365", user, where, environment: process.env })

const failed = (reason: AuthFailed | Fatal): MailError =>
  new MailError({ adapter: "o365", operation: "connect", reason })

/** What a credential store that cannot be used means for a connection. */
export const storeFailed = ({ advice, detail }: CredentialStoreError): MailError =>
  failed(new Fatal({ detail, advice }))

/** A certificate's relative path starts at the file that names it. */
export const located = <Kept extends MicrosoftCredentials>(credentials: Kept, where: string): Kept => {
  if (!isApplication(credentials)) return credentials
  const { certificate } = credentials
  const from = where === "keychain" ? "." : dirname(expandedPath(where.replace(/^file:/u, "").trim()))
  const kept = isAbsolute(certificate) || certificate.startsWith("~/")
  return kept ? credentials : { ...credentials, certificate: resolve(from, certificate) }
}

/** The credentials a job points to. AuthFailed, with the command that makes them, when there are none. */
export const readCredentials = Effect.fnUntraced(function* (
  account: KeptAt
): Effect.fn.Return<MicrosoftCredentials, MailError> {
  const { credentials: where, user } = account
  const store = storeOf(account)
  const kept = yield* Effect.mapError(store.find, storeFailed)
  const advice = `Sign in first: ${loginCommand(user)} --client ID (docs/o365-setup.md)`
  if (Option.isNone(kept)) {
    // One who signed in on the desktop and runs by cron has a keychain there and none here.
    const why = yield* store.noKeychain
    const place =
      where === "keychain"
        ? `here${why === undefined ? "" : `, and this session has no keychain to look into (${why})`}`
        : `in ${where.slice("file:".length)}`
    return yield* failed(new AuthFailed({ detail: `there are no credentials of ${user} ${place}`, advice }))
  }
  const decoded = decodeCredentials(kept.value.text)
  if (Option.isNone(decoded)) {
    const detail = `what is kept in ${kept.value.place} is neither a sign-in nor an application with a certificate`
    return yield* failed(new AuthFailed({ detail, advice }))
  }
  return located(decoded.value, where)
})
