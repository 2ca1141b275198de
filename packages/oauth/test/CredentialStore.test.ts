import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { vi } from "vitest"

import { credentialStore, type Whereabouts } from "../src/CredentialStore.ts"
import { openKeychain } from "../src/Keychain.ts"

vi.mock(import("../src/Keychain.ts"))

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "mailferry-oauth-"))
  vi.mocked(openKeychain).mockResolvedValue({ _tag: "None", why: "no Secret Service" })
})
afterEach(() => {
  vi.resetAllMocks()
  rmSync(home, { recursive: true, force: true })
})

const storeOf = (where: Whereabouts = "keychain", user = "You@Example.net") =>
  credentialStore({ provider: "toy", user, where, environment: { XDG_CONFIG_HOME: home } })

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

const secret = Redacted.make('{"refresh_token":"the-secret"}')

/** A keychain that forgets nothing and can be locked. */
const useKeychain = (longest?: number) => {
  const entries = new Map<string, string>()
  const state = { entries, locked: false }
  const whenOpen = async <A>(value: () => A): Promise<A> => {
    if (state.locked) throw new Error("Couldn't access platform secure storage: locked")
    return value()
  }
  vi.mocked(openKeychain).mockImplementation(async (account) => ({
    _tag: "Open",
    longest,
    read: () => whenOpen(() => entries.get(account)),
    write: (text) => whenOpen(() => void entries.set(account, text)),
    remove: () => whenOpen(() => entries.delete(account))
  }))
  return state
}

describe("credentials, where there is no keychain,", () => {
  it.effect("lie in a file of the owner's in a directory of the owner's, and the reason is told", () =>
    Effect.gen(function* () {
      const { noKeychain, place } = yield* storeOf().keep(secret)
      assert.strictEqual(place, join(home, "mailferry", "credentials", "toy_you@example.net.json"))
      assert.strictEqual(noKeychain, "no Secret Service")
      assert.strictEqual(yield* storeOf().noKeychain, "no Secret Service")
      assert.strictEqual(readFileSync(place, "utf8"), Redacted.value(secret))
      if (process.platform !== "win32") {
        assert.strictEqual(modeOf(place), "600")
        assert.strictEqual(modeOf(join(home, "mailferry", "credentials")), "700")
      }
      const kept = Option.getOrThrow(yield* storeOf().find)
      assert.strictEqual(Redacted.value(kept.text), Redacted.value(secret))
      assert.strictEqual(kept.exposed, false)
    })
  )

  it.effect("take the place of earlier ones whole, and leave no file beside them", () =>
    Effect.gen(function* () {
      const { place } = yield* storeOf().keep(secret)
      if (process.platform !== "win32") chmodSync(place, 0o644)
      yield* storeOf().keep(Redacted.make("second"))
      assert.strictEqual(readFileSync(place, "utf8"), "second")
      assert.deepEqual(readdirSync(join(home, "mailferry", "credentials")), ["toy_you@example.net.json"])
      if (process.platform !== "win32") assert.strictEqual(modeOf(place), "600")
    })
  )

  it.effect("of a user with strange characters stay inside the directory", () =>
    Effect.gen(function* () {
      const { place } = yield* storeOf("keychain", "../../Ünï/x:y@z").keep(secret)
      assert.strictEqual(
        place,
        join(home, "mailferry", "credentials", "toy_..%2f..%2f%c3%bcn%c3%af%2fx%3ay@z.json")
      )
    })
  )

  it.effect("that can be written are found so without a trace", () =>
    Effect.gen(function* () {
      const { place } = yield* storeOf().keep(secret)
      yield* storeOf().writable
      assert.deepEqual(readdirSync(join(home, "mailferry", "credentials")), ["toy_you@example.net.json"])
      assert.strictEqual(readFileSync(place, "utf8"), Redacted.value(secret))
    })
  )

  it.effect("are gone once removed, and removing them again removes nothing", () =>
    Effect.gen(function* () {
      const { place } = yield* storeOf().keep(secret)
      assert.strictEqual(yield* storeOf().remove, true)
      assert.strictEqual(existsSync(place), false)
      assert.strictEqual(yield* storeOf().remove, false)
      assert.deepEqual(yield* storeOf().find, Option.none())
    })
  )
})

