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
  "label-not-added": ["label", "left out: the message was there before, and is left as it was"],
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
  "text-alternative": ["message", "with two forms of its text: the destination keeps one"],
  "charset-guessed": ["message", "in no known character set: some characters may be wrong"],
  "part-damaged": ["message", "with a part that was damaged before: what could be read of it is there"],
  "text-outside-parts": ["message", "with text outside all its parts, which is not shown"],
  "control-characters": ["message", "with control characters, which were left out"],
  "body-attached": ["message", "with a text too long to be shown: it is attached as a file"],
  "invitation-attached": [
    "invitation",
    "came as mail with a calendar file; nothing was entered in a calendar"
  ],
  "inline-by-location": ["message", "shows a picture among its files and not in its text"],
  signature: ["signed message", "rebuilt by the destination: its signature verifies in the original only"],
  encryption: ["encrypted message", "rebuilt by the destination: it is decrypted from the original only"],
  "address-dropped": ["message", "with an address that is none: it stands in the internet headers only"],
  "sender-missing": ["message", "without a usable sender is shown without one"],
  "recipients-cut": ["message", "with more recipients than can be shown: all stand in the internet headers"],
  "sent-date-missing": ["message", "without a usable Date header, shown as sent on the day of its arrival"],
  "draft-date": ["draft", "shown with the day it was carried over"],
  "date-clamped": ["date", "beyond what the destination holds, moved to the nearest"],
  "message-id": ["message", "with a Message-ID that is none: the destination shows one of its own"],
  "headers-cut": ["message", "with very long internet headers: traces of servers were left out"],
  "internet-headers": ["message", "refused with its internet headers, stored without"],
  "x-headers": ["message", "refused with its x- headers, stored without"],
  "reply-to": ["message", "refused with its Reply-To and Sender, stored without"],
  "subject-cut": ["message", "refused with its long subject, stored with the first 255 characters"],
  "stored-as-file": ["message", "refused in every form: it is there as a file on a short note"],
  "mime-rebuilt": ["message", "built anew from what it holds"],
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
