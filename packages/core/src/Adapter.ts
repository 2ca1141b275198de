import type * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"

import type { Destination } from "./Destination.ts"
import type { MailError } from "./MailError.ts"
import type { SignIn } from "./SignIn.ts"
import type { Source } from "./Source.ts"
import type { TrustStore } from "./TrustStore.ts"

/** All the CLI needs to know of an adapter: its name, its config, and how to connect. */
export interface Adapter<Service, Config, Encoded> {
  /** What a person writes after `kind:` in the job file. */
  readonly kind: string
  readonly title: string
  /** Decoded before anything connects. Secrets are `Schema.RedactedFromValue`, so they cannot be printed. */
  readonly Config: Schema.Codec<Config, Encoded>
  /** Config keys that hold secrets: a job file names where each is kept (`env:`, `file:`, `cmd:`), never its value. */
  readonly secrets: ReadonlyArray<string>
  /**
   * The account as one string that does not change when host names or passwords do not matter:
   * `imap:you@example.net@imap.example.net`. With the other end's it names the ledger.
   */
  readonly accountId: (config: Config) => string
  /** Only of a service that lets a person in by a web page instead of a password. Connects to nothing by itself. */
  readonly signIn?: (config: Config) => SignIn
  /** Connects, logs in, reads capabilities; the scope closes it all. Fails only with MailError. */
  readonly layer: (config: Config) => Layer.Layer<Service, MailError, TrustStore>
}

export interface SourceAdapter<Config, Encoded = unknown> extends Adapter<Source, Config, Encoded> {}
export interface DestinationAdapter<Config, Encoded = unknown> extends Adapter<
  Destination,
  Config,
  Encoded
> {}
