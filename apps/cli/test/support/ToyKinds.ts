import { Destination } from "@mailferry/core/Destination.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

import type { Kinds } from "../../src/JobFile.ts"
import { providerOf } from "../../src/Provider.ts"

const Config = Schema.Struct({
  user: Schema.Trim.check(Schema.isNonEmpty()),
  port: Schema.optionalKey(Schema.Int),
  mode: Schema.Literals(["quick", "thorough"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("quick" as const))
  ),
  password: Schema.RedactedFromValue(Schema.NonEmptyString)
})

const toy = (kind: string) => ({
  kind,
  title: `A ${kind} account`,
  Config,
  secrets: ["password"],
  accountId: ({ user }: typeof Config.Type) => `${kind}:${user}`
})

/** Kinds that connect to nothing: what a job file says matters here, not where it leads. */
export const toyKinds: Kinds = {
  sources: [
    providerOf("source", {
      ...toy("barrel"),
      layer: () => Layer.effect(Source, Effect.die("connects to nothing"))
    }),
    providerOf("source", {
      ...toy("pond"),
      layer: () => Layer.effect(Source, Effect.die("connects to nothing"))
    })
  ],
  destinations: [
    providerOf("destination", {
      ...toy("bucket"),
      layer: () => Layer.effect(Destination, Effect.die("connects to nothing"))
    })
  ]
}

export const toyJob = `source:      { kind: barrel, user: you, password: "env:A" }
destination: { kind: bucket, user: you, password: "env:B" }
`
