import type { MessageHead } from "./MessageHead.ts"
import type { StoredMessage } from "./StoredMessage.ts"

/** Which messages of an account have which Message-ID, and which belong together. */
export class Conversations {
  private readonly byMessageId = new Map<string, Set<StoredMessage>>()
  private readonly byReference = new Map<string, Set<StoredMessage>>()

  withMessageId(messageId: string): ReadonlyArray<StoredMessage> {
    return [...(this.byMessageId.get(messageId) ?? [])]
  }

  add(message: StoredMessage): void {
    const { messageId, references } = message.head
    if (messageId !== undefined) put(this.byMessageId, messageId, message)
    for (const reference of references) put(this.byReference, reference, message)
  }

  delete(message: StoredMessage): void {
    const { messageId, references } = message.head
    if (messageId !== undefined) this.byMessageId.get(messageId)?.delete(message)
    for (const reference of references) this.byReference.get(reference)?.delete(message)
  }

  /** Gmail wants a reference one way or the other and the same subject; a subject alone makes no conversation. */
  threadOf(head: MessageHead): string | undefined {
    const { messageId, references, topic } = head
    const related = [
      ...references.flatMap((reference) => [...(this.byMessageId.get(reference) ?? [])]),
      ...references.flatMap((reference) => [...(this.byReference.get(reference) ?? [])]),
      ...(messageId === undefined ? [] : (this.byReference.get(messageId) ?? []))
    ]
    return related.find((message) => message.head.topic === topic)?.threadId
  }
}

const put = (map: Map<string, Set<StoredMessage>>, key: string, message: StoredMessage): void => {
  const there = map.get(key)
  if (there === undefined) map.set(key, new Set([message]))
  else there.add(message)
}
