import { type Address, addressParser } from "postal-mime"

import { joinedWords } from "./EncodedWords.ts"
import type { GraphRecipient } from "./GraphRequest.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import { fieldOf, type MimePart } from "./MimeTree.ts"
import { oneLine } from "./PlainText.ts"

/** Who a message is from and to, as Graph wants it. */
export interface MailAddresses {
  readonly from: GraphRecipient
  readonly sender: GraphRecipient
  readonly toRecipients: ReadonlyArray<GraphRecipient>
  readonly ccRecipients: ReadonlyArray<GraphRecipient>
  readonly bccRecipients: ReadonlyArray<GraphRecipient>
  readonly replyTo: ReadonlyArray<GraphRecipient>
  readonly losses: ReadonlyArray<MessageLoss>
}

/** RFC 5321 sections 4.1.2 and 4.5.3.1, without the blanks and separators that a quoted local part may have and Exchange refuses. */
const usable =
  /^(?:"[^"\s<>,;\\]{1,64}"|[^\s<>()[\],;:"@\\]{1,64})@(?:[^\s<>()[\],;:"@\\]{1,255}|\[[\w.:]{2,60}\])$/u

/** Stands for a sender who cannot be named (RFC 2606): left away, Exchange would show the mailbox's owner. */
const unknownSender = "unknown@sender.invalid"

const recipient = (address: string, name: string): GraphRecipient => ({
  emailAddress: { address, ...(name === "" ? {} : { name }) }
})

interface Parsed {
  readonly good: ReadonlyArray<GraphRecipient>
  /** Names of those without a usable address. */
  readonly bad: ReadonlyArray<string>
}

/** Members of a group (RFC 5322 section 3.4) come as if there were none; `undisclosed-recipients:;` has none. */
const members = (address: Address): ReadonlyArray<{ readonly name: string; readonly address: string }> =>
  address.group ?? [{ name: address.name, address: address.address ?? "" }]

const parsed = (value: string): Parsed => {
  const good: Array<GraphRecipient> = []
  const bad: Array<string> = []
  for (const member of addressParser(joinedWords(value)).flatMap(members)) {
    const name = oneLine(member.name)
    const address = member.address.trim().replace(/^<|>$/gu, "")
    if (usable.test(address)) good.push(recipient(address, name))
    else if (name !== "" || address !== "") bad.push(name === "" ? oneLine(address) : name)
  }
  return { good, bad }
}

/** All fields of the name: a doubled To has the one set of recipients in two pieces. */
const all = ({ fields }: MimePart, name: string): Parsed =>
  parsed(
    fields
      .filter((field) => field.name === name && field.value !== "")
      .map(({ value }) => value)
      .join(", ")
  )

const isSame = (a: ReadonlyArray<GraphRecipient>, b: ReadonlyArray<GraphRecipient>): boolean =>
  a.length === b.length &&
  a.every(({ emailAddress }, at) => {
    const other = b[at]?.emailAddress.address.toLowerCase()
    return other === emailAddress.address.toLowerCase()
  })

/** The addresses in a message's header, RFC 5322 sections 3.6.2 and 3.6.3. */
export const mailAddresses = (root: MimePart): MailAddresses => {
  const losses: Array<MessageLoss> = []
  const take = (name: string, label: string): ReadonlyArray<GraphRecipient> => {
    const { bad, good } = all(root, name)
    if (bad.length > 0) {
      const detail = `${label}: ${bad.length} of ${good.length + bad.length} hold no address, in the internet headers only`
      losses.push({ kind: "address-dropped", detail })
    }
    return good
  }

  const senders = parsed(fieldOf(root, "sender") ?? "").good
  const authors = parsed(fieldOf(root, "from") ?? "")
  const author = authors.good[0] ?? senders[0]
  if (authors.good[0] === undefined) {
    const instead = author === undefined ? unknownSender : "the Sender header's"
    losses.push({ kind: "sender-missing", detail: `From holds no address; shown is ${instead}` })
  } else if (authors.good.length > 1) {
    const detail = `From: ${authors.good.length - 1} of ${authors.good.length} authors, in the internet headers only`
    losses.push({ kind: "address-dropped", detail })
  }
  const from = author ?? recipient(unknownSender, authors.bad[0] ?? "")
  const replyTo = take("reply-to", "Reply-To")
  return {
    from,
    sender: senders[0] ?? from,
    toRecipients: take("to", "To"),
    ccRecipients: take("cc", "Cc"),
    bccRecipients: take("bcc", "Bcc"),
    replyTo: isSame(replyTo, [from]) ? [] : replyTo,
    losses
  }
}
