import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** How a message is stored: as JSON, as JSON that only carries the original as a file, or by another way and marked after. */
const Route = Schema.Literals(["json", "file", "marked-after"])

/**
 * What has to be known to go on with a message that was begun. Holds no address of an upload session: those are keys to
 * the mailbox, and a ledger is no place for them.
 */
export const Ticket = Schema.Struct({
  folder: Schema.String,
  /** The migration key. */
  key: Schema.String,
  route: Route,
  /** For what goes in steps: the octets it was begun with, by their SHA-256. A draft may be another when it is gone on with. */
  octets: Schema.optionalKey(Schema.String),
  /** For `marked-after`: the Message-ID to look for, and who had it in that folder before. */
  messageId: Schema.optionalKey(Schema.String),
  before: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Its X-Pm-Internal-Id, which tells it from others with that Message-ID. */
  stableId: Schema.optionalKey(Schema.String)
})
export type Ticket = typeof Ticket.Type

const Text = Schema.fromJsonString(Ticket)

export const ticketText: (ticket: Ticket) => string = Schema.encodeSync(Text)

const decode = Schema.decodeOption(Text)

/** None for what is no ticket of ours. */
export const readTicket = (text: Option.Option<string>): Option.Option<Ticket> =>
  Option.flatMap(text, (json) => decode(json))
