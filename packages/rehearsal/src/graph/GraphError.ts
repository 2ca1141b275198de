import type { Refusal } from "../http/Exchange.ts"

/** Names one request in answers, as Graph does in every one. */
export interface RequestIds {
  readonly requestId: string
  /** What the client sent as `client-request-id`; the other one where it sent none. */
  readonly clientRequestId: string
}

/** A refusal in Graph's shape: `{"error":{code,message,innerError:{date,request-id,client-request-id}}}`. */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }

  for({ requestId, clientRequestId }: RequestIds): Refusal {
    const { status, code, message, headers } = this
    const date = new Date().toISOString().slice(0, 19)
    const innerError = { date, "request-id": requestId, "client-request-id": clientRequestId }
    return { code: status, reason: code, headers, body: { error: { code, message, innerError } } }
  }
}

export const badRequest = (message: string, code = "BadRequest"): GraphError =>
  new GraphError(400, code, message)

/** What the reader of request bodies answers: the words are OData's. */
export const unreadableBody = (message: string): GraphError => badRequest(message, "RequestBodyRead")

export const itemNotFound = (): GraphError =>
  new GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")

export const invalidId = (): GraphError => badRequest("Id is malformed.", "ErrorInvalidIdMalformed")

export const accessDenied = (message = "Access is denied. Check credentials and try again."): GraphError =>
  new GraphError(403, "ErrorAccessDenied", message)

/** No request may be longer (microsoft-graph-docs#11806). Bytes. */
export const maxRequest = 4 * 1024 * 1024

export const requestTooLong = (): GraphError =>
  new GraphError(413, "BadRequest", "The maximum request length supported is 4MB.")

export const irresolvableConflict = (): GraphError =>
  new GraphError(
    409,
    "ErrorIrresolvableConflict",
    "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item."
  )

/** What Graph has and this server has not. Said plainly, so that nobody takes it for an answer of Microsoft's. */
export const notRehearsed = (what: string): GraphError =>
  new GraphError(501, "NotRehearsed", `The rehearsal Exchange has no ${what}.`)
