import type { ProtonMessage } from "../ProtonAccount.ts"
import { owner } from "./Correspondents.ts"
import { protonId } from "./ProtonId.ts"

/** A message of the sample before it has an id: what {@link ProtonMessage} holds, with the octets still to make. */
export interface SampleMail {
  /** Names the message within the sample; its id comes from this and the seed. */
  readonly key: string
  readonly labelIds: ReadonlyArray<string>
  /** Seconds since 1970. */
  readonly time: number
  readonly unread?: boolean
  readonly answered?: boolean
  readonly forwarded?: boolean
  /** Without angle brackets; the octets say the same. */
  readonly messageId?: string
  readonly address?: string
  readonly trouble?: ProtonMessage["trouble"]
  /** Must give the same octets at every call. */
  readonly octets: () => Uint8Array
}

/**
 * The message as Proton holds it. Its octets are made at the first look and may be made again later, so a
 * sample nobody has read yet costs next to nothing, and a large message is not kept in memory for ever.
 */
export const protonMessage = (seed: number, mail: SampleMail): ProtonMessage => {
  let made: WeakRef<Uint8Array> | undefined
  return {
    id: protonId(`${seed} message ${mail.key}`),
    labelIds: new Set(mail.labelIds),
    time: mail.time,
    unread: mail.unread ?? false,
    answered: mail.answered ?? false,
    forwarded: mail.forwarded ?? false,
    address: mail.address ?? owner.address,
    ...(mail.messageId === undefined ? {} : { externalId: mail.messageId }),
    ...(mail.trouble === undefined ? {} : { trouble: mail.trouble }),
    get raw() {
      const kept = made?.deref()
      if (kept !== undefined) return kept
      const octets = mail.octets()
      made = new WeakRef(octets)
      return octets
    }
  }
}
