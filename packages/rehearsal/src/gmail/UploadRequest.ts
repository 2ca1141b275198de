import type { Exchange } from "../http/Exchange.ts"
import type { Octets } from "../http/Octets.ts"
import { parseParameters } from "../imap/Parameters.ts"
import { badUpload } from "./ApiError.ts"
import type { ApiMethod } from "./ApiMethod.ts"
import type { GmailUser } from "./GmailWorld.ts"
import { type JsonObject, parseJsonBody } from "./JsonBody.ts"
import type { QueryParameters } from "./QueryParameters.ts"

/** Does what a call asks for. `settings` are the query's, where another request than this one brought them. */
export type CarryOut = (
  body: JsonObject,
  octets: Octets,
  settings?: QueryParameters,
  done?: (answer: unknown) => void
) => Promise<unknown>

export interface UploadRequest {
  readonly exchange: Exchange
  readonly method: ApiMethod
  readonly user: GmailUser
  readonly carryOut: CarryOut
  /** Leaves of the answer what the client asked for. */
  readonly select: (answer: unknown) => unknown
}

/** Metadata may be no longer than a JSON request. Bytes. */
export const maxMetadata = 1_048_576

export const checkMediaType = (type: string): void => {
  const { value } = parseParameters(type)
  if (!/^message\/[^/]+$/iu.test(value)) {
    throw badUpload(`Media type '${value}' is not supported. Valid media types: [message/*]`)
  }
}

export const parseMetadata = (octets: Buffer, type: string, method: ApiMethod): JsonObject => {
  const { value } = parseParameters(type)
  if (octets.length > 0 && value.toLowerCase() !== "application/json") {
    throw badUpload(`Metadata part of type '${value}' is not supported. Valid types: [application/json]`)
  }
  return parseJsonBody(octets, method.fields ?? [], method.type)
}
