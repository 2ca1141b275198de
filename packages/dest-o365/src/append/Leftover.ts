import type { AppendReceipt } from "@mailferry/core/Destination.ts"
import { MailError, type Operation } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { O365Mailbox } from "../O365Mailbox.ts"
import type { O365Reader } from "../O365Reader.ts"
import { isPartial, receivedAt, type StoredMessage, withKey, withMessageId } from "../StoredMessage.ts"
import { isUnmarked } from "./MarkedAfter.ts"
import { readTicket, type Ticket } from "./Ticket.ts"

/** Looks for what an append left by its ticket: as a whole, or in part. */
export const makeLeftover = ({ mailboxPath, told, wire }: O365Mailbox, reader: O365Reader) => {
  const search = (operation: Operation, { folder }: Ticket, filter: string) =>
    Effect.mapError(
      reader.search("find", folder, filter),
      ({ reason }) => new MailError({ adapter: "o365", operation, reason })
    ).pipe(
      // A folder that is gone holds nothing.
      Effect.catchIf(
        ({ reason }) => reason._tag === "MailboxRejected" && reason.why === "missing",
        () => Effect.succeed<ReadonlyArray<StoredMessage>>([])
      )
    )

  const recall = Effect.fn("O365.recall")(function* (text: string) {
    const ticket = readTicket(Option.some(text))
    if (Option.isNone(ticket)) return Option.none<AppendReceipt>()
    const found = yield* search("recall", ticket.value, withKey(ticket.value.key))
    const whole = found.find((message) => !isPartial(message))
    return Option.map(Option.fromUndefinedOr(whole), (message): AppendReceipt => {
      const internalDate = receivedAt(message)
      return {
        locator: Option.some(MessageLocator(message.id)),
        ...(internalDate === undefined ? {} : { internalDate })
      }
    })
  })

  const unfinished = Effect.fnUntraced(function* (ticket: Ticket) {
    const keyed = yield* search("discard", ticket, withKey(ticket.key))
    if (keyed.length > 0) return keyed.filter(isPartial)
    if (ticket.messageId === undefined) return []
    const same = yield* search("discard", ticket, withMessageId(ticket.messageId))
    return same.filter((message) => isUnmarked(message, ticket))
  })

  const discard = Effect.fn("O365.discard")(function* (text: string) {
    const ticket = readTicket(Option.some(text))
    if (Option.isNone(ticket)) return
    for (const { id } of yield* unfinished(ticket.value)) {
      const path = `${mailboxPath}/messages/${encodeURIComponent(id)}/permanentDelete`
      yield* told("discard", wire.call("discard", { method: "POST", path }), { missing: "message" })
    }
  })

  return { recall, discard }
}
