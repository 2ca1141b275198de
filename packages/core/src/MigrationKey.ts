import { createHash } from "node:crypto"

/**
 * What a destination may mark a message of ours with: SHA-256, in hexadecimal, of the source account and the message's
 * key there (X-Pm-Internal-Id, or mailbox, UIDVALIDITY and UID). The same in every run, with or without its ledger.
 */
export const migrationKeyOf = (sourceAccount: string, key: string): string =>
  createHash("sha256")
    .update(JSON.stringify([sourceAccount, key]))
    .digest("hex")
