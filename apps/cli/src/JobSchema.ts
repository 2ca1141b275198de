import { Rules } from "@mailferry/core/Rules.ts"
import * as Schema from "effect/Schema"

import type { Kinds } from "./JobFile.ts"
import type { JsonObject, Provider } from "./Provider.ts"

const reference = {
  type: "string",
  pattern: "^(env|file|cmd):.+",
  description: "Where the secret is kept: env:NAME, file:PATH or cmd:COMMAND. Never the secret itself."
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** One kind of end: the adapter's own keys, its secrets as references, and nothing else. */
const endSchema = <Service>(provider: Provider<Service>): JsonObject => {
  const config = provider.jsonSchema()
  const own = isObject(config["properties"]) ? config["properties"] : {}
  const properties = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [key, provider.secrets.includes(key) ? reference : value])
  )
  const required = Array.isArray(config["required"]) ? config["required"] : []
  return {
    title: provider.title,
    type: "object",
    properties: { kind: { const: provider.kind }, ...properties },
    required: ["kind", ...required],
    additionalProperties: false
  }
}

/** JSON Schema (draft 2020-12) of a job file, made from the schemas that read it. */
export const jobSchema = ({ destinations, sources }: Kinds): JsonObject => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A mailferry job: which account to take mail from, which to bring it to, and by which rules",
  type: "object",
  properties: {
    source: { oneOf: sources.map(endSchema) },
    destination: { oneOf: destinations.map(endSchema) },
    rules: { ...Schema.toJsonSchemaDocument(Rules).schema, additionalProperties: false }
  },
  required: ["source", "destination"],
  additionalProperties: false
})

/** As it is printed and published. */
export const jobSchemaText = (kinds: Kinds): string => `${JSON.stringify(jobSchema(kinds), undefined, 2)}\n`
