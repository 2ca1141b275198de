import { GraphError } from "./GraphError.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import type { MailFolder } from "./MailFolder.ts"
import type { Person } from "./Person.ts"

/** Its words: microsoft-graph-docs-contrib#2561. */
export const messageTooLarge = (): GraphError =>
  new GraphError(413, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.")

/** Fails where a message has grown too large or the mailbox holds no more. `size`: of all the message, in bytes. */
export const checkRoom = (world: GraphWorld, { mailbox }: Person, size: number, added: number): void => {
  if (size > world.rules.messageSizeLimit) throw messageTooLarge()
  const full = mailbox.quota !== Infinity && mailbox.used + added > mailbox.quota
  if (full || world.faults.is("mailboxFull")) {
    throw new GraphError(507, "ErrorQuotaExceeded", "Mailbox has exceeded maximum mailbox size.")
  }
}

/** Fails where a folder takes no more. */
export const checkFolderRoom = (world: GraphWorld, { mailbox }: Person, folder: MailFolder): void => {
  const count = mailbox.countIn(folder)
  if (count >= world.rules.folderItemLimit || world.faults.fullFolders.has(folder.id)) {
    throw new GraphError(
      403,
      "ErrorMessagePerFolderCountReceiveQuotaExceeded",
      "The folder has reached the maximum number of messages."
    )
  }
}
