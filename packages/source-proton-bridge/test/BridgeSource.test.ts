import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"

import { allIn, inbox, locatorsIn, persistently, reasonOf, theOne } from "./support/Reading.ts"
import { makeTrust, rehearse, sourceOn } from "./support/Rehearsed.ts"
import { closedPort, strangerScoped } from "./support/Stranger.ts"

describe("BridgeSource", () => {
  it.live("lists mailboxes with their roles, and names to carry over", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const mailboxes = yield* source.listMailboxes
      const shown = mailboxes.map(({ path, proposed, role, specialUse }) =>
        [path.join("|"), role, Option.getOrElse(specialUse, () => "-"), proposed.join("|")].join(" ")
      )
      assert.sameMembers(shown, [
        "INBOX home inbox INBOX",
        "Drafts home drafts Drafts",
        "Sent home sent Sent",
        "Starred starred flagged Starred",
        "Archive home archive Archive",
        "Spam home junk Spam",
        "Trash home trash Trash",
        "All Mail everything all All Mail",
        "Folders|Work home - Work",
        "Folders|Work|Deep home - Work|Deep",
        "Folders|a/b home - a/b",
        "Labels|Blue label - Labels|Blue",
        "Labels|in/out label - Labels|in/out"
      ])
    })
  )

  it.live("says whose account it is without saying the password", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      assert.strictEqual(source.kind, "proton-bridge")
      assert.strictEqual(source.account, "me@proton.me in Proton Mail Bridge")
    })
  )

  it.live("shows one message with one identity, size and set of flags in each of its mailboxes", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const mailboxes = [inbox, ["Labels", "Blue"], ["Labels", "in/out"], ["Starred"], ["All Mail"]] as const
      const copies = yield* Effect.forEach(mailboxes, (mailbox) => theOne(source, mailbox, "everywhere"))
      assert.strictEqual(new Set(copies.map(({ stableId }) => Option.getOrUndefined(stableId))).size, 1)
      assert.strictEqual(new Set(copies.map(({ size }) => size)).size, 1)
      assert.strictEqual(new Set(copies.map(({ flags }) => [...flags].toSorted().join())).size, 1)
    })
  )

  it.live("goes on after Bridge restarted, and after it moved to another port", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const elsewhere = yield* closedPort
      const source = yield* sourceOn(bridge, { ports: [bridge.port, elsewhere] })
      const before = yield* locatorsIn(source, inbox)
      yield* Effect.promise(() => bridge.restart())
      assert.deepStrictEqual(yield* persistently(locatorsIn(source, inbox)), before)
      yield* Effect.promise(() => bridge.movePort(elsewhere))
      bridge.cutSessions()
      assert.deepStrictEqual(yield* persistently(locatorsIn(source, inbox)), before)
    })
  )

  it.live("sends a stranger that took Bridge's port in mid-run nothing", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge, { config: { port: bridge.port } })
      bridge.goOffline()
      const stranger = yield* strangerScoped({ says: "* OK [CAPABILITY IMAP4rev1] ready", port: bridge.port })
      bridge.cutSessions()
      const { reason } = yield* Effect.flip(persistently(locatorsIn(source, inbox)))
      assert.strictEqual(reason._tag, "Fatal")
      assert.include(reason.detail, "another IMAP server answers")
      assert.strictEqual(stranger.received(), "")
    })
  )

  it.live("stops, with the explanation, when Bridge was reset in mid-run", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      yield* Effect.promise(() => bridge.newCertificate())
      bridge.newPassword()
      bridge.cutSessions()
      const { reason } = yield* Effect.flip(persistently(locatorsIn(source, inbox)))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.advice ?? "", "new certificate and a new password")
      assert.strictEqual(bridge.stats.refusedLogins, 0)
    })
  )

  it.live("does not pin the certificate of a Bridge that refuses the password", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const trust = makeTrust()
      yield* Effect.flip(sourceOn(bridge, { trust, config: { password: "A".repeat(22) } }))
      assert.strictEqual(trust.pinned.size, 0)
    })
  )

  it.live("says first what is probably wrong with a refused login, and never what it was", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const config = { user: "me+shop@proton.me", password: "my Proton password" }
      const reason = yield* reasonOf(sourceOn(bridge, { config }))
      const advice = reason.advice ?? ""
      assert.match(
        advice,
        /^Bridge does not log in "\+" variants.*has 18 characters.*Check in Bridge, in this order/u
      )
      assert.notInclude(advice, config.password)
    })
  )

  it.live.each(["signOut", "lock", "badEvent"] as const)(
    "reads on where it was, on the same layer's successor, once the account is back after %s",
    (trouble) =>
      Effect.gen(function* () {
        const bridge = yield* rehearse()
        const before = yield* Effect.scoped(
          Effect.gen(function* () {
            const source = yield* sourceOn(bridge)
            const locators = yield* locatorsIn(source, inbox)
            bridge[trouble]()
            const { reason } = yield* Effect.flip(persistently(allIn(source, inbox)))
            assert.strictEqual(reason._tag, "AuthFailed")
            return locators
          })
        )
        bridge.signIn()
        const source = yield* sourceOn(bridge)
        assert.deepStrictEqual(yield* locatorsIn(source, inbox), before)
      })
  )

  it.live("closes every connection with its scope", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      yield* Effect.scoped(Effect.flatMap(sourceOn(bridge), (source) => locatorsIn(source, inbox)))
      for (let look = 0; look < 50 && bridge.stats.openSessions > 0; look++) yield* Effect.sleep("10 millis")
      assert.strictEqual(bridge.stats.openSessions, 0)
    })
  )

  it.live("shows an empty mailbox whose mail All Mail still has, so that core finds it there", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      bridge.emptyMailbox("Folders/Work")
      assert.isEmpty(yield* locatorsIn(source, ["Folders", "Work"]))
      yield* theOne(source, ["All Mail"], "in-work")
    })
  )
})
