import { ApiError, invalidArgument } from "./ApiError.ts"

/** What every Google API takes. */
const common = new Set([
  "$.xgafv",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "uploadType",
  "upload_protocol",
  "upload_id"
])

const snake = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)

/** The query of a call, as strict as Google reads it: an unknown name or a wrong type is refused. */
export class QueryParameters {
  private readonly query: URLSearchParams

  constructor(query: URLSearchParams, known: ReadonlyArray<string>) {
    for (const name of query.keys()) {
      if (!common.has(name) && !known.includes(name)) {
        throw invalidArgument(
          `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`
        )
      }
    }
    const alt = query.get("alt")
    if (alt !== null && alt !== "json" && alt !== "media") {
      throw new ApiError({ code: 400, message: `Invalid value "${alt}" for alt`, reason: "invalidParameter" })
    }
    this.query = query
  }

  text(name: string): string | undefined {
    return this.query.get(name) ?? undefined
  }

  list(name: string): ReadonlyArray<string> {
    return this.query.getAll(name)
  }

  /** False unless said. */
  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined || value === "false" || value === "0") return false
    if (value === "true" || value === "1" || value === "") return true
    throw invalidArgument(`Invalid value at '${snake(name)}' (TYPE_BOOL), "${value}"`)
  }

  /** At most `most`; `unless` where it is not said or 0. */
  count(name: string, unless: number, most: number): number {
    const value = this.text(name)
    if (value === undefined) return unless
    if (!/^\d{1,10}$/u.test(value))
      throw invalidArgument(`Invalid value at '${snake(name)}' (TYPE_UINT32), "${value}"`)
    return Math.min(Number(value) || unless, most)
  }

  oneOf<Choice extends string>(name: string, choices: ReadonlyArray<Choice>): Choice | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    if (found === undefined)
      throw invalidArgument(`Invalid value at '${snake(name)}' (TYPE_ENUM), "${value}"`)
    return found
  }
}
