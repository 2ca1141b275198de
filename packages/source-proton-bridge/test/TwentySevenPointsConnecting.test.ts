import { assert, describe, it } from "@effect/vitest"
import { protonId } from "@mailferry/rehearsal/sample/ProtonId.ts"
import { BridgeSearch } from "@mailferry/source-proton-bridge/BridgeDiscovery.ts"
import { lintBridge } from "@mailferry/source-proton-bridge/BridgeLint.ts"
import { accessTo } from "@mailferry/source-proton-bridge/BridgeSource.ts"
import { Duration, Effect, Redacted } from "effect"

import {
  everything,
  firstIn,
  inbox,
  locatorsIn,
  persistently,
  readAll,
  reasonOf,
  theOne
} from "./support/Reading.ts"
import { configFor, makeTrust, rehearse, sourceOn, tapped } from "./support/Rehearsed.ts"
import { smallAccount } from "./support/SmallAccount.ts"

describe("what a source adapter for Bridge must do (bridge facts, section 10): connecting", () => {
  it.live("1. tries Bridge's ports from 1143 on, knows Bridge by its greeting, and finds TLS by itself", () =>
    Effect.gen(function* () {
      const search = yield* BridgeSearch
      assert.deepStrictEqual(search.ports.slice(0, 2), [1143, 1144])
      assert.includeMembers([...search.ports], [1150, 1163, 1201, 1202])
      assert.strictEqual(Duration.toMillis(search.greetingWait), 3000)
      for (const security of ["starttls", "ssl"] as const) {
        const source = yield* sourceOn(yield* rehearse({ security }))
        assert.isNotEmpty(yield* source.listMailboxes)
      }
    })
  )

  it.live("2. trusts a certificate on first use and then no other, whatever name it carries", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const trust = makeTrust()
      // The certificate names the IP address alone; `localhost` is the same machine all the same.
      yield* Effect.scoped(sourceOn(bridge, { trust, config: { host: "localhost" } }))
      assert.deepStrictEqual([...trust.pinned.values()], [bridge.fingerprint])
      yield* Effect.promise(() => bridge.newCertificate())
      const { commands, logins } = bridge.stats
      const reason = yield* reasonOf(sourceOn(bridge, { trust, config: { host: "localhost" } }))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.advice ?? "", "new certificate and a new password")
      assert.strictEqual(bridge.stats.logins, logins)
      assert.strictEqual(bridge.stats.commands, commands + 1, "STARTTLS was all it was sent")
    })
  )

  it.live("3. explains a refused connection, and a Bridge that is offline while sessions live on", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      bridge.goOffline()
      const locator = yield* firstIn(source, inbox)
      assert.isAbove(
        (yield* source.fetch(inbox, locator)).length,
        0,
        "the session that lives is still served"
      )
      const reason = yield* reasonOf(sourceOn(bridge))
      assert.strictEqual(reason._tag, "Transient")
      assert.include(reason.detail, "not running, on another port, or offline")
    })
  )

  it.live("4. trims what a person copied, and says what a Bridge password looks like", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge, {
        config: { user: ` ${bridge.user}\t`, password: ` ${bridge.password}\r\n` }
      })
      assert.isNotEmpty(yield* source.listMailboxes)
      const warnings = lintBridge({ user: "me", password: Redacted.make("my Proton password") }).join(" ")
      assert.include(warnings, "full address")
      assert.include(warnings, "not your Proton password")
    })
  )

  it.live(
    "5. tries a refused password once, by LOGIN, waits a minute for the answer, and has one checklist",
    () =>
      Effect.gen(function* () {
        const bridge = yield* rehearse()
        const reason = yield* reasonOf(sourceOn(bridge, { config: { password: "A".repeat(22) } }))
        assert.deepInclude(reason, { _tag: "AuthFailed", detail: "no such user" })
        assert.include(reason.advice ?? "", "Signed out")
        assert.strictEqual(bridge.stats.refusedLogins, 1)
        const access = accessTo(yield* configFor(bridge))({
          _tag: "Bridge",
          host: bridge.host,
          port: bridge.port,
          security: "starttls",
          version: "03.21.01",
          fingerprint: bridge.fingerprint,
          certificate: bridge.certificate
        })
        assert.strictEqual(access.loginMethod, "LOGIN")
        assert.isAtLeast(Duration.toMillis(access.loginTimeout ?? Duration.zero), 60_000)
      })
  )

  it.live(
    "5. sends no further password when the account is signed out in mid-run, however many calls there are",
    () =>
      Effect.gen(function* () {
        const bridge = yield* rehearse()
        const source = yield* sourceOn(bridge)
        const locators = yield* locatorsIn(source, inbox)
        bridge.signOut()
        const calls = locators.concat(locators).map((locator) => Effect.exit(source.fetch(inbox, locator)))
        yield* Effect.all(calls, { concurrency: "unbounded" })
        const reason = yield* reasonOf(locatorsIn(source, inbox))
        assert.deepInclude(reason, { _tag: "AuthFailed", detail: "no such user" })
        assert.strictEqual(bridge.stats.refusedLogins, 1)
      })
  )

  it.live("5. takes `too many login attempts` for what it is", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const wrong = sourceOn(bridge, { config: { password: "A".repeat(22) } })
      const reasons = yield* Effect.replicateEffect(reasonOf(wrong), 3)
      const [, , third] = reasons
      assert.deepInclude(third, { _tag: "AuthFailed", detail: "too many login attempts" })
      assert.include(third?.advice ?? "", "Wait a few minutes")
    })
  )

  it.live("6. keeps to few connections that live long, and replaces those Bridge closes without a word", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      const locators = yield* locatorsIn(source, everything)
      const fetchAll = Effect.forEach(locators, (locator) => source.fetch(everything, locator), {
        concurrency: "unbounded"
      })
      yield* fetchAll
      assert.isAtMost(bridge.stats.logins, 3)
      const { logins } = bridge.stats
      yield* fetchAll
      assert.strictEqual(bridge.stats.logins, logins, "the connections are used again")
      bridge.cutSessions()
      // What was on its way when the connection died is Transient, and core asks again.
      assert.strictEqual((yield* persistently(fetchAll)).length, locators.length)
    })
  )

  it.live("6. takes a connection lost in the middle of a message for something that passes", () =>
    Effect.gen(function* () {
      const bridge = yield* rehearse()
      const source = yield* sourceOn(bridge)
      const { locator } = yield* theOne(source, inbox, "to-self")
      bridge.cutMidLiteral(protonId("to-self"))
      const reason = yield* reasonOf(source.fetch(inbox, locator))
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      const octets = Buffer.from(yield* source.fetch(inbox, locator)).toString()
      assert.include(octets, "The body of to-self")
    })
  )

  it.live("7. sends nothing Bridge does not know, and no STARTTLS under TLS", () =>
    Effect.gen(function* () {
      const { source, wiretap } = yield* tapped()
      yield* readAll(source)
      const verbs = new Set(wiretap.commands.map((command) => command.split(" ", 1)[0]))
      const known = [
        "CAPABILITY",
        "LOGIN",
        "ID",
        "LIST",
        "LSUB",
        "EXAMINE",
        "UID",
        "NOOP",
        "CLOSE",
        "UNSELECT",
        "LOGOUT"
      ]
      assert.includeMembers(known, [...verbs])
      assert.deepStrictEqual(wiretap.refusals, [])
    })
  )

  it.live("8. only EXAMINEs and peeks: nothing is written and nothing becomes \\Seen", () =>
    Effect.gen(function* () {
      const account = smallAccount()
      const unread = account.messages.map((each) => each.unread)
      const { bridge, source, wiretap } = yield* tapped({}, account)
      yield* readAll(source)
      assert.isAbove(bridge.stats.fetchedBodies, 0)
      assert.deepStrictEqual(bridge.writes, [])
      assert.deepStrictEqual(
        account.messages.map((each) => each.unread),
        unread
      )
      assert.isEmpty(
        wiretap.commands.filter((command) => /^SELECT\b|BODY\[|RFC822(\.TEXT)?[ )]/u.test(command))
      )
    })
  )
})
