import type { GraphWorld } from "./GraphWorld.ts"
import type { JsonObject } from "./MessageIntake.ts"
import type { Person } from "./Person.ts"
import type { Preferences } from "./Preferences.ts"
import type { GraphToken } from "./signin/GraphTokens.ts"

/** A request as the API sees it, alone or out of a batch. */
export interface GraphRequest {
  readonly method: string
  /** After `/v1.0`, not decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** A field by its name in lower case. */
  header(name: string): string | undefined
}

export interface GraphAnswer {
  readonly status: number
  /** JSON; none where it is undefined. A Buffer goes out as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One call with all it brings. */
export interface GraphCall {
  readonly world: GraphWorld
  readonly person: Person
  readonly token: GraphToken
  readonly request: GraphRequest
  /** What stands in the path's places, decoded. */
  readonly places: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly preferences: Preferences
  /** Where the request went, without the query. */
  readonly url: string
  readonly json: JsonObject
  readonly octets: Buffer
  /** Of the message in the path, when the request's header was read. */
  readonly versionSeen: number | undefined
}

/** One thing Graph does. */
export interface GraphMethod {
  /** As in `messages.create`. */
  readonly id: string
  readonly verb: string
  /** After `/me/` or `/users/{id}/`; a place for a value is in braces. */
  readonly path: string
  /** Any of these delegated or application permissions will do; `.Shared` ones for somebody else's mailbox. */
  readonly permissions: ReadonlyArray<string>
  /** The type its JSON is checked against; it takes no body without one. */
  readonly body?: string
  /** Takes MIME as text/plain too. */
  readonly mime?: true
  /** Stores a message or an attachment: what faults of storing are meant for. */
  readonly stores?: true
  readonly handle: (call: GraphCall) => GraphAnswer
}

interface Routed {
  readonly method: GraphMethod
  readonly places: Readonly<Record<string, string>>
}

const decoded = (step: string): string => {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** The method for a path after `/me/`; Graph's own segments have no case. */
export const routeTo = (
  methods: ReadonlyArray<GraphMethod>,
  verb: string,
  path: ReadonlyArray<string>
): Routed | undefined => {
  for (const method of methods) {
    const steps = method.path === "" ? [] : method.path.split("/")
    if (method.verb !== verb || steps.length !== path.length) continue
    const places: Record<string, string> = {}
    const fits = steps.every((step, index) => {
      const given = path[index] ?? ""
      if (!step.startsWith("{")) return step.toLowerCase() === given.toLowerCase()
      places[step.slice(1, -1)] = decoded(given)
      return given !== ""
    })
    if (fits) return { method, places }
  }
  return undefined
}
