import type { ImapFlow, ListResponse } from "imapflow"

/**
 * Every mailbox of the personal namespace, and INBOX. Without subscriptions where that can be had: behind a
 * namespace prefix imapflow looks for INBOX, which has no prefix, only when it asks for them, too.
 */
export const listAll = (client: ImapFlow): Promise<Array<ListResponse>> =>
  client.list({ listOnly: (client.namespace?.prefix ?? "") === "" })
