import { ApiError, invalidArgument } from "./ApiError.ts"

export type JsonObject = Readonly<Record<string, unknown>>

const unreadable = (detail: string): ApiError =>
  new ApiError({ code: 400, message: `Invalid JSON payload received. ${detail}`, reason: "parseError" })

/** The JSON of a request, with no field that is not among `known`: Google refuses those by name. */
export const parseJsonBody = (octets: Buffer, known: ReadonlyArray<string>, type = "request"): JsonObject => {
  if (octets.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(octets.toString("utf8"))
  } catch {
    throw unreadable("Unexpected token.")
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unreadable(`Root element must be a message.`)
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) {
      throw invalidArgument(
        `Invalid JSON payload received. Unknown name "${name}" at '${type}': Cannot find field.`
      )
    }
  }
  return value as JsonObject
}

/** A list of strings, none where the field is not there. */
export const stringsOf = (body: JsonObject, name: string): ReadonlyArray<string> => {
  const value = body[name] ?? []
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) {
    throw invalidArgument(`Invalid value at '${name}' (TYPE_STRING)`)
  }
  return value as ReadonlyArray<string>
}

export const textOf = (body: JsonObject, name: string): string | undefined => {
  const value = body[name]
  if (value === undefined || value === null || value === "") return undefined
  if (typeof value !== "string")
    throw invalidArgument(`Invalid value at '${name}' (TYPE_STRING), ${JSON.stringify(value)}`)
  return value
}
