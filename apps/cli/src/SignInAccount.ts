import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { accountOf, type JobEnd, readJob } from "./JobFile.ts"
import { type JsonObject, onSide, type Provider } from "./Provider.ts"
import { loadKinds } from "./Registry.ts"
import { problemsOf } from "./SchemaProblems.ts"
import { secretsOf } from "./Secrets.ts"
import { UsageError, usageError } from "./UsageError.ts"
import type { Screen } from "./view/Screen.ts"

/** Which account is meant: by its name, or as a job file has it. */
export interface AccountFlags {
  readonly kind: string
  readonly user: Option.Option<string>
  /** `keychain` or `file:PATH`. */
  readonly credentials: Option.Option<string>
  readonly job: Option.Option<string>
}

export interface SignInAccount {
  readonly signIn: SignIn
  /** Says on which end the account is, and what a person can mend as a usage error. */
  readonly told: <A, R>(
    effect: Effect.Effect<A, MailError | SignInMisuse, R>
  ) => Effect.Effect<A, MailError | UsageError, R>
  readonly toldOf: (failure: Option.Option<MailError>) => Option.Option<MailError>
}

const misused = ({ advice, detail }: SignInMisuse): UsageError =>
  usageError("Nobody can be signed in this way", detail, advice)

const found = <Service>(
  { kind, side }: Provider<Service>,
  signIn: SignIn | undefined
): Effect.Effect<SignInAccount> =>
  signIn === undefined
    ? Effect.die(`${kind} says how a person signs in`)
    : Effect.succeed({
        signIn,
        told: (effect) =>
          Effect.mapError(effect, (error) =>
            error._tag === "MailError" ? onSide(side)(error) : misused(error)
          ),
        toldOf: Option.map(onSide(side))
      })

/** The sign-in of an account that has nothing but a name and a place for its credentials. */
const bare = <Service>(
  provider: Provider<Service>,
  config: JsonObject
): Effect.Effect<SignInAccount, UsageError> =>
  Effect.fromResult(provider.decode(config)).pipe(
    Effect.mapError(
      (issue) =>
        new UsageError({
          what: "The account cannot be used",
          problems: problemsOf(issue, {
            name: provider.kind,
            of: `an account of kind "${provider.kind}"`,
            value: config,
            schema: provider.jsonSchema(),
            secrets: provider.secrets
          }).map(({ text }) => ({ text }))
        })
    ),
    Effect.flatMap(({ signIn }) => found(provider, signIn))
  )

const named = Effect.fnUntraced(function* ({
  credentials,
  kind,
  user
}: AccountFlags): Effect.fn.Return<SignInAccount, UsageError> {
  if (Option.isNone(user)) {
    return yield* usageError(
      "It is not said whose account is meant",
      "neither --user nor --job is given",
      `Name it: --user you@example.com, or --job FILE with an end of kind "${kind}".`
    )
  }
  const config = {
    user: user.value,
    ...Option.match(credentials, { onNone: () => ({}), onSome: (place) => ({ credentials: place }) })
  }
  const { destinations, sources } = yield* loadKinds
  const destination = destinations.find((known) => known.kind === kind)
  if (destination !== undefined) return yield* bare(destination, config)
  const source = sources.find((known) => known.kind === kind)
  return source === undefined ? yield* Effect.die(`${kind} is registered`) : yield* bare(source, config)
})

/** One end of a job. Where its secrets are not asked for, their references stand in for them. */
const ofEnd = Effect.fnUntraced(function* <Service>(
  file: string,
  end: JobEnd<Service>,
  withSecrets: boolean
) {
  const secrets = withSecrets ? yield* secretsOf(file, end) : {}
  const { signIn } = yield* Effect.fromResult(accountOf(end, secrets))
  return yield* found(end.provider, signIn)
})

const ofJob = Effect.fnUntraced(function* (
  { credentials, kind, user }: AccountFlags,
  file: string,
  withSecrets: boolean
): Effect.fn.Return<SignInAccount, UsageError, Screen> {
  if (Option.isSome(user) || Option.isSome(credentials)) {
    return yield* usageError(
      "The account is named twice",
      "the job file says whose account it is and where its credentials are",
      "Leave out --user and --credentials, or --job."
    )
  }
  const { destination, source } = yield* readJob(file, yield* loadKinds)
  if (destination.provider.kind === kind) return yield* ofEnd(file, destination, withSecrets)
  if (source.provider.kind === kind) return yield* ofEnd(file, source, withSecrets)
  return yield* usageError(
    `${file} does not say whose account is meant`,
    `neither end of the job is of kind "${kind}"`
  )
})

/** Finds the account and how its service lets a person in. Opens the job's secrets only where they are needed. */
export const signInAccount = (
  flags: AccountFlags,
  { withSecrets = false }: { readonly withSecrets?: boolean } = {}
): Effect.Effect<SignInAccount, UsageError, Screen> =>
  Option.match(flags.job, { onNone: () => named(flags), onSome: (file) => ofJob(flags, file, withSecrets) })