describe("credentials in a named file", () => {
  it.effect("never touch the keychain, and say when others may read them", () =>
    Effect.gen(function* () {
      const path = join(home, "key.json")
      writeFileSync(path, "text", { mode: 0o600 })
      if (process.platform !== "win32") chmodSync(path, 0o640)
      const kept = Option.getOrThrow(yield* storeOf(`file:${path}`).find)
      assert.strictEqual(kept.place, path)
      assert.strictEqual(kept.exposed, process.platform !== "win32")
      assert.strictEqual(vi.mocked(openKeychain).mock.calls.length, 0)
    })
  )

  it.effect("that cannot be read are an error without their text", () =>
    Effect.gen(function* () {
      const path = join(home, "directory")
      mkdirSync(path)
      const { detail } = yield* Effect.flip(storeOf(`file:${path}`).find)
      assert.strictEqual(detail, `${path} cannot be read (EISDIR)`)
    })
  )

  it.effect("whose directory cannot be made are an error, and nothing is left behind", () =>
    Effect.gen(function* () {
      const file = join(home, "file")
      writeFileSync(file, "")
      const store = storeOf(`file:${join(file, "x.json")}`)
      yield* Effect.flip(store.writable)
      const { advice, detail } = yield* Effect.flip(store.keep(secret))
      assert.include(detail, "cannot be written")
      assert.notInclude(detail + advice, "the-secret")
    })
  )
})

describe("credentials in the keychain", () => {
  it.effect("are kept under the provider and the user, and nowhere else", () =>
    Effect.gen(function* () {
      const { entries } = useKeychain()
      const { noKeychain, place } = yield* storeOf().keep(secret)
      assert.deepEqual([place, noKeychain], ["the keychain of this computer", undefined])
      assert.strictEqual(yield* storeOf().noKeychain, undefined)
      assert.deepEqual([...entries], [["toy:you@example.net", Redacted.value(secret)]])
      assert.deepEqual(readdirSync(home), [])
      assert.strictEqual(
        Redacted.value(Option.getOrThrow(yield* storeOf().find).text),
        Redacted.value(secret)
      )
    })
  )

  it.effect("take the place of a file from the time without a keychain", () =>
    Effect.gen(function* () {
      const { place } = yield* storeOf().keep(Redacted.make("old"))
      useKeychain()
      assert.strictEqual(Redacted.value(Option.getOrThrow(yield* storeOf().find).text), "old")
      yield* storeOf().keep(secret)
      assert.strictEqual(existsSync(place), false)
    })
  )

  it.effect("are removed there and in the file", () =>
    Effect.gen(function* () {
      const { entries } = useKeychain()
      yield* storeOf().keep(secret)
      assert.strictEqual(yield* storeOf().remove, true)
      assert.strictEqual(entries.size, 0)
    })
  )

  it.effect("that can be written are found so without a trace", () =>
    Effect.gen(function* () {
      const { entries } = useKeychain()
      yield* storeOf().writable
      assert.strictEqual(entries.size, 0)
    })
  )

  it.effect("that are too long for an entry of it lie in a file, and none that is older is found first", () =>
    Effect.gen(function* () {
      const { entries } = useKeychain(40)
      yield* storeOf().keep(secret)
      const long = Redacted.make("x".repeat(41))
      const { noKeychain, place } = yield* storeOf().keep(long)
      assert.strictEqual(noKeychain, "an entry of it holds no more than 40 characters")
      assert.strictEqual(readFileSync(place, "utf8"), Redacted.value(long))
      assert.strictEqual(entries.size, 0)
      assert.strictEqual(Redacted.value(Option.getOrThrow(yield* storeOf().find).text), Redacted.value(long))
    })
  )

  it.effect("that is locked are not put into a file instead: the person is told, before they sign in", () =>
    Effect.gen(function* () {
      const state = useKeychain()
      state.locked = true
      const { advice: before } = yield* Effect.flip(storeOf().writable)
      assert.include(before, "Unlock it")
      const { advice, detail } = yield* Effect.flip(storeOf().keep(secret))
      assert.include(detail, "locked")
      assert.include(advice, "Unlock it")
      assert.deepEqual(readdirSync(home), [])
    })
  )
})
