import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

import { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Known = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

/** Read anew each time: two jobs may share the file, and it is small. One that is missing or damaged knows nothing. */
const read = (path: string): Effect.Effect<Readonly<Record<string, string>>> =>
  Effect.try({ try: () => readFileSync(path, "utf8"), catch: () => "unreadable" as const }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Known)),
    Effect.orElseSucceed(() => ({}))
  )

/** Certificates met before, as JSON that a person can read: name of the account's server to SHA-256 fingerprint. */
export const layer = (path: string): Layer.Layer<TrustStore> =>
  Layer.succeed(TrustStore, {
    fingerprintOf: (name) => Effect.map(read(path), (known) => Option.fromUndefinedOr(known[name])),
    pin: (name, fingerprint) =>
      Effect.map(read(path), (known) => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        const text = JSON.stringify({ ...known, [name]: fingerprint }, undefined, 2)
        // By rename, so that a crash leaves the old file or the new one and never half of it.
        writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600 })
        renameSync(`${path}.new`, path)
      })
  })
