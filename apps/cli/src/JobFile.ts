import { readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"

import type { Destination } from "@mailferry/core/Destination.ts"
import { Rules } from "@mailferry/core/Rules.ts"
import type { Source } from "@mailferry/core/Source.ts"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { didYouMean } from "./ClosestName.ts"
import { type Account, type JsonObject, type Provider, strictly } from "./Provider.ts"
import { problemsOf } from "./SchemaProblems.ts"
import { isReference, literalSecret, referenceOf } from "./SecretReference.ts"
import { UsageError, usageError } from "./UsageError.ts"
import { readYaml, type YamlText } from "./YamlText.ts"

/** The kinds a job may name: the registry, or a test's own. */
export interface Kinds {
  readonly sources: ReadonlyArray<Provider<Source>>
  readonly destinations: ReadonlyArray<Provider<Destination>>
}

/** One end of a job. Its secrets are still references. */
export interface JobEnd<Service> {
  readonly provider: Provider<Service>
  /** The adapter's own keys as they stand in the file. */
  readonly config: JsonObject
  /** Names the ledger. */
  readonly accountId: string
}

export interface Job {
  readonly file: string
  readonly source: JobEnd<Source>
  readonly destination: JobEnd<Destination>
  readonly rules: Rules
}

interface Problem {
  readonly path: ReadonlyArray<PropertyKey>
  readonly text: string
}

const keys = ["source", "destination", "rules"]

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const listed = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

/** A relative `file:` starts at the job file, whatever key it stands in; `~/` is left to whoever opens it. */
const placed = (jobFile: string, value: unknown): unknown => {
  const reference = referenceOf(value)
  return reference?._tag === "file" && !reference.path.startsWith("~/")
    ? `file:${resolve(dirname(jobFile), reference.path)}`
    : value
}

/** An end whose references stand in for the secrets: enough to know the account, and to find every other mistake. */
const decodeEnd = <Service>(
  file: string,
  name: string,
  value: unknown,
  providers: ReadonlyArray<Provider<Service>>
): Result.Result<JobEnd<Service>, ReadonlyArray<Problem>> => {
  const kinds = providers.map(({ kind }) => kind)
  if (value === undefined) return Result.fail([{ path: [name], text: `${name} is missing` }])
  if (!isObject(value)) {
    return Result.fail([{ path: [name], text: `${name} must hold keys and values, "kind" first` }])
  }
  const { kind, ...written } = value
  const config = Object.fromEntries(Object.entries(written).map(([key, text]) => [key, placed(file, text)]))
  const provider = providers.find((candidate) => candidate.kind === kind)
  if (provider === undefined) {
    const text =
      typeof kind === "string"
        ? `${name}.kind: "${kind}" is not known${didYouMean(kind, kinds) || `; there ${kinds.length === 1 ? "is" : "are"} ${listed(kinds)}`}`
        : `${name}.kind is missing: one of ${listed(kinds)}`
    return Result.fail([{ path: [name, "kind"], text }])
  }
  const literals = provider.secrets.filter((key) => config[key] !== undefined && !isReference(config[key]))
  const standIns = Object.fromEntries(literals.map((key) => [key, "env:SECRET"]))
  const problems: Array<Problem> = literals.map((key) => ({
    path: [name, key],
    text: literalSecret(`${name}.${key}`)
  }))
  const decoded = provider.decode({ ...config, ...standIns })
  if (Result.isSuccess(decoded) && problems.length === 0) {
    return Result.succeed({ provider, config, accountId: decoded.success.accountId })
  }
  if (Result.isFailure(decoded)) {
    const found = problemsOf(decoded.failure, {
      name,
      of: `a ${name} of kind "${provider.kind}"`,
      value: config,
      schema: provider.jsonSchema(),
      secrets: provider.secrets
    })
    problems.push(...found)
  }
  return Result.fail(problems)
}

const decodeRules = (value: unknown): Result.Result<Rules, ReadonlyArray<Problem>> => {
  const rules = value ?? {}
  return Schema.decodeUnknownResult(
    Rules,
    strictly
  )(rules).pipe(
    Result.mapError(({ issue }) =>
      problemsOf(issue, {
        name: "rules",
        of: "the rules",
        value: rules,
        schema: { ...Schema.toJsonSchemaDocument(Rules).schema },
        secrets: []
      })
    )
  )
}

const failuresOf = (results: ReadonlyArray<Result.Result<unknown, ReadonlyArray<Problem>>>) =>
  results.flatMap((result) => (Result.isFailure(result) ? result.failure : []))

/** Reads a job from its text. Finds every mistake at once; connects to nothing and opens no secret. */
export const decodeJob = (file: string, text: string, kinds: Kinds): Result.Result<Job, UsageError> =>
  Result.gen(function* () {
    const yaml = yield* readYaml(file, text)
    const { value } = yaml
    if (!isObject(value)) {
      return yield* Result.fail(
        usageError(`${file} is no job file`, `it must hold "source" and "destination"`, howToBegin)
      )
    }
    const unknown = Object.keys(value)
      .filter((key) => !keys.includes(key))
      .map((key) => ({ path: [key], text: `"${key}" is not a key of a job file${didYouMean(key, keys)}` }))
    const source = decodeEnd(file, "source", value["source"], kinds.sources)
    const destination = decodeEnd(file, "destination", value["destination"], kinds.destinations)
    const rules = decodeRules(value["rules"])
    const same =
      Result.isSuccess(source) &&
      Result.isSuccess(destination) &&
      source.success.accountId === destination.success.accountId
        ? [{ path: ["destination"], text: "source and destination are the same account" }]
        : []
    const problems = [...unknown, ...failuresOf([source, destination, rules]), ...same]
    if (problems.length > 0) return yield* Result.fail(jobError(file, yaml, problems))
    return { file, source: yield* source, destination: yield* destination, rules: yield* rules }
  }).pipe(Result.mapError((error) => ("_tag" in error ? error : usageError(file, "cannot be used"))))

const howToBegin =
  "See `mailferry plan --help` for a job file to begin with, and `mailferry schema` for every key."

const jobError = (file: string, yaml: YamlText, problems: ReadonlyArray<Problem>): UsageError =>
  new UsageError({
    what: `${file} cannot be used`,
    problems: problems
      .map(({ path, text }) => {
        const line = yaml.lineOf(path)
        return line === undefined ? { text } : { line, text }
      })
      .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    advice: howToBegin
  })

/** Reads a job file. */
export const readJob = (file: string, kinds: Kinds): Effect.Effect<Job, UsageError> =>
  Effect.flatMap(readText("job file", file), (text) => Effect.fromResult(decodeJob(file, text, kinds)))

/** Reads a file that a person named. */
export const readText = (what: string, file: string): Effect.Effect<string, UsageError> =>
  Effect.try({
    try: () => readFileSync(file, "utf8"),
    catch: (cause) =>
      usageError(
        `The ${what} ${file} cannot be read`,
        cause instanceof Error && "code" in cause && cause.code === "ENOENT"
          ? "there is no such file"
          : "it cannot be opened",
        howToBegin
      )
  })

/** The account behind an end, its secrets in place. */
export const accountOf = <Service>(
  { config, provider }: JobEnd<Service>,
  secrets: Readonly<Record<string, string>>
): Result.Result<Account<Service>, UsageError> =>
  provider.decode({ ...config, ...secrets }).pipe(
    Result.mapError(
      (issue) =>
        new UsageError({
          what: `The ${provider.side} cannot be used`,
          problems: problemsOf(issue, {
            name: provider.side,
            of: `a ${provider.side} of kind "${provider.kind}"`,
            value: {},
            schema: {},
            secrets: provider.secrets
          }).map(({ text }) => ({ text }))
        })
    )
  )
