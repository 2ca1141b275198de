import type { LedgerError } from "./LedgerError.ts"
import type { MailError } from "./MailError.ts"

/** Whether the server says that there is no such mailbox: somebody deleted it, or it was never made. */
export const isMissingMailbox = (error: MailError | LedgerError): boolean =>
  error._tag === "MailError" && error.reason._tag === "MailboxRejected" && error.reason.why === "missing"
