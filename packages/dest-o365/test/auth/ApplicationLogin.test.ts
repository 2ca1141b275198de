import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"

import { makeMicrosoftTokens } from "../../src/auth/MicrosoftTokens.ts"
import { openStage, reasonOf, signIn, type Stage } from "./support/Stage.ts"

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.end())

describe("letting an application in by its certificate", () => {
  it.live("tries it on the mailbox and keeps where its certificate lies, and not its key", () =>
    Effect.gen(function* () {
      const client = yield* Effect.promise(() => stage.application())
      const { ended } = yield* signIn(stage, () => Effect.void, { client })
      assert.deepEqual(ended, { account: "you@example.com", place: stage.file, notes: [] })
      assert.deepInclude(stage.kept(), {
        kind: "application",
        certificate: join(stage.directory, "app.pem"),
        tenant: stage.server.tenantId
      })
      assert.notInclude(readFileSync(stage.file, "utf8"), "PRIVATE KEY")
      const { mailboxPath } = yield* makeMicrosoftTokens(stage.account())
      assert.strictEqual(mailboxPath, "/users/you%40example.com")
      const again = yield* signIn(stage, () => Effect.void, { client: undefined })
      assert.deepInclude(again.ended, { account: "you@example.com" })
    })
  )

  it.live("for IMAP, too, has a token for that of its own", () =>
    Effect.gen(function* () {
      const client = yield* Effect.promise(() => stage.application())
      const { ended } = yield* signIn(stage, () => Effect.void, { client, imap: true })
      assert.deepInclude(ended, { account: "you@example.com" })
      const { graph, imap } = yield* makeMicrosoftTokens(stage.account())
      assert(Option.isSome(imap))
      const [forGraph, forImap] = yield* Effect.all([graph.accessToken, imap.value.accessToken])
      const audienceOf = (token: string) =>
        JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).aud as string
      assert.strictEqual(audienceOf(Redacted.value(forGraph)), "https://graph.microsoft.com")
      assert.strictEqual(audienceOf(Redacted.value(forImap)), "https://outlook.office.com")
    })
  )

  it.live("that may not use this mailbox keeps nothing and names the way", () =>
    Effect.gen(function* () {
      yield* Effect.promise(async () => {
        await stage.end()
        stage = await openStage({ appOnlyMailboxes: ["else@example.com"], users: ["else@example.com"] })
      })
      const client = yield* Effect.promise(() => stage.application())
      const { ended } = yield* signIn(stage, () => Effect.void, { client })
      assert.include(reasonOf(ended).advice ?? "", "RBAC for Applications")
      assert.strictEqual(existsSync(stage.file), false)
    })
  )

  it.live("of the wrong kind says what is wrong with the file", () =>
    Effect.gen(function* () {
      const client = yield* Effect.promise(() => stage.application())
      const pem = join(stage.directory, "app.pem")
      const both = readFileSync(pem, "utf8")
      const said = Effect.fnUntraced(function* (text: string) {
        writeFileSync(pem, text)
        const { ended } = yield* signIn(stage, () => Effect.void, { client })
        return reasonOf(ended).detail
      })
      const [key = ""] = /-----BEGIN PRIVATE KEY[\s\S]+?END PRIVATE KEY-----/u.exec(both) ?? []
      assert.include(yield* said(key), "holds no certificate")
      assert.include(yield* said(both.replace(key, "")), "holds no RSA private key")
      assert.include(yield* said("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"), "no PEM")
      assert.include(
        yield* said("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----"),
        "protected by a passphrase"
      )
      writeFileSync(client, "{}")
      assert.include(yield* said(both), "does not describe an application with a certificate")
      const device = yield* Effect.promise(() => stage.application())
      const { ended } = yield* signIn(stage, () => Effect.void, { client: device, device: true })
      assert.include(reasonOf(ended).detail, "has no use for --device")
    })
  )

  it.live("is not written over by a person's sign-in where it was written by hand", () =>
    Effect.gen(function* () {
      const client = yield* Effect.promise(() => stage.application())
      const { ended } = yield* signIn(stage, () => Effect.void, {}, { credentials: `file:${client}` })
      assert.include(reasonOf(ended).detail, "written by hand")
    })
  )
})
