import { randomBytes } from "node:crypto"

import type { MessageParts } from "./StoredMessage.ts"

/** Which messages belong together: by the Message-IDs they have and name. */
export class Conversations {
  private readonly byMessageId = new Map<string, string>()

  /** The conversation a new message is part of; a new one where nothing it names is known. */
  idFor({ internetMessageId, inReplyTo = "", references = "" }: MessageParts): string {
    const ids = [...(`${references} ${inReplyTo}`.match(/<[^<>\s]+>/gu) ?? []), internetMessageId]
    const known = ids.map((id) => this.byMessageId.get(id)).find((id) => id !== undefined)
    const conversation = known ?? `AAQkAD${randomBytes(30).toString("base64url")}=`
    for (const id of ids) if (!this.byMessageId.has(id)) this.byMessageId.set(id, conversation)
    return conversation
  }
}
