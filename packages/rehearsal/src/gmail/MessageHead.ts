import { parseMailDate } from "../bridge/MailDate.ts"
import { parseAddresses } from "../imap/AddressList.ts"
import { decodeWords } from "../imap/EncodedWord.ts"
import { bodyStart, fieldValue, headerFields } from "../imap/HeaderBlock.ts"
import type { Octets } from "./Octets.ts"

/** As much of a message as is looked at for its header. */
const headLimit = 256 * 1024

/** What Gmail reads from the header of a message it takes in. */
export interface MessageHead {
  /** All values of a field in order, unfolded; none for a field that is not there. */
  readonly values: (name: string) => ReadonlyArray<string>
  /** With its angle brackets; undefined where there is none that can be used. */
  readonly messageId: string | undefined
  /** Message-IDs of In-Reply-To and References, with their angle brackets. */
  readonly references: ReadonlyArray<string>
  /** Decoded, without `Re:` and its like, in lower case: what makes two messages one conversation. */
  readonly topic: string
  /** Milliseconds since 1970; undefined where Date is missing or no date. */
  readonly date: number | undefined
  /** Addresses of From in lower case. */
  readonly from: ReadonlyArray<string>
  /** The first octets of the body, as far as they are in the head. */
  readonly bodyBegin: string
}

const identifier = /<[^<>\s]+>/gu
const answerPrefix = /^\s*(?:(?:re|fwd?|aw|wg|sv|vs|rif|tr|antw)(?:\[\d+\])?\s*:\s*)+/iu

const headOctets = (octets: Octets): Buffer => {
  const blocks: Array<Buffer> = []
  let size = 0
  for (const block of octets.blocks()) {
    blocks.push(block)
    size += block.length
    if (size >= headLimit) break
  }
  return Buffer.concat(blocks).subarray(0, headLimit)
}

export const readHead = (octets: Octets): MessageHead => {
  const head = headOctets(octets)
  const fields = headerFields(head)
  const values = (name: string): ReadonlyArray<string> =>
    fields
      .filter((field) => field.name.toLowerCase() === name.toLowerCase())
      .map((field) => fieldValue(head, field))
  const all = (name: string): ReadonlyArray<string> =>
    values(name).flatMap((value) => value.match(identifier) ?? [])
  const date = values("Date")[0]
  return {
    values,
    messageId: all("Message-ID")[0],
    references: [...new Set([...all("In-Reply-To"), ...all("References")])],
    topic: decodeWords(values("Subject")[0] ?? "")
      .replace(answerPrefix, "")
      .trim()
      .toLowerCase(),
    date: date === undefined ? undefined : parseMailDate(date),
    from: values("From")
      .flatMap(parseAddresses)
      .flatMap(({ mailbox, host }) =>
        mailbox === undefined || host === undefined ? [] : [`${mailbox}@${host}`.toLowerCase()]
      ),
    bodyBegin: head.subarray(bodyStart(head)).toString("latin1")
  }
}
