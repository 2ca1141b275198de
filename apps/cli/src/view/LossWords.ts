import { counted } from "./Wording.ts"

/** What each kind of loss and change means: what is counted, and what became of it. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  "label-ignored": ["label", "left out, as the rules ask"],
  "label-without-keyword": ["label", "left out: the destination keeps no such keyword"],
  "flag-not-kept": ["flag", "left out: the destination does not keep it"],
  "date-not-kept": [
    "message",
    "shown with another date: the nearest the destination takes, or its Date header's"
  ],
  "date-of-arrival": ["message", "without a usable Date header, shown with the day it was carried over"],
  "message-id-added": ["message", "without a Message-ID got one, by one header line"],
  "header-mended": ["header", "mended, what it was is kept beside it"],
  "place-not-kept": ["place", "left out: the destination shows a message in one of these at the most"],
  "labels-added-there": ["message", "was there before, and got its labels from Proton"],
  "merged-with-other-body": [
    "message",
    "with another body than the one it was joined with: its octets are kept as a file beside the ledger"
  ],
  "label-refused": ["label", "refused by the destination for this message"],
  "flag-refused": ["flag", "could not be set; the next run tries again"],
  "gone-at-destination": [
    "message",
    "no longer at the destination, so what changed since was not carried over"
  ],
  "mailbox-unlisted": ["mailbox", "of the source could not be listed; the next run tries again"],
  "not-given": ["message", "listed by the source and not given; the next run tries again"],
  "edited-at-source": ["message", "edited at the source since; left as it was carried over"],
  "mailbox-refused": ["message", "left out: the destination refuses the mailbox; the next run tries again"],
  "retries-spent": ["message", "given up for this run after many tries; the next run tries again"],
  "undecryptable-message": ["message", "came as Bridge has it: encrypted with a key Proton no longer has"],
  "undecryptable-attachment": [
    "message",
    "came with an attachment that is encrypted with a key Proton no longer has"
  ],
  "flag-cleared-at-source": ["flag", "taken off at the source since; left as it is"],
  "moved-at-source": ["message", "moved at the source since; left where it is"],
  "label-removed-at-source": ["label", "taken off at the source since; left as it is"],
  "deleted-at-source": ["message", "deleted at the source since; kept at the destination"]
}

/** What became of what a loss of this kind is about. */
export const lossFate = (kind: string): string => words[kind]?.[1] ?? "not carried over exactly"

/** One line a kind, or none. */
export const lossLines = (losses: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(losses)
    .filter(([, n]) => n > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, n]) => {
      const [noun, fate] = words[kind] ?? [kind, "not carried over exactly"]
      return `${counted(n, noun)} ${fate}.`
    })
