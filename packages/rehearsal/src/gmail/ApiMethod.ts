import type { Octets } from "../http/Octets.ts"
import type { AccessToken } from "./AccessTokens.ts"
import type { GmailUser, GmailWorld } from "./GmailWorld.ts"
import type { JsonObject } from "./JsonBody.ts"
import type { QueryParameters } from "./QueryParameters.ts"

/** One call with all it brings. */
export interface ApiCall {
  readonly world: GmailWorld
  readonly user: GmailUser
  readonly token: AccessToken
  /** What stands in the path's places, decoded. */
  readonly places: Readonly<Record<string, string>>
  readonly query: QueryParameters
  readonly body: JsonObject
  /** The message of an upload. */
  readonly octets: Octets | undefined
}

/** A method of the API, as Google's description of it has them. */
export interface ApiMethod {
  /** As in `messages.import`. */
  readonly id: string
  readonly verb: string
  /** After `users/{userId}/`; a place for a value is in braces. */
  readonly path: string
  /** What it costs (developers.google.com/workspace/gmail/api/reference/quota, 2026-09-10). */
  readonly units: number
  /** Any of them will do. */
  readonly scopes: ReadonlyArray<string>
  /** Names its query may have. */
  readonly parameters?: ReadonlyArray<string>
  /** Fields its JSON may have. None: it takes no body. */
  readonly fields?: ReadonlyArray<string>
  /** What its JSON is called in a refusal. */
  readonly type?: string
  /** Takes a message by /upload too, of at most so many bytes. */
  readonly maxUpload?: number
  /** Stores a message: the calls that faults of storing are meant for. */
  readonly stores?: true
  /** The JSON of the answer; undefined for 204 without one. */
  readonly handle: (call: ApiCall) => unknown
}

export interface Routed {
  readonly method: ApiMethod
  readonly places: Readonly<Record<string, string>>
}

/** The method for a path after `users/{userId}/`. */
export const routeTo = (
  methods: ReadonlyArray<ApiMethod>,
  verb: string,
  path: ReadonlyArray<string>
): Routed | undefined => {
  for (const method of methods) {
    const steps = method.path.split("/")
    if (method.verb !== verb || steps.length !== path.length) continue
    const places: Record<string, string> = {}
    const fits = steps.every((step, index) => {
      const given = path[index] ?? ""
      if (!step.startsWith("{")) return step === given
      places[step.slice(1, -1)] = given
      return given !== ""
    })
    if (fits) return { method, places }
  }
  return undefined
}
