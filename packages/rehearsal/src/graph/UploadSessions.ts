import { randomBytes } from "node:crypto"

import type { OctetSink } from "../http/Octets.ts"
import type { Person } from "./Person.ts"
import type { StoredMessage } from "./StoredMessage.ts"

export interface AttachmentItem {
  readonly name: string
  readonly size: number
  readonly contentType: string
  readonly isInline: boolean
  readonly contentId: string | undefined
}

export interface UploadSession {
  readonly id: string
  readonly key: string
  readonly person: Person
  readonly message: StoredMessage
  readonly item: AttachmentItem
  /** Milliseconds since 1970; does not move as parts come. */
  readonly expiresAt: number
  readonly sink: OctetSink
}

/** Where an attachment's parts go: a secret by itself, on a server that is not Graph and does not want Graph's tokens. */
export const uploadUrl = (url: string, { id, key, person, message }: UploadSession): string =>
  `${url}/api/gv1.0/Users('${encodeURIComponent(person.address)}')/Messages('${message.immutableId}')/AttachmentSessions('${id}')?authtoken=${key}`

/** With seven digits after the point, as .NET writes it. */
export const expiryOf = ({ expiresAt }: UploadSession): string =>
  new Date(expiresAt).toISOString().replace("Z", "7867Z")

/** Attachments on their way. */
export class UploadSessions {
  private readonly open = new Map<string, UploadSession>()
  private readonly life: number

  /** `life`: milliseconds. Microsoft gives no number. */
  constructor(life: number) {
    this.life = life
  }

  begin(person: Person, message: StoredMessage, item: AttachmentItem): UploadSession {
    const session: UploadSession = {
      id: randomBytes(12).toString("hex"),
      key: randomBytes(40).toString("base64url"),
      person,
      message,
      item,
      expiresAt: Date.now() + this.life,
      sink: person.mailbox.newSink()
    }
    this.open.set(session.id, session)
    return session
  }

  /** Undefined where there is none, it is over, or the key is another's. */
  find(id: string, key: string | null): UploadSession | undefined {
    const session = this.open.get(id)
    return session !== undefined && session.key === key && session.expiresAt > Date.now()
      ? session
      : undefined
  }

  /** `finished`: what came is kept, as the attachment it has become. */
  end(session: UploadSession, finished = false): void {
    if (finished) session.sink.close()
    else session.sink.discard()
    this.open.delete(session.id)
  }

  endAll(): void {
    for (const session of this.open.values()) this.end(session)
  }
}
