/** A request as faults and hooks see it. */
export interface SeenRequest {
  /** 1 for the first one to the server. */
  readonly number: number
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** What the service calls it, as `messages.import`; undefined outside its API. */
  readonly call: string | undefined
}

export type Where = (request: SeenRequest) => boolean
