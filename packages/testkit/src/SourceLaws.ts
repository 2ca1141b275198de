import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { connectionLaws, errorsOf } from "./ConnectionLaws.ts"
import { locatorsOf } from "./Listing.ts"
import { changeLaws } from "./source/ChangeLaws.ts"
import { listLaws } from "./source/ListLaws.ts"
import { readLaws } from "./source/ReadLaws.ts"
import type { SourceLaw, SourceSubject } from "./source/Subject.ts"

/** Lines of a body long enough to be recognised. */
const telling = (bytes: Uint8Array): ReadonlyArray<string> => {
  const text = Buffer.from(bytes).toString("latin1")
  const body = text.slice(text.indexOf("\r\n\r\n") + 4)
  return body.split("\r\n").filter((line) => line.length >= 16)
}

/** Every promise a source makes. */
export const sourceLaws: ReadonlyArray<SourceLaw> = [
  ...listLaws,
  ...readLaws,
  ...changeLaws,
  ...connectionLaws<Source, MailboxReader, SourceSubject>(
    Source,
    Effect.fnUntraced(function* (source, subject) {
      const missing: MailboxPath = [`missing ${crypto.randomUUID()}`]
      const { unreadable, known } = subject
      const places = unreadable === undefined ? [] : [unreadable]
      const unread = yield* Effect.forEach(places, ({ mailbox, place }) =>
        Effect.map(locatorsOf(source, mailbox), (locators) => source.fetch(mailbox, locators[place]!))
      )
      const read = (known === undefined ? [] : [known]).map(({ mailbox }) =>
        Effect.flatMap(locatorsOf(source, mailbox), (locators) =>
          Effect.forEach(locators, (locator) => source.fetch(mailbox, locator))
        )
      )
      const errors = yield* errorsOf([...read, ...unread, source.list(missing, Option.none())])
      return { errors, bodies: known === undefined ? [] : telling(known.bytes) }
    })
  )
]
