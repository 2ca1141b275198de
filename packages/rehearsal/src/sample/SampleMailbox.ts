import type { ProtonAccount } from "../ProtonAccount.ts"
import { owner, ownerAtHome } from "./Correspondents.ts"
import { everydayMail } from "./EverydayMail.ts"
import { peculiarMail, type Peculiarity } from "./PeculiarMail.ts"
import { sampleLabels } from "./SampleLabels.ts"
import { protonMessage } from "./SampleMail.ts"

export interface SampleOptions {
  /** The same seed gives the same account, to the octet. 1 unless said. */
  readonly seed?: number
  /** How many messages in all, 600 unless said; never fewer than the peculiar ones, about 80. */
  readonly messages?: number
  /** Octets of the largest attachment before base64, 25,000,000 unless said: Proton's own limit for one mail. */
  readonly largest?: number
}

/** An account, and where in it the peculiar messages are. */
export interface SampleAccount extends ProtonAccount {
  /** Ids of the messages that have each peculiarity. */
  readonly peculiar: ReadonlyMap<Peculiarity, ReadonlyArray<string>>
}

/**
 * A believable Proton account with ten years of mail, and with everything in it that has ever made a move go
 * wrong: see {@link Peculiarity}. Messages come oldest first. Made in milliseconds, since octets are made when
 * they are first read.
 */
export const sampleMailbox = (options: SampleOptions = {}): SampleAccount => {
  const { seed = 1, messages = 600, largest = 25_000_000 } = options
  const labels = sampleLabels(seed)
  const odd = peculiarMail(labels, largest)
  const usual = everydayMail(seed, Math.max(0, messages - odd.length), labels)
  const peculiar = new Map<Peculiarity, ReadonlyArray<string>>()
  for (const mail of odd) {
    const { id } = protonMessage(seed, mail)
    peculiar.set(mail.peculiarity, [...(peculiar.get(mail.peculiarity) ?? []), id])
  }
  return {
    addresses: [owner.address, ownerAtHome.address],
    labels: [...labels.all],
    messages: [...odd, ...usual]
      .map((mail) => protonMessage(seed, mail))
      .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1)),
    peculiar
  }
}
