import type { MailError } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { AppendWriter } from "./AppendWriter.ts"
import { reportsUids } from "./ImapCapabilities.ts"
import type { ImapPool } from "./ImapPool.ts"

/**
 * One APPEND for each message, on a session with no mailbox open: imapflow drops flags that the *open* mailbox does
 * not keep, and of a message appended to it guesses the UID. The UID is told only where UIDPLUS states it.
 */
export const makeImapflowAppendWriter = (pool: ImapPool): AppendWriter => ({
  append: ({ bytes, flags, internalDate, wireName }) =>
    pool.use(
      "append",
      "nothing-open",
      (session): Effect.Effect<{ locator: Option.Option<MessageLocator> }, MailError> => {
        const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        return session.leave("append").pipe(
          Effect.andThen(
            session.run("append", (client) => client.append(wireName, octets, [...flags], internalDate), {
              unknownFromOctets: octets.length
            })
          ),
          Effect.map(({ uid, uidValidity }) => ({
            locator:
              reportsUids(session.client) && uid !== undefined && uidValidity !== undefined
                ? Option.some(MessageLocator(`${uidValidity}:${uid}`))
                : Option.none()
          }))
        )
      }
    )
})
