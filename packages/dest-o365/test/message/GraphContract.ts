import { readFileSync } from "node:fs"

import { Ajv } from "ajv"
import addFormats from "ajv-formats"

const schema: unknown = JSON.parse(
  readFileSync(new URL("graph-message.schema.json", import.meta.url), "utf8")
)

const ajv = new Ajv({ allErrors: true, strict: false })
addFormats.default(ajv)
ajv.addSchema(schema as object, "graph")

/** What Graph's own description of a type finds wrong with a value; empty when nothing. */
export const violations = (type: "message" | "attachment" | "outlookCategory", value: unknown): string => {
  const validate = ajv.getSchema(`graph#/$defs/microsoft.graph.${type}`)
  if (validate === undefined) throw new Error(`no schema of ${type}`)
  const isValid = validate(JSON.parse(JSON.stringify(value)))
  return isValid === true ? "" : ajv.errorsText(validate.errors)
}
