import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import * as Effect from "effect/Effect"
import { expect, it } from "vitest"

import { loadKinds, signIns } from "../src/Registry.ts"

const sourceFiles = readdirSync(join(import.meta.dirname, "../src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, "../src", name), "utf8") }))

it("only the registry names a kind or imports an adapter", async () => {
  const { destinations, sources } = await Effect.runPromise(loadKinds)
  const kinds = [...new Set([...sources, ...destinations].map(({ kind }) => kind))]
  expect(kinds.length).toBeGreaterThan(1)
  const naming = sourceFiles.filter(
    ({ text }) =>
      /@mailferry\/(source|dest)-/u.test(text) ||
      kinds.some((kind) => new RegExp(`["'\`]${kind}["'\`]`, "u").test(text))
  )
  expect(naming.map(({ name }) => name)).toEqual(["Registry.ts"])
})

it("no two kinds of one side have the same name, and each can be described to an editor", async () => {
  const kinds = await Effect.runPromise(loadKinds)
  for (const side of [kinds.sources, kinds.destinations]) {
    const names = side.map(({ kind }) => kind)
    expect(new Set(names).size).toBe(names.length)
    for (const provider of side) {
      expect(provider.title).not.toBe("")
      expect(Object.keys(provider.jsonSchema()["properties"] ?? {})).toEqual(
        expect.arrayContaining([...provider.secrets])
      )
    }
  }
})

it("every kind that `auth` offers lets a person sign in who only names the account", async () => {
  const { destinations, sources } = await Effect.runPromise(loadKinds)
  const config = { user: "you@example.com" }
  const able = [...sources, ...destinations].filter((provider) => {
    const decoded = provider.decode(config)
    return decoded._tag === "Success" && decoded.success.signIn !== undefined
  })
  expect(able.map(({ kind }) => kind)).toEqual([...signIns])
})
