import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

import { defaultFile, readPrivate, removePrivate, writePrivate } from "./CredentialFile.ts"
import { openKeychain } from "./Keychain.ts"

/** Where credentials are kept: `keychain` (the operating system's) or `file:PATH`. Never the credentials themselves. */
export const Whereabouts = Schema.Union([
  Schema.Literal("keychain"),
  Schema.String.check(Schema.isPattern(/^file:.+/su, { expected: 'keychain or "file:PATH"' }))
])
export type Whereabouts = typeof Whereabouts.Type

/** The keychain or the file cannot be used. Never holds what is kept there. */
export class CredentialStoreError extends Schema.TaggedError<CredentialStoreError>(
  "mailferry/CredentialStoreError"
)("CredentialStoreError", { detail: Schema.String, advice: Schema.String }) {}

export interface Kept {
  readonly text: Redacted.Redacted
  /** For a person: `the keychain of this computer`, or the path of the file. */
  readonly place: string
  /** Whether others on this computer may read them there. */
  readonly exposed: boolean
}

export interface CredentialStore {
  /**
   * Fails where `keep` would: a locked keychain, a directory of somebody else's. To be asked before a person goes through
   * a sign-in for nothing. Changes nothing that is kept.
   */
  readonly writable: Effect.Effect<void, CredentialStoreError>
  readonly find: Effect.Effect<Option.Option<Kept>, CredentialStoreError>
  /** Why `find` looks into no keychain although one is asked for; undefined when it does, or when none is asked for. */
  readonly noKeychain: Effect.Effect<string | undefined>
  /**
   * Puts these in the place of what was kept. Answers with the place, and with why it is a file although the keychain
   * was asked for.
   */
  readonly keep: (
    text: Redacted.Redacted
  ) => Effect.Effect<
    { readonly place: string; readonly noKeychain: string | undefined },
    CredentialStoreError
  >
  /** Whether there was something to remove. */
  readonly remove: Effect.Effect<boolean, CredentialStoreError>
}

export interface CredentialStoreOptions {
  /** The adapter's kind. */
  readonly provider: string
  readonly user: string
  readonly where: Whereabouts
  readonly environment: Readonly<Record<string, string | undefined>>
}

const inKeychain = "the keychain of this computer"

const fileFailed = (path: string, done: string) => (cause: unknown) =>
  new CredentialStoreError({
    detail: `${path} cannot be ${done}${cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""}`,
    advice: `Make sure that the file and its directory are yours: chmod 600 ${path}`
  })

const keychainFailed = (cause: unknown) =>
  new CredentialStoreError({
    detail: `the keychain of this computer does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    advice:
      'Unlock it and try again, or keep the credentials in a file only you can read: "file:PATH" in the place of "keychain".'
  })

const fileStore = (path: string) => ({
  writable: Effect.tryPromise({
    try: async () => {
      await writePrivate(`${path}.test`, "")
      await removePrivate(`${path}.test`)
    },
    catch: fileFailed(path, "written")
  }),
  find: Effect.tryPromise({ try: () => readPrivate(path), catch: fileFailed(path, "read") }).pipe(
    Effect.map((found) =>
      Option.map(Option.fromUndefinedOr(found), ({ exposed, text }): Kept => ({
        text: Redacted.make(text),
        place: path,
        exposed
      }))
    )
  ),
  keep: (text: Redacted.Redacted) =>
    Effect.tryPromise({
      try: () => writePrivate(path, Redacted.value(text)),
      catch: fileFailed(path, "written")
    }),
  remove: Effect.tryPromise({ try: () => removePrivate(path), catch: fileFailed(path, "removed") })
})

/**
 * One account's credentials. Where `keychain` is asked for and the machine has none (Linux without a desktop session),
 * they lie in a file that only the owner can read; both places are looked into, the keychain first.
 */
export const credentialStore = (options: CredentialStoreOptions): CredentialStore => {
  const { environment, provider, user, where } = options
  if (where !== "keychain") {
    const path = where.slice("file:".length).trim()
    const file = fileStore(path)
    return {
      ...file,
      noKeychain: Effect.succeed(undefined),
      keep: (text) => Effect.as(file.keep(text), { place: path, noKeychain: undefined })
    }
  }
  const path = defaultFile(environment, provider, user)
  const file = fileStore(path)
  const entry = `${provider}:${user.toLowerCase()}`
  const keychain = Effect.promise(() => openKeychain(entry))
  const ask = <A>(question: () => Promise<A>) => Effect.tryPromise({ try: question, catch: keychainFailed })
  return {
    writable: Effect.gen(function* () {
      const tested = yield* Effect.promise(() => openKeychain(`${entry} (test)`))
      if (tested._tag === "None") return yield* file.writable
      yield* ask(() => tested.write("test"))
      yield* ask(tested.remove)
    }),
    find: Effect.gen(function* () {
      const opened = yield* keychain
      const text = opened._tag === "Open" ? yield* ask(opened.read) : undefined
      if (text === undefined) return yield* file.find
      return Option.some({ text: Redacted.make(text), place: inKeychain, exposed: false })
    }),
    noKeychain: Effect.map(keychain, (opened) => (opened._tag === "None" ? opened.why : undefined)),
    keep: Effect.fnUntraced(function* (text) {
      const opened = yield* keychain
      if (opened._tag === "None") {
        yield* file.keep(text)
        return { place: path, noKeychain: opened.why }
      }
      const secret = Redacted.value(text)
      if (opened.longest !== undefined && secret.length > opened.longest) {
        // The file is looked into only where the keychain has none.
        yield* ask(opened.remove)
        yield* file.keep(text)
        return { place: path, noKeychain: `an entry of it holds no more than ${opened.longest} characters` }
      }
      yield* ask(() => opened.write(secret))
      // One of an earlier sign-in without a keychain must not outlive this one.
      yield* file.remove
      return { place: inKeychain, noKeychain: undefined }
    }),
    remove: Effect.gen(function* () {
      const opened = yield* keychain
      const removed = opened._tag === "Open" ? yield* ask(opened.remove) : false
      return (yield* file.remove) || removed
    })
  }
}
