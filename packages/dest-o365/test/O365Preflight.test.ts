import { assert, describe, it } from "@effect/vitest"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { Effect, Option } from "effect"

import { toldOf } from "../src/graph/Told.ts"
import { preflight } from "../src/O365Preflight.ts"
import { wireTo, wireToExchange } from "./support/wired.ts"

const user = "you@example.com"

const looked = (
  make: (exchange: RehearsalGraph) => {
    readonly token?: string
    readonly user?: string
    readonly mailboxPath?: string
  } = () => ({}),
  options?: RehearsalGraphOptions
) =>
  Effect.gen(function* () {
    const exchange = yield* graphScoped(options)
    const { mailboxPath = "/me", token, user: meant = user } = make(exchange)
    const wire = yield* wireToExchange(exchange, token)
    const { checks, failure } = yield* preflight({
      wire,
      told: toldOf({ user: meant }),
      mailboxPath,
      user: meant
    })
    return { exchange, checks, reason: Option.getOrUndefined(Option.map(failure, (error) => error.reason)) }
  })

describe("the look before the first message", () => {
  it.live("three calls say that all is well, and change nothing", () =>
    Effect.gen(function* () {
      const { checks, exchange, reason } = yield* looked((exchange) => {
        exchange.account.deposit("inbox")
        return { user: "You@Example.com" }
      })
      assert.isUndefined(reason)
      assert.deepStrictEqual(
        checks.map(({ detail, ok }) => [ok, detail]),
        [
          [true, user],
          [true, "the inbox holds 1 messages"],
          [true, "0 categories"]
        ]
      )
      assert.deepStrictEqual(
        exchange.requests.map(({ method }) => method),
        ["GET", "GET", "GET"]
      )
    })
  )

  it.live("another account than the one meant is refused with both addresses", () =>
    Effect.gen(function* () {
      const { checks, reason } = yield* looked(() => ({ user: "me@example.net" }))
      assert.strictEqual(reason?._tag, "AuthFailed")
      assert.strictEqual(
        reason?.detail,
        "these credentials are for you@example.com, and mail is to go to me@example.net"
      )
      assert.include(reason?.advice, "mailferry auth login o365 --user me@example.net")
      assert.strictEqual(checks.length, 1, "nothing more is asked of somebody else's mailbox")
    })
  )

  it.live("either of the account's names will do, a personal account's too", () =>
    Effect.gen(function* () {
      const people = [
        { mail: user, userPrincipalName: "you_example.com#EXT#@tenant.onmicrosoft.com" },
        { mail: null, userPrincipalName: "YOU@example.com" },
        { mail: null, userPrincipalName: `live.com#${user}` }
      ]
      for (const person of people) {
        const server = yield* toyServer(({ url }) => ({
          body: url.pathname.endsWith("/me") ? person : { totalItemCount: 0, value: [] }
        }))
        const wire = yield* wireTo(server.url)
        const { failure } = yield* preflight({ wire, told: toldOf({ user }), mailboxPath: "/me", user })
        assert.isTrue(Option.isNone(failure))
      }
    })
  )

  it.live("another address of the same mailbox will do", () =>
    Effect.gen(function* () {
      const users = [{ address: "ann@example.com", aliases: ["A.Smith@example.com"] }]
      const { checks, reason } = yield* looked(
        (exchange) => ({
          token: exchange.issueToken({ user: "ann@example.com" }),
          user: "a.smith@example.com"
        }),
        { users }
      )
      assert.isUndefined(reason)
      assert.strictEqual(checks[0]?.detail, "ann@example.com")
    })
  )

  it.live("each permission that is missing is named, with what to do", () =>
    Effect.gen(function* () {
      const all = ["User.Read", "Mail.ReadWrite", "MailboxSettings.ReadWrite"]
      for (const missing of all) {
        const { reason } = yield* looked((exchange) => ({
          token: exchange.issueToken({ scopes: all.filter((scope) => scope !== missing) })
        }))
        assert.strictEqual(reason?._tag, "AuthFailed")
        assert.include(reason?.detail, `${missing} may be missing`)
        assert.include(reason?.advice, "administrator")
      }
    })
  )

  it.live("an application that signs in by itself is not asked who it is", () =>
    Effect.gen(function* () {
      const { checks, reason } = yield* looked((exchange) => ({
        token: exchange.issueToken({ app: true }),
        mailboxPath: `/users/${encodeURIComponent(user)}`
      }))
      assert.isUndefined(reason)
      assert.strictEqual(checks.length, 2)
    })
  )

  it.live("an application outside the mailboxes it was given is told where to have it let in", () =>
    Effect.gen(function* () {
      const { reason } = yield* looked(
        (exchange) => ({ token: exchange.issueToken({ app: true }), mailboxPath: `/users/${user}` }),
        { appOnlyMailboxes: ["other@example.com"] }
      )
      assert.strictEqual(reason?._tag, "AuthFailed")
      assert.include(reason?.advice, "RBAC for Applications")
      assert.notInclude(reason?.detail, "may be missing")
    })
  )

  it.live("an account without a mailbox is told so", () =>
    Effect.gen(function* () {
      const alone = "alone@example.com"
      const { reason } = yield* looked(
        (exchange) => ({ token: exchange.issueToken({ user: alone }), user: alone }),
        { users: [{ address: alone, hasMailbox: false }] }
      )
      assert.strictEqual(reason?._tag, "Fatal")
      assert.include(reason?.advice, "has no mailbox")
    })
  )

  it.live("a refused token, a busy server and a server that is not there are what they are", () =>
    Effect.gen(function* () {
      const refused = yield* looked((exchange) => {
        exchange.expireTokens()
        return {}
      })
      assert.strictEqual(refused.reason?._tag, "AuthFailed")
      const busy = yield* looked((exchange) => {
        exchange.serverError(503, 1, () => true, 30)
        return {}
      })
      assert.strictEqual(busy.reason?._tag, "Transient")
    })
  )
})
