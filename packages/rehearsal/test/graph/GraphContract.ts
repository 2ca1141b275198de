import { readFileSync } from "node:fs"

import { Ajv } from "ajv"
import addFormats from "ajv-formats"

import type { Answer } from "./GraphForTest.ts"

const contract = JSON.parse(
  readFileSync(new URL("../../src/graph/contract/graph-mail.openapi.json", import.meta.url), "utf8")
) as { readonly paths: Readonly<Record<string, any>>; readonly components: object }

const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }))
ajv.addSchema({ $id: "contract", ...rewritten(contract) })

/** OpenAPI 3.0's own words in those of JSON Schema; references as ajv finds them. */
function rewritten(value: any): any {
  if (Array.isArray(value)) return value.map(rewritten)
  if (typeof value !== "object" || value === null) return value
  const { nullable, ...rest } = value
  const entries = Object.entries(rest).map(([name, each]) => [
    name,
    name === "$ref" ? `contract${String(each)}` : rewritten(each)
  ])
  const schema = Object.fromEntries(entries)
  return nullable === true && typeof schema.type === "string"
    ? { ...schema, type: [schema.type, "null"] }
    : schema
}

/** Annotations are OData's, and no type has them. */
const bare = (value: any): any => {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== "object" || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !/^@odata\.(?!type$|nextLink$|count$)/u.test(name))
  return Object.fromEntries(kept.map(([name, each]) => [name, bare(each)]))
}

const faults = (schema: object, value: unknown): ReadonlyArray<string> => {
  const validate = ajv.compile(schema)
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${String(message)}`)
}

/** What of an answer breaks the contract. `path` as the contract has it: `/me/mailFolders/{id}/messages`. */
export const answerFaults = (method: string, path: string, answer: Answer): ReadonlyArray<string> => {
  const responses = contract.paths[path]?.[method.toLowerCase()]?.responses
  const response = responses?.[String(answer.status)] ?? responses?.default
  const schema = response?.content?.["application/json"]?.schema
  return schema === undefined
    ? ["no such answer in the contract"]
    : faults(rewritten(schema), bare(answer.json))
}

/** What of a request's JSON breaks the contract, as ajv sees it. */
export const requestFaults = (type: string, value: unknown): ReadonlyArray<string> =>
  faults({ $ref: `contract#/components/schemas/microsoft.graph.${type}` }, value)
