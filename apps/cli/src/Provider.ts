import type { Adapter } from "@mailferry/core/Adapter.ts"
import { MailError, type Side } from "@mailferry/core/MailError.ts"
import type { SignIn } from "@mailferry/core/SignIn.ts"
import type { TrustStore } from "@mailferry/core/TrustStore.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"

/** One end of a job, its config decoded: what is left to do is to connect. */
export interface Account<Service> {
  readonly accountId: string
  readonly layer: Layer.Layer<Service, MailError, TrustStore>
  /** Undefined where a password is all there is. */
  readonly signIn: SignIn | undefined
}

/** An adapter as the CLI uses it: the type of its config stays inside, so that adapters of one side make one list. */
export interface Provider<Service> {
  readonly side: Side
  readonly kind: string
  readonly title: string
  readonly secrets: ReadonlyArray<string>
  /** JSON Schema (draft 2020-12) of the config as a job file spells it, without `kind`. */
  readonly jsonSchema: () => JsonObject
  readonly decode: (config: unknown) => Result.Result<Account<Service>, SchemaIssue.Issue>
}

export interface JsonObject {
  readonly [key: string]: unknown
}

/** Every mistake at once, and a key nobody knows is one. */
export const strictly = { errors: "all", onExcessProperty: "error" } as const

/** Core says on which end a failure was once a run is under way; while connecting, only the CLI knows. */
export const onSide = (side: Side) => (error: MailError) =>
  new MailError({ adapter: error.adapter, operation: error.operation, side, reason: error.reason })

export const providerOf = <Service, Config, Encoded>(
  side: Side,
  adapter: Adapter<Service, Config, Encoded>
): Provider<Service> => ({
  side,
  kind: adapter.kind,
  title: adapter.title,
  secrets: adapter.secrets,
  jsonSchema: () => ({ ...Schema.toJsonSchemaDocument(adapter.Config).schema }),
  decode: (config) =>
    Schema.decodeUnknownResult(
      adapter.Config,
      strictly
    )(config).pipe(
      Result.mapError(({ issue }) => issue),
      Result.map((decoded) => ({
        accountId: adapter.accountId(decoded),
        layer: adapter
          .layer(decoded)
          .pipe(Layer.catch((error) => Layer.effectContext(Effect.fail(onSide(side)(error))))),
        signIn: adapter.signIn?.(decoded)
      }))
    )
})
