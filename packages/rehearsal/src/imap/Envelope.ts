import { type MailAddress, parseAddresses } from "./AddressList.ts"
import { fieldValue, headerFields } from "./HeaderBlock.ts"

/** How a server writes a string: well-behaved ones as `wireString` does, gluon as Go quotes. */
export type WriteString = (text: string) => string

/** How a server reads an address field, and what it makes of one it cannot read. */
export type ReadAddresses = (text: string) => ReadonlyArray<MailAddress>

const orNil = (text: string | undefined, write: WriteString): string =>
  text === undefined ? "NIL" : write(text)

const address = (each: MailAddress, write: WriteString): string =>
  `(${orNil(each.name, write)} NIL ${orNil(each.mailbox, write)} ${orNil(each.host, write)})`

const addresses = (text: string | undefined, write: WriteString, read: ReadAddresses): string => {
  const list = text === undefined ? [] : read(text)
  return list.length === 0 ? "NIL" : `(${list.map((each) => address(each, write)).join("")})`
}

/** ENVELOPE of a message (RFC 3501, section 7.4.2). Sender and Reply-To default to From, as that section demands. */
export const envelope = (
  octets: Uint8Array,
  write: WriteString,
  read: ReadAddresses = parseAddresses
): string => {
  const values = new Map<string, string>()
  for (const field of headerFields(octets)) {
    const name = field.name.toLowerCase()
    if (!values.has(name)) values.set(name, fieldValue(octets, field))
  }
  const from = values.get("from")
  const items = [
    orNil(values.get("date"), write),
    orNil(values.get("subject"), write),
    addresses(from, write, read),
    addresses(values.get("sender") ?? from, write, read),
    addresses(values.get("reply-to") ?? from, write, read),
    addresses(values.get("to"), write, read),
    addresses(values.get("cc"), write, read),
    addresses(values.get("bcc"), write, read),
    orNil(values.get("in-reply-to"), write),
    orNil(values.get("message-id"), write)
  ]
  return `(${items.join(" ")})`
}
