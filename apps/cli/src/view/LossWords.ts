import { count, counted } from "./Wording.ts"

/** What each kind of loss and change means, after a number of messages. */
const words: Readonly<Record<string, string>> = {
  "label-ignored": "labels left out, as the rules ask",
  "label-without-keyword": "labels left out: the destination keeps no such keyword",
  "flag-not-kept": "flags or keywords the destination does not keep",
  "mailbox-refused": "messages whose mailbox the destination refuses; the next run tries again",
  "retries-spent": "messages given up for this run after many tries; the next run tries again",
  "flag-cleared-at-source": "flags taken off at the source since; left as they are",
  "moved-at-source": "messages moved at the source since; left where they are",
  "label-removed-at-source": "labels taken off at the source since; left as they are",
  "deleted-at-source": "messages deleted at the source since; kept at the destination"
}

/** One line a kind, or none. */
export const lossLines = (losses: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(losses)
    .filter(([, n]) => n > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, n]) => (words[kind] === undefined ? counted(n, kind) : `${count(n)} ${words[kind]}`))
