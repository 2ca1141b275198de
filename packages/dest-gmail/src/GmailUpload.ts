import type { Operation } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"

import { strangeAnswer } from "./GmailFailure.ts"
import type { GmailWire } from "./GmailWire.ts"
import { octetSlices } from "./OctetSlices.ts"

/** A message on its way into the account. */
export interface GmailMessage {
  readonly bytes: Uint8Array
  /** Never an empty one, and of INBOX, SPAM and TRASH one at the most. Without any it is archived, and read. */
  readonly labelIds: ReadonlyArray<string>
}

/** `import`: as if it had been received. `insert`: as if APPENDed. */
export type UploadMethod = "import" | "insert"

/** What Gmail says it stored. */
export interface Stored {
  readonly id: string
  /** The labels it has; none told when absent. */
  readonly labelIds?: ReadonlyArray<string>
}

/** Asked for with every message: the labels it really got come for nothing. */
const fields = "id,threadId,labelIds"

/**
 * How a message is to be stored. The date is the Date header's: the default of `insert` is the present moment. Gmail's
 * own verdict on spam is not wanted, except on what was spam already.
 */
export const uploadParams = (method: UploadMethod, { labelIds }: GmailMessage) => ({
  userId: "me",
  internalDateSource: "dateHeader",
  fields,
  ...(method === "import" ? { neverMarkSpam: !labelIds.includes("SPAM"), processForCalendar: false } : {})
})

/** Only an answer with an id says that a message is stored. */
export const storedOf = (data: unknown): Stored | undefined => {
  if (typeof data !== "object" || data === null) return undefined
  const id: unknown = Reflect.get(data, "id")
  const labelIds: unknown = Reflect.get(data, "labelIds")
  if (typeof id !== "string" || id === "") return undefined
  return Array.isArray(labelIds)
    ? { id, labelIds: labelIds.filter((label) => typeof label === "string") }
    : { id }
}

/** Fails when the answer holds no id. */
export const storedOrStrange = (data: unknown) => {
  const stored = storedOf(data)
  return stored === undefined
    ? Effect.fail(strangeAnswer("the server's answer to a message names no id"))
    : Effect.succeed(stored)
}

/**
 * Sends a message in one request: labels as JSON, then the octets as they are, in slices of what is in memory. As JSON
 * (`raw`) it would be held five times over, and refused from about 1 MB on.
 */
export const uploadAtOnce = (wire: GmailWire, method: UploadMethod, message: GmailMessage) => {
  const operation: Operation = "append"
  return wire
    .upload(
      operation,
      () => octetSlices(message.bytes),
      async ({ client, options }, body) => {
        const { messages } = client.users
        const params = {
          ...uploadParams(method, message),
          requestBody: { labelIds: [...message.labelIds] },
          media: { mimeType: "message/rfc822", body }
        }
        const { data } = await (method === "import"
          ? messages.import(params, options)
          : messages.insert(params, options))
        return data
      }
    )
    .pipe(Effect.flatMap(storedOrStrange))
}
