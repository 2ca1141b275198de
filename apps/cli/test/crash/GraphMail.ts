import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"

import { withExchangeMail } from "../../src/rehearsal/ExchangeSample.ts"

/** What of the sample Exchange could mistake for another, or has a way of its own for. */
const ways = [
  // Found again by something else than a Message-ID.
  "byte-identical",
  "doubled-message-id",
  "missing-message-id",
  "odd-message-id",
  "shared-message-id",
  // Drafts, two places, categories, flags, no place at all.
  "answered-and-forwarded",
  "draft",
  "many-labels",
  "self-sent",
  "snoozed",
  "starred",
  "trashed",
  // A header of several kilobytes, a file of no octets, mail within mail.
  "html-with-attachments",
  "long-header",
  "nested-message"
] as const

/** Mail of the usual kind besides. */
const usual = 8

/** A few dozen messages with everything that goes into Exchange in a way of its own, and only the labels that they have. */
export const crashAccount = (): ProtonAccount => {
  const sample = sampleMailbox({ messages: 200, largest: 1000 })
  const peculiar = new Set([...sample.peculiar.values()].flat())
  const chosen = new Set(ways.flatMap((way) => sample.peculiar.get(way) ?? []))
  const everyday = sample.messages.filter(({ id }) => !peculiar.has(id))
  for (const { id } of everyday.slice(0, usual)) chosen.add(id)
  const account = withExchangeMail({
    ...sample,
    messages: sample.messages.filter(({ id }) => chosen.has(id))
  })
  const used = new Set(account.messages.flatMap(({ labelIds }) => [...labelIds]))
  return { ...account, labels: account.labels.filter(({ id }) => used.has(id)) }
}
