import * as Effect from "effect/Effect"

import type { DestinationService } from "./Destination.ts"
import { fingerprintOf } from "./Fingerprint.ts"
import type { MailboxPath } from "./Mailbox.ts"
import type { MailError } from "./MailError.ts"
import type { MessageLocator } from "./Message.ts"

/**
 * Whether a message there is, octet for octet, the one with this fingerprint: the last word on messages that look
 * alike. A destination that rebuilds messages cannot say; one that is gone or cannot be read is not the same.
 */
export const hasOctets = (
  { capabilities, fetch }: DestinationService,
  mailbox: MailboxPath,
  locator: MessageLocator,
  fingerprint: string
): Effect.Effect<boolean, MailError> =>
  capabilities.keepsOctets
    ? fetch(mailbox, locator).pipe(
        Effect.map((bytes) => fingerprintOf(bytes) === fingerprint),
        Effect.catchIf(
          ({ reason }) => reason._tag === "MessageRejected",
          () => Effect.succeed(false)
        )
      )
    : Effect.succeed(true)
