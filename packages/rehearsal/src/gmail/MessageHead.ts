import { parseMailDate } from "../bridge/MailDate.ts"
import type { Octets } from "../http/Octets.ts"
import { parseAddresses } from "../imap/AddressList.ts"
import { decodeWords } from "../imap/EncodedWord.ts"
import { bodyStart, fieldValue, headerFields } from "../imap/HeaderBlock.ts"

/** As much of a message as is looked at for its header. */
const headLimit = 256 * 1024

/** The text by which spam filters are tested (GTUBE): what import's own filter takes for spam here. */
const testSpam = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

/** What Gmail reads from the beginning of a message it takes in. */
export interface MessageHead {
  /** How many From fields there are. */
  readonly fromFields: number
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
  readonly spam: boolean
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
  const from = values("From")
  return {
    fromFields: from.length,
    messageId: all("Message-ID")[0],
    references: [...new Set([...all("In-Reply-To"), ...all("References")])],
    topic: decodeWords(values("Subject")[0] ?? "")
      .replace(answerPrefix, "")
      .trim()
      .toLowerCase(),
    date: date === undefined ? undefined : parseMailDate(date),
    from: from
      .flatMap(parseAddresses)
      .flatMap(({ mailbox, host }) =>
        mailbox === undefined || host === undefined ? [] : [`${mailbox}@${host}`.toLowerCase()]
      ),
    spam: head.includes(testSpam, bodyStart(head), "latin1")
  }
}
