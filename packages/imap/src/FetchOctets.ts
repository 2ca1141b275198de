import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"

import type { ImapSession } from "./ImapSession.ts"

/** `gone`: the mailbox has no such UID. `unreadable`: it has, and the server gave no octets for it. */
export type FetchedOctets = { readonly octets: Uint8Array } | "gone" | "unreadable"

/**
 * The message in the open mailbox by BODY.PEEK[], which sets no `\Seen`. Where the stated size is another than the
 * length, the span says so: the octets count.
 */
export const fetchOctets = Effect.fnUntraced(function* (
  session: ImapSession,
  uid: number
): Effect.fn.Return<FetchedOctets, MailError> {
  const lines = yield* session.run("fetch", (client) =>
    client.fetchAll(String(uid), { uid: true, size: true, source: true }, { uid: true })
  )
  const its = lines.filter((line) => line.uid === uid)
  const line = its.find(({ source }) => source)
  const octets = line?.source
  if (octets === undefined) return its.length > 0 || session.lostLines() ? "unreadable" : "gone"
  if (line?.size !== octets.length)
    yield* Effect.annotateCurrentSpan({ uid, size: line?.size, octets: octets.length })
  return { octets }
})
