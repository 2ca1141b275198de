import { MailError, MessageRejected } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { ImapSession } from "./ImapSession.ts"

/**
 * The message in the open mailbox by BODY.PEEK[], which sets no `\Seen`; none when there is no such UID. Where the
 * stated size is another than the length, the span says so: the octets count.
 */
export const fetchOctets = Effect.fnUntraced(function* (
  session: ImapSession,
  uid: number
): Effect.fn.Return<Option.Option<Uint8Array>, MailError> {
  const lines = yield* session.run("fetch", (client) =>
    client.fetchAll(String(uid), { uid: true, size: true, source: true }, { uid: true })
  )
  const line = lines.find(({ source, uid: its }) => its === uid && source !== undefined)
  const octets = line?.source
  if (octets) {
    if (line.size !== octets.length)
      yield* Effect.annotateCurrentSpan({ uid, size: line.size, octets: octets.length })
    return Option.some(octets)
  }
  if (line === undefined && !session.lostLines()) return Option.none()
  return yield* new MailError({
    adapter: session.kind,
    operation: "fetch",
    reason: new MessageRejected({ why: "unreadable", detail: `the server gave no octets for UID ${uid}` })
  })
})
