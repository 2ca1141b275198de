import { existsSync } from "node:fs"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { makeMicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { openStage, reasonOf, signIn, type Stage } from "./support/Stage.ts"

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ deviceCodeInterval: 0.02, users: ["else@example.com"] })
})
afterEach(() => stage.end())

const tokenWorks = Effect.gen(function* () {
  const { graph } = yield* makeMicrosoftTokens(stage.account())
  yield* graph.accessToken
})

describe("signing in by a code", () => {
  it.live("shows page and code, and keeps what is granted there", () =>
    Effect.gen(function* () {
      const { acted, ended, person } = yield* signIn(stage, ({ typeCode }) => typeCode(), { device: true })
      assert.deepEqual(ended, { account: "you@example.com", place: stage.file, notes: [] })
      assert.include(acted, "You have signed in")
      assert.notInclude(person.read.join("\n"), stage.kept()["refresh_token"] ?? "-")
      yield* tokenWorks
    })
  )

  it.live("asks once more for IMAP, which needs a code of its own", () =>
    Effect.gen(function* () {
      const { ended, person } = yield* signIn(
        stage,
        ({ typeCode }) => Effect.andThen(typeCode(), typeCode()),
        { device: true, imap: true }
      )
      assert.deepInclude(ended, { account: "you@example.com" })
      assert.include(person.read, "The right to IMAP needs a code of its own.")
      const rights = (stage.kept()["scope"] ?? "").split(" ")
      assert.includeMembers(rights, ["IMAP.AccessAsUser.All", "Mail.ReadWrite"])
      yield* tokenWorks
    })
  )

  it.live("that is declined, or ends up at the wrong account, keeps nothing", () =>
    Effect.gen(function* () {
      const declined = yield* signIn(stage, ({ typeCode }) => typeCode({ action: "cancel" }), {
        device: true
      })
      assert.strictEqual(reasonOf(declined.ended).detail, "access was not given on Microsoft's page")
      const other = yield* signIn(stage, ({ typeCode }) => typeCode({ account: "else@example.com" }), {
        device: true
      })
      assert.include(reasonOf(other.ended).detail, "these credentials are for else@example.com")
      assert.strictEqual(existsSync(stage.file), false)
    })
  )

  it.live("that is not typed in in time says so", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(
        stage,
        ({ code }) => Effect.map(code, () => stage.server.expireDeviceCodes()),
        { device: true }
      )
      assert.match(
        reasonOf(ended).detail,
        /the code was (?:not typed in in time|typed in wrong or too late)/u
      )
    })
  )

  it.live("that conditional access forbids leads back to the browser", () =>
    Effect.gen(function* () {
      yield* Effect.promise(async () => {
        await stage.end()
        stage = await openStage({ deviceCodeInterval: 0.02, deviceCodeSeconds: 0.5 })
      })
      stage.server.blockDeviceCode()
      const { acted, ended } = yield* signIn(stage, ({ typeCode }) => typeCode(), { device: true })
      assert.include(acted, "AADSTS53003")
      assert.strictEqual(reasonOf(ended).detail, "nobody typed the code in in time")
      assert.include(reasonOf(ended).advice ?? "", "leave --device out and sign in in the browser")
    })
  )
})
