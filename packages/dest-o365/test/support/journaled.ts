import type { AppendRequest, Loss } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { migrationKeyOf } from "@mailferry/core/MigrationKey.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { someDate } from "@mailferry/testkit/destination/Subject.ts"
import { Effect, Option } from "effect"

/** A message on its way, and what core would have written down of it. */
export interface Journaled {
  readonly request: AppendRequest
  /** As they were told, each with how many messages the server had stored by then. */
  readonly losses: ReadonlyArray<Loss & { readonly stored: number }>
  readonly tickets: ReadonlyArray<string>
  /** Octets of each request that was asked for. */
  readonly spent: ReadonlyArray<number>
}

const messageIdIn = (bytes: Uint8Array): Option.Option<string> =>
  Option.fromUndefinedOr(
    /^message-id:[ \t]*(<[^>\r\n]+>)/imu.exec(Buffer.from(bytes).toString("latin1"))?.[1]
  )

/** A request whose ticket is kept between attempts, as the ledger keeps it. */
export const journaled = (
  server: RehearsalGraph,
  mailbox: MailboxPath,
  bytes: Uint8Array,
  more: Partial<AppendRequest> = {}
): Journaled => {
  const losses: Array<Loss & { readonly stored: number }> = []
  const tickets: Array<string> = []
  const spent: Array<number> = []
  const request: AppendRequest = {
    mailbox,
    labels: [],
    flags: new Set(["\\Seen"]),
    keywords: new Set(),
    internalDate: someDate,
    messageId: messageIdIn(bytes),
    bytes,
    note: (ticket) => Effect.sync(() => void tickets.push(ticket)),
    ticket: Effect.sync(() => Option.fromUndefinedOr(tickets.at(-1))),
    migrationKey: migrationKeyOf("the tests", crypto.randomUUID()),
    lose: (loss) => Effect.sync(() => void losses.push({ ...loss, stored: server.stats.stored })),
    spend: (octets) => Effect.sync(() => void spent.push(octets)),
    ...more
  }
  return { request, losses, tickets, spent }
}

/** Kinds of loss, in the order in which they were told. */
export const kindsOf = ({ losses }: Journaled): ReadonlyArray<string> => losses.map(({ kind }) => kind)
