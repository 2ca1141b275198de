import type { SystemFlag } from "@mailferry/core/Message.ts"

export interface LabelsOfMessage {
  /** The labels of its home: empty for archived mail. */
  readonly home: ReadonlyArray<string>
  /** Those of its further mailboxes. */
  readonly labels: ReadonlyArray<string>
  readonly flags: ReadonlySet<SystemFlag>
}

export interface LabelIds {
  readonly ids: ReadonlyArray<string>
  /** Labels that Gmail would refuse beside the others. */
  readonly leftOut: ReadonlyArray<string>
}

/** Gmail answers 400 when a message is to have two of them. */
const exclusive: ReadonlyArray<string> = ["INBOX", "SPAM", "TRASH"]

/** Never to be set by a client: a real draft is made by `drafts.create`, and chats are not mail. */
const untouchable: ReadonlySet<string> = new Set(["DRAFT", "CHAT"])

/**
 * The `labelIds` of one import: the union of home and further labels, each once, with read state and star as Gmail has
 * them. Of INBOX, SPAM and TRASH the home's stays, or the first.
 */
export const labelIdsOf = ({ flags, home, labels }: LabelsOfMessage): LabelIds => {
  const ids = new Set<string>()
  const leftOut = new Set<string>()
  for (const id of [...home, ...labels]) {
    // An empty string is a 400 for the whole message.
    if (id === "" || ids.has(id)) continue
    const isSecond = exclusive.includes(id) && exclusive.some((other) => ids.has(other))
    if (isSecond || untouchable.has(id)) leftOut.add(id)
    else ids.add(id)
  }
  if (!flags.has("\\Seen")) ids.add("UNREAD")
  if (flags.has("\\Flagged")) ids.add("STARRED")
  return { ids: [...ids], leftOut: [...leftOut] }
}
