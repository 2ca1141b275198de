import { assert, describe, it } from "@effect/vitest"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { toyServer } from "@mailferry/testkit/ToyServer.ts"
import { Effect } from "effect"

import { makeCategoryBook } from "../../src/categories/CategoryBook.ts"
import { toldOf } from "../../src/graph/Told.ts"
import { wireTo, wireToExchange } from "../support/wired.ts"

const colours: Readonly<Record<string, string>> = { Work: "#c11a25", Home: "#368f2b" }

const bookOf = (exchange: RehearsalGraph, token?: string) =>
  Effect.map(wireToExchange(exchange, token), (wire) =>
    makeCategoryBook({
      wire,
      told: toldOf({ user: exchange.user }),
      mailboxPath: "/me",
      colourOf: (name) => colours[name]
    })
  )

const listOf = ({ account }: RehearsalGraph) =>
  account.categories.all.map(({ color, displayName }) => `${displayName} ${color}`)

describe("the master list of categories", () => {
  it.live("names that are missing come into it with the nearest colour, each once", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      exchange.account.categories.add("HOME", "preset3")
      const book = yield* bookOf(exchange)
      const wanted = [["Work", "Home"], ["work"], ["Plain", "Work"]]
      yield* Effect.forEach(wanted, (names) => book.ensure(names), { concurrency: "unbounded" })
      const [home, ...made] = listOf(exchange)
      assert.strictEqual(home, "HOME preset3", "what was there is left as it is")
      assert.deepStrictEqual(made.map((each) => each.toLowerCase()).toSorted(), [
        "plain none",
        "work preset15"
      ])
      yield* book.ensure(["Work", "Plain", "Home"])
      assert.strictEqual(exchange.requests.length, 3, "a list and two names")
    })
  )

  it.live("nothing is asked for mail without labels", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const book = yield* bookOf(exchange)
      yield* book.ensure([])
      assert.strictEqual(exchange.requests.length, 0)
    })
  )

  it.live("one that another program added meanwhile exists, and so does one whose answer got lost", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const book = yield* bookOf(exchange)
      yield* book.ensure(["Plain"])
      exchange.account.categories.add("Work", "preset3")
      yield* book.ensure(["Work"])
      exchange.commitThenDrop(1, ({ call }) => call === "masterCategories.create")
      const { reason } = yield* Effect.flip(book.ensure(["Home"]))
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      yield* book.ensure(["Home"])
      assert.deepStrictEqual(listOf(exchange), ["Plain none", "Work preset3", "Home preset19"])
    })
  )

  it.live("a name that Exchange does not take is not asked for again for every message", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const book = yield* bookOf(exchange)
      const long = "x".repeat(256)
      yield* book.ensure([long])
      yield* book.ensure([long])
      assert.strictEqual(exchange.requests.length, 2)
    })
  )

  it.live("all pages of the list are read, and every request is told to the budget", () =>
    Effect.gen(function* () {
      const server = yield* toyServer(({ method, url }) =>
        method === "POST"
          ? { status: 201, body: {} }
          : url.searchParams.has("$skip")
            ? { body: { value: [{ displayName: "Second" }] } }
            : {
                body: {
                  value: [{ displayName: "First" }],
                  "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/outlook/masterCategories?$skip=1"
                }
              }
      )
      const wire = yield* wireTo(server.url)
      const book = makeCategoryBook({ wire, told: toldOf({ user: "you@example.com" }), mailboxPath: "/me" })
      const spent: Array<number> = []
      yield* book.ensure(["first", "Second", "Third"], (octets) => Effect.sync(() => void spent.push(octets)))
      assert.deepStrictEqual(
        server.requests.map(({ body, method }) => `${method} ${String(body)}`),
        ["GET ", "GET ", 'POST {"displayName":"Third","color":"none"}']
      )
      assert.deepStrictEqual(
        spent,
        server.requests.map(({ body }) => body.length)
      )
    })
  )

  it.live("a right that is missing is told with what to do", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const book = yield* bookOf(exchange, exchange.issueToken({ scopes: ["Mail.ReadWrite"] }))
      const { reason } = yield* Effect.flip(book.ensure(["Work"]))
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.advice, "mailferry auth login o365 --user you@example.com")
    })
  )
})
