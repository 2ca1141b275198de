import type { SeenRequest } from "./SeenRequest.ts"

/** A request the server got. Nothing of what it carried is kept. */
export interface LoggedRequest extends SeenRequest {
  /** The Host field: which server the client meant. */
  readonly host: string
  /** When its header was read, in milliseconds since 1970. */
  readonly at: number
  /** Bytes of its body so far. */
  bodyBytes: number
  /** Undefined until it is answered, and for ever where it never is. */
  status: number | undefined
  /** The service's word for why it was refused, where it was. */
  reason: string | undefined
}
