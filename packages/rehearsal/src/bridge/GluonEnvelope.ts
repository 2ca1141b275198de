import { type MailAddress, parseAddresses } from "../imap/AddressList.ts"
import { decodeWords } from "../imap/EncodedWord.ts"
import { envelope } from "../imap/Envelope.ts"
import { goQuote } from "./GoQuote.ts"

/** One address that cannot be read spoils the list: the whole text becomes the name of somebody without a mailbox. */
const readAddresses = (text: string): ReadonlyArray<MailAddress> => {
  const addresses = parseAddresses(text)
  if (addresses.some((each) => each.mailbox === undefined)) {
    return [{ name: text, mailbox: undefined, host: undefined }]
  }
  return addresses
}

/** ENVELOPE as gluon keeps it: encoded words undone, then quoted by Go, 8-bit characters and all. */
export const gluonEnvelope = (octets: Uint8Array): string =>
  envelope(octets, (text) => goQuote(decodeWords(text)), readAddresses)
