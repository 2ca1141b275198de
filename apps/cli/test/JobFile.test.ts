import { resolve } from "node:path"

import { defaultRules } from "@mailferry/core/Rules.ts"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"

import { decodeJob } from "../src/JobFile.ts"
import { jobExample, loadKinds } from "../src/Registry.ts"
import { toyJob, toyKinds } from "./support/ToyKinds.ts"

const problems = (text: string): ReadonlyArray<string> =>
  Result.match(decodeJob("job.yaml", text, toyKinds), {
    onSuccess: () => [],
    onFailure: (error) =>
      error.problems.map(({ line, text }) => (line === undefined ? text : `${line}: ${text}`))
  })

const source = (rest: string) => `source: { kind: barrel, user: you, password: "env:A"${rest} }
destination: { kind: bucket, user: you, password: "env:B" }
`

describe("a job file", () => {
  it("names both accounts and takes the rules' defaults", () => {
    const job = Result.getOrThrow(decodeJob("job.yaml", toyJob, toyKinds))
    expect(job.source.accountId).toBe("barrel:you")
    expect(job.destination.accountId).toBe("bucket:you")
    expect(job.rules).toEqual(defaultRules)
  })

  it("may be JSON, indented with tabs", () => {
    const json = JSON.stringify(
      {
        source: { kind: "pond", user: "you", password: "env:A" },
        destination: { kind: "bucket", user: "you", password: "cmd:pass show mail" },
        rules: { labels: "keywords", rename: { Labels: "" } }
      },
      undefined,
      "\t"
    )
    const job = Result.getOrThrow(decodeJob("job.json", json, toyKinds))
    expect(job.source.provider.kind).toBe("pond")
    expect(job.rules.rename).toEqual({ Labels: "" })
  })

  it("names files from where it lies itself, whichever key they stand in", () => {
    const text = toyJob.replace('"env:A"', '"file:secrets/a"').replace('"env:B"', '"file:~/b"')
    const job = Result.getOrThrow(decodeJob("/jobs/job.yaml", text, toyKinds))
    expect(job.source.config["password"]).toBe(`file:${resolve("/jobs/secrets/a")}`)
    expect(job.destination.config["password"]).toBe("file:~/b")
  })

  it("is what help shows to begin with", async () => {
    const kinds = await Effect.runPromise(loadKinds)
    expect(Result.isSuccess(decodeJob("job.yaml", jobExample, kinds))).toBe(true)
  })

  it.each<readonly [string, string, ReadonlyArray<string>]>([
    [
      "an unknown key at the top",
      `${toyJob}rulse: {}`,
      ['3: "rulse" is not a key of a job file; did you mean "rules"?']
    ],
    [
      "an unknown key of an account",
      source(", prot: 993"),
      ['1: "prot" is not a key of a source of kind "barrel"; did you mean "port"?']
    ],
    [
      "an unknown key that resembles none",
      source(", zzzzzz: 1"),
      ['1: "zzzzzz" is not a key of a source of kind "barrel"']
    ],
    [
      "an unknown key of the rules",
      `${toyJob}rules:\n  labels: copy\n  exlude: [Spam]`,
      ['5: "exlude" is not a key of the rules; did you mean "exclude"?']
    ],
    [
      "an unknown kind",
      toyJob.replace("barrel", "barel"),
      ['1: source.kind: "barel" is not known; did you mean "barrel"?']
    ],
    [
      "an unknown kind that resembles none",
      toyJob.replace("bucket", "cathedral"),
      ['2: destination.kind: "cathedral" is not known; there is "bucket"']
    ],
    ["no kind", toyJob.replace("kind: barrel, ", ""), ['1: source.kind is missing: one of "barrel", "pond"']],
    ["no destination", toyJob.split("\n")[0] ?? "", ["destination is missing"]],
    [
      "no source value",
      "source:\ndestination: 5",
      [
        '1: source must hold keys and values, "kind" first',
        '2: destination must hold keys and values, "kind" first'
      ]
    ],
    ["a wrong type", source(", port: x"), ['1: source.port: expected number, not "x"']],
    ["a wrong word", source(", mode: fast"), ['1: source.mode: expected "quick" | "thorough", not "fast"']],
    ["a missing key", toyJob.replace("user: you, ", ""), ["1: source.user is missing"]],
    ["an empty value", toyJob.replace("user: you", 'user: " "'), ["1: source.user must not be empty"]],
    [
      "a wrong rule",
      `${toyJob}rules:\n  labels: both\n`,
      ['4: rules.labels: expected "copy" | "keywords" | "ignore", not "both"']
    ],
    [
      "the same account twice",
      toyJob.replaceAll("barrel", "bucket"),
      ['1: source.kind: "bucket" is not known; there are "barrel", "pond"']
    ],
    ["nothing at all", "", ['it must hold "source" and "destination"']]
  ])("with %s is refused, naming it", (_, text, expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it("is told every mistake at once, in the order of its lines", () => {
    expect(problems("source: { kind: barrel, prot: 1 }\ndestination: { kind: bukcet }\nextra: 1")).toEqual([
      '1: "prot" is not a key of a source of kind "barrel"; did you mean "port"?',
      "1: source.user is missing",
      "1: source.password is missing",
      '2: destination.kind: "bukcet" is not known; did you mean "bucket"?',
      '3: "extra" is not a key of a job file'
    ])
  })

  it("that moves an account into itself is refused", () => {
    const kinds = { ...toyKinds, destinations: [{ ...toyKinds.destinations[0]!, kind: "bucket" }] }
    const itself = {
      ...kinds,
      destinations: kinds.destinations.map((provider) => ({
        ...provider,
        decode: (config: unknown) =>
          Result.map(provider.decode(config), (account) => ({ ...account, accountId: "barrel:you" }))
      }))
    }
    const refused = decodeJob("job.yaml", toyJob, itself)
    expect(Result.isFailure(refused) && refused.failure.message).toBe(
      "job.yaml cannot be used: source and destination are the same account"
    )
  })
})

describe("a secret in a job file", () => {
  it.each([
    ["as a word", "hunter2secret"],
    ["that looks like another reference", '"keychain:hunter2secret"'],
    ["that begins like an alias", '"*hunter2secret"'],
    ["as a number", "48151623"]
  ])("%s is refused and not repeated", (_, literal) => {
    const refused = decodeJob("job.yaml", toyJob.replace('"env:A"', literal), toyKinds)
    const text = JSON.stringify(refused)
    expect(text).toContain("source.password must not hold the secret itself")
    expect(text).toContain("env:NAME")
    expect(text).not.toContain("hunter2secret")
    expect(text).not.toContain("48151623")
  })

  it.each([
    ["an unquoted star", "source: { kind: barrel, user: you, password: *hunter2secret }"],
    ["an unquoted ampersand and a brace too many", "source: { kind: barrel, password: &hunter2secret }}"],
    ["a second colon", "source:\n  password: hunter2secret: x\n"],
    ["a quote that is never closed", 'source: { password: "hunter2secret }'],
    ["the same key twice", "source: { password: hunter2secret, password: hunter2secret }"],
    ["a tab", "source:\n\tpassword: hunter2secret"]
  ])("does not appear when the file cannot be read because of %s", (_, text) => {
    const refused = decodeJob("job.yaml", text, toyKinds)
    expect(Result.isFailure(refused)).toBe(true)
    expect(JSON.stringify(refused)).not.toContain("hunter2secret")
  })
})
