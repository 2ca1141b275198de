import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { expect, it } from "vitest"

import * as TrustStoreFile from "../src/TrustStoreFile.ts"
import { tempDirectories } from "./support/TempDirectory.ts"

const tempDirectory = tempDirectories()

const within = <A>(path: string, use: (store: TrustStore["Service"]) => Effect.Effect<A>): Promise<A> =>
  Effect.runPromise(TrustStore.use(use).pipe(Effect.provide(TrustStoreFile.layer(path))))

it("a certificate met once is known to the next process", async () => {
  const path = join(tempDirectory(), "deep", "known.json")
  expect(await within(path, (store) => store.fingerprintOf("toy:you"))).toEqual(Option.none())
  await within(path, (store) => store.pin("toy:you", "AA:BB"))
  await within(path, (store) => store.pin("toy:they", "CC:DD"))
  expect(await within(path, (store) => store.fingerprintOf("toy:you"))).toEqual(Option.some("AA:BB"))
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ "toy:you": "AA:BB", "toy:they": "CC:DD" })
})

it.skipIf(process.platform === "win32")("only its owner reads the file", async () => {
  const path = join(tempDirectory(), "known.json")
  await within(path, (store) => store.pin("toy:you", "AA:BB"))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

it("a damaged file knows nothing and is made new by the next pin", async () => {
  const path = join(tempDirectory(), "known.json")
  writeFileSync(path, "{ half")
  expect(await within(path, (store) => store.fingerprintOf("toy:you"))).toEqual(Option.none())
  await within(path, (store) => store.pin("toy:you", "AA:BB"))
  expect(await within(path, (store) => store.fingerprintOf("toy:you"))).toEqual(Option.some("AA:BB"))
})
