import type { MailError, Operation } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import type { ImapSession } from "@mailferry/imap/ImapSession.ts"
import * as Effect from "effect/Effect"

/** Locators in one SEARCH; each adds an OR and some 35 octets to a command line of at most 8192 (RFC 7162 section 4). */
const atOnce = 50

/**
 * The locator behind an X-GM-MSGID: the message id of the Gmail API, which is the same number in hexadecimal. So a
 * ledger begun by one way into the account is good for the other.
 */
export const locatorOfId = (emailId: string): MessageLocator =>
  MessageLocator(/^\d{1,20}$/u.test(emailId) ? BigInt(emailId).toString(16) : emailId)

/** The X-GM-MSGID of a locator; none when it is not one of Gmail's. */
const idOf = (locator: MessageLocator): string | undefined =>
  /^[0-9a-f]{1,16}$/u.test(locator) ? BigInt(`0x${locator}`).toString() : undefined

/** UIDs that these messages have in the open mailbox, in no order. One that is not there has none. */
export const uidsOf = Effect.fnUntraced(function* (
  session: ImapSession,
  operation: Operation,
  locators: ReadonlyArray<MessageLocator>
): Effect.fn.Return<ReadonlyArray<number>, MailError> {
  const ids = locators.flatMap((locator) => idOf(locator) ?? [])
  const uids: Array<number> = []
  for (let at = 0; at < ids.length; at += atOnce) {
    const wanted = ids.slice(at, at + atOnce).map((emailId) => ({ emailId }))
    const [first, ...rest] = wanted
    const query = rest.length === 0 ? { ...first } : { or: wanted }
    const found = yield* session.run(operation, (client) => client.search(query, { uid: true }))
    if (Array.isArray(found)) uids.push(...found)
  }
  return uids
})

/** Locators by UID, as the last listing of a mailbox had them: describing what was just listed needs no search then. */
export class ListedIds {
  private readonly byMailbox = new Map<string, ReadonlyMap<string, number>>()

  /** Four mailboxes' pages of 10,000 are some 4 MB. */
  keep(wireName: string, uids: ReadonlyMap<string, number>): void {
    this.byMailbox.delete(wireName)
    this.byMailbox.set(wireName, uids)
    const [oldest] = this.byMailbox.keys()
    if (this.byMailbox.size > 4 && oldest !== undefined) this.byMailbox.delete(oldest)
  }

  /** Where they were; whoever uses a UID makes sure that the message is still the same. */
  uids(wireName: string, locators: ReadonlyArray<MessageLocator>): ReadonlyArray<number> {
    const known = this.byMailbox.get(wireName)
    return locators.flatMap((locator) => known?.get(locator) ?? [])
  }
}
