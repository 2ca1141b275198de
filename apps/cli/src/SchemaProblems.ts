import * as SchemaIssue from "effect/SchemaIssue"

import { didYouMean } from "./ClosestName.ts"
import type { JsonObject } from "./Provider.ts"

export interface Subject {
  /** Where the value stands in the file: `source`. */
  readonly name: string
  /** For "… is not a key of": `a source of kind "barrel"`. */
  readonly of: string
  readonly value: unknown
  /** JSON Schema of the value, for the names of its keys. */
  readonly schema: JsonObject
  /** Keys whose values are never repeated. */
  readonly secrets: ReadonlyArray<string>
}

const unknownKey = "unknown key"

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "UnexpectedKey") return unknownKey
    return issue._tag === "MissingKey" ? "is missing" : SchemaIssue.defaultLeafHook(issue)
  }
})

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null

const at = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[String(key)] : undefined), value)

/** The keys that may stand beside the one at this path. */
const namesBeside = (schema: JsonObject, path: ReadonlyArray<PropertyKey>): ReadonlyArray<string> => {
  const parent = path.slice(0, -1).flatMap((key) => ["properties", key])
  const properties = at(schema, [...parent, "properties"])
  return isObject(properties) ? Object.keys(properties) : []
}

const shown = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? `, not ${JSON.stringify(value)}`
    : ""

/**
 * What a schema found wrong, as sentences that name the field: `source.port: expected an integer, not "x"`. Paths begin
 * with the subject's name.
 */
export const problemsOf = (
  issue: SchemaIssue.Issue,
  subject: Subject
): ReadonlyArray<{ readonly path: ReadonlyArray<PropertyKey>; readonly text: string }> =>
  format(issue).issues.map(({ message, path: found }) => {
    const path = (found ?? []).map((step) => (typeof step === "object" ? step.key : step))
    const field = [subject.name, ...path].map(String).join(".")
    const key = String(path.at(-1) ?? "")
    const place = { path: [subject.name, ...path] }
    if (message === unknownKey) {
      const meant = didYouMean(key, namesBeside(subject.schema, path))
      return { ...place, text: `"${key}" is not a key of ${subject.of}${meant}` }
    }
    if (message === "is missing") return { ...place, text: `${field} is missing` }
    if (message === "Expected a value with a length of at least 1") {
      return { ...place, text: `${field} must not be empty` }
    }
    const got =
      message.startsWith("Expected ") && !subject.secrets.includes(String(path[0]))
        ? shown(at(subject.value, path))
        : ""
    return { ...place, text: `${field}: ${message.replace(/^Expected /u, "expected ")}${got}` }
  })
