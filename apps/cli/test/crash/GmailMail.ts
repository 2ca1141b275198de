import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"

/** What of the sample has a way of its own into Gmail. */
const ways = [
  // Sent in a session: too large for one request, or with a Message-ID that nobody could search for.
  "large",
  "odd-message-id",
  // Joined with another by Gmail, in one place and in two, with the same octets and with others.
  "byte-identical",
  "doubled-message-id",
  "shared-message-id",
  // Several labels, a place of its own, none at all.
  "draft",
  "many-labels",
  "scheduled",
  "self-sent",
  "snoozed",
  "starred",
  "trashed",
  // Octets that a careless program changes.
  "eight-bit-body",
  "no-final-line-end"
] as const

/** Octets of the attachment of the large message before base64: the whole is more than 5 MB. */
const largest = 4_000_000

/** Mail of the usual kind besides, spam among it. */
const usual = 8

const isSpam = (labelIds: ReadonlySet<string>) => labelIds.has("4")

/** A few dozen messages with everything that Gmail does in its own way, and only the labels that they have. */
export const crashAccount = (): ProtonAccount => {
  const sample = sampleMailbox({ messages: 200, largest })
  const peculiar = new Set([...sample.peculiar.values()].flat())
  const chosen = new Set(ways.flatMap((way) => sample.peculiar.get(way) ?? []))
  const everyday = sample.messages.filter(({ id }) => !peculiar.has(id))
  const spam = everyday.filter(({ labelIds }) => isSpam(labelIds)).slice(0, 2)
  for (const { id } of [...spam, ...everyday.slice(0, usual)]) chosen.add(id)
  const messages = sample.messages.filter(({ id }) => chosen.has(id))
  const used = new Set(messages.flatMap(({ labelIds }) => [...labelIds]))
  return { ...sample, labels: sample.labels.filter(({ id }) => used.has(id)), messages }
}
