import { parseInternalDate } from "./InternalDate.ts"
import type { Scanner } from "./Scanner.ts"
import { parseFlag } from "./StoreArguments.ts"

/** One message of an APPEND. MULTIAPPEND (RFC 3502) sends several after one mailbox name. */
export interface AppendMessage {
  readonly flags: ReadonlyArray<string>
  /** Milliseconds since 1970; absent when the client leaves it to the server. */
  readonly internalDate: number | undefined
  readonly octets: Buffer
}

/** ` mailbox`, the name still in modified UTF-7. The message arguments follow. */
export const parseAppendMailbox = (scanner: Scanner): string => {
  scanner.space("expected space after command")
  return scanner.astring()
}

/** ` [(flags)] ["date"] literal`, the leading space included. */
export const parseAppendMessage = (scanner: Scanner): AppendMessage => {
  scanner.space("expected space after mailbox")
  let flags: ReadonlyArray<string> = []
  if (scanner.is("(")) {
    flags = scanner.list(() => parseFlag(scanner), true)
    scanner.space("expected space after flag list")
  }
  let internalDate: number | undefined
  if (scanner.is('"')) {
    internalDate = parseInternalDate(scanner)
    scanner.space("expected space after date-time")
  }
  return { flags, internalDate, octets: scanner.literal() }
}
