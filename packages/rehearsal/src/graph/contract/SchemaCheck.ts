import contract from "./graph-mail.openapi.json" with { type: "json" }

/** As much of JSON Schema as the contract uses (OpenAPI 3.0.3). */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly format?: string
  readonly enum?: ReadonlyArray<string>
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean
  readonly items?: Schema
  readonly oneOf?: ReadonlyArray<Schema>
}

const schemas = contract.components.schemas as Readonly<Record<string, Schema>>

const prefix = "#/components/schemas/"

interface Named {
  readonly schema: Schema
  /** `microsoft.graph.message`; the type around it where the schema has no name. */
  readonly name: string
}

const resolved = (schema: Schema, around: string): Named => {
  const name = schema.$ref?.slice(prefix.length)
  return name === undefined ? { schema, name: around } : { schema: schemas[name] ?? {}, name }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/u.test(text)

/** Edm.DateTimeOffset; a date of RFC 5322 is none. */
export const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)$/u.test(text) &&
  !Number.isNaN(Date.parse(text))

const edm: Readonly<Record<string, string>> = {
  string: "Edm.String",
  boolean: "Edm.Boolean",
  integer: "Edm.Int32",
  number: "Edm.Double"
}

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const literal = (value: unknown, type: string): string =>
  `Cannot convert the literal '${shown(value)}' to the expected type '${type}'.`

const stringFault = (value: string, schema: Schema, name: string): string | undefined => {
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return `Requested value '${shown(value)}' was not found in '${name}'.`
  }
  if (schema.format === "date-time" && !isDateTime(value)) return literal(value, "Edm.DateTimeOffset")
  if (schema.format === "byte" && !isBase64(value)) return literal(value, "Edm.Binary")
  return undefined
}

const plainFault = (value: unknown, schema: Schema, name: string): string | undefined => {
  const { type = "", minimum = -Infinity, maximum = Infinity } = schema
  if (type === "integer") {
    const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
    return fits ? undefined : literal(value, "Edm.Int32")
  }
  if (typeof value !== type) {
    return `Cannot convert a primitive value to the expected type '${edm[type] ?? type}'. See the inner exception for more details.`
  }
  return typeof value === "string" ? stringFault(value, schema, name) : undefined
}

/** Which of several types an object says it is, by `@odata.type`. */
const chosen = (value: unknown, schema: Schema, name: string): Named | string => {
  const said = isObject(value) ? value["@odata.type"] : undefined
  const wanted = typeof said === "string" ? said.replace(/^#/u, "") : undefined
  const option = schema.oneOf?.find(({ $ref }) => $ref === prefix + String(wanted))
  if (option !== undefined) return resolved(option, name)
  return wanted === undefined
    ? `A type named '${name}' is abstract: the annotation '@odata.type' is missing.`
    : `A type named '${wanted}' could not be resolved by the model. When a model is available, each type name must resolve to a valid type.`
}

const faultIn = (value: unknown, given: Schema, around: string): string | undefined => {
  const { schema, name } = resolved(given, around)
  if (value === null) {
    return schema.nullable === true
      ? undefined
      : `A null value was found for a property of '${name}' that does not allow it.`
  }
  if (schema.oneOf !== undefined) {
    const one = chosen(value, schema, name)
    return typeof one === "string" ? one : faultIn(value, one.schema, one.name)
  }
  if (schema.type === "array") {
    if (!Array.isArray(value)) return "An unexpected node was found where 'StartArray' was expected."
    return first(value, (each) => faultIn(each, schema.items ?? {}, name))
  }
  if (schema.type !== "object") return plainFault(value, schema, name)
  if (!isObject(value)) return "An unexpected node was found where 'StartObject' was expected."
  const missing = schema.required?.find((property) => value[property] === undefined)
  if (missing !== undefined) return `The property '${missing}' of '${name}' is required.`
  return first(Object.entries(value), ([property, each]) => propertyFault(property, each, schema, name))
}

const propertyFault = (
  property: string,
  value: unknown,
  schema: Schema,
  name: string
): string | undefined => {
  const known = schema.properties?.[property]
  if (known !== undefined) return faultIn(value, known, name)
  // Annotations belong to OData and not to the type.
  if (property.startsWith("@odata.") || schema.additionalProperties !== false) return undefined
  return `The property '${property}' does not exist on type '${name}'. Make sure to only use property names that are defined by the type or mark the type as open type.`
}

const first = <Item>(
  items: ReadonlyArray<Item>,
  fault: (item: Item) => string | undefined
): string | undefined => {
  for (const item of items) {
    const found = fault(item)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * What of a request's JSON Graph's model does not know, in OData's words; undefined where all is well. The contract is a
 * subset of Graph v1.0 derived from Microsoft's metadata (github.com/microsoftgraph/msgraph-metadata,
 * schemas/v1.0-Prod.csdl of 2026-08-20, MIT).
 */
export const schemaFault = (value: unknown, type: string): string | undefined =>
  faultIn(value, { $ref: `${prefix}microsoft.graph.${type}` }, type)

/** The properties of a type. */
export const propertiesOf = (type: string): ReadonlySet<string> =>
  new Set(Object.keys(schemas[`microsoft.graph.${type}`]?.properties ?? {}))
