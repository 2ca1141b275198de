import { Destination } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import * as Effect from "effect/Effect"

import { connectionLaws, errorsOf } from "./ConnectionLaws.ts"
import { appendLaws } from "./destination/AppendLaws.ts"
import { copyLaws } from "./destination/CopyLaws.ts"
import { findLaws } from "./destination/FindLaws.ts"
import { listLaws } from "./destination/ListLaws.ts"
import { mailboxLaws } from "./destination/MailboxLaws.ts"
import { readLaws } from "./destination/ReadLaws.ts"
import {
  type DestinationLaw,
  type DestinationSubject,
  freshMailbox,
  letterTo
} from "./destination/Subject.ts"
import { ticketLaws } from "./destination/TicketLaws.ts"
import { onlyMessageIn } from "./Listing.ts"

/** Every promise a destination makes. */
export const destinationLaws: ReadonlyArray<DestinationLaw> = [
  ...mailboxLaws,
  ...appendLaws,
  ...listLaws,
  ...readLaws,
  ...findLaws,
  ...copyLaws,
  ...ticketLaws,
  ...connectionLaws<Destination, Destination["Service"], DestinationSubject>(
    Destination,
    Effect.fnUntraced(function* (destination, subject) {
      const body = `body-${crypto.randomUUID()}`
      const mailbox = yield* freshMailbox(destination, "errors")
      const missing: MailboxPath = ["conformance", `missing ${crypto.randomUUID()}`]
      yield* destination.append(letterTo(mailbox, {}, { body }))
      const stored = yield* onlyMessageIn(destination, mailbox)
      const gone = subject.expunge?.(stored) ?? Effect.void
      const errors = yield* errorsOf([
        destination.append(letterTo(missing, {}, { body })),
        destination.copy(stored, missing),
        Effect.andThen(gone, destination.fetch(mailbox, stored.locator))
      ])
      return { errors, bodies: [body] }
    })
  )
]
