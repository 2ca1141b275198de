import { ok } from "../Answer.ts"
import type { Command, MessageCommand } from "../Command.ts"
import { readName } from "../MailboxArgument.ts"
import { readStatusItems, statusLine } from "../MailboxStatus.ts"
import { badName, noSuchMailbox } from "../Refusals.ts"
import { SelectedMailbox } from "../SelectedMailbox.ts"
import type { ServerSession } from "../ServerSession.ts"

const tellState = (session: ServerSession, selected: SelectedMailbox): void => {
  const { mailbox, firstUnseen } = selected
  for (const line of selected.flagLines()) session.tell(line)
  session.tell(`${selected.exists} EXISTS`)
  session.tell(`${selected.recent} RECENT`)
  if (firstUnseen !== undefined) session.tell(`OK [UNSEEN ${firstUnseen}] First unseen.`)
  session.tell(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`)
  session.tell(`OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`)
}

const opening = (readOnly: boolean): Command => ({
  needs: "authenticated",
  run: (session, { scanner }) => {
    const name = readName(session, scanner)
    scanner.end()
    // A SELECT that fails leaves no mailbox selected (RFC 3501, section 6.3.1).
    session.selected = undefined
    if (name === undefined) return badName
    const mailbox = session.state.store.find(name)
    if (mailbox === undefined) return noSuchMailbox(name)
    session.selected = new SelectedMailbox(mailbox, readOnly, session.state.profile)
    tellState(session, session.selected)
    return ok(`${readOnly ? "Examine" : "Select"} completed.`, readOnly ? "READ-ONLY" : "READ-WRITE")
  }
})

export const select = opening(false)
export const examine = opening(true)

export const status: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const name = readName(session, scanner)
    scanner.space()
    const asked = readStatusItems(scanner)
    scanner.end()
    if (name === undefined) return badName
    const mailbox = session.state.store.find(name)
    if (mailbox === undefined) return noSuchMailbox(name)
    session.tell(statusLine(mailbox, session.wireName(name), asked))
    return ok("Status completed.")
  }
}

export const check: MessageCommand = {
  needs: "selected",
  renumbers: true,
  run: (_, { scanner }) => {
    scanner.end()
    return ok("Check completed.")
  }
}

/** Removes what is marked \Deleted, without a word, and leaves the mailbox (RFC 3501, section 6.4.2). */
export const close: MessageCommand = {
  needs: "selected",
  renumbers: true,
  run: (session, { scanner }, { mailbox, readOnly }) => {
    scanner.end()
    session.selected = undefined
    const deleted = mailbox.messages.filter(({ flags }) => flags.has("\\Deleted"))
    if (!readOnly) mailbox.remove(new Set(deleted.map(({ uid }) => uid)))
    return ok("Close completed.")
  }
}

/** RFC 3691: leaves the mailbox as it is. */
export const unselect: MessageCommand = {
  needs: "selected",
  extension: "UNSELECT",
  renumbers: true,
  run: (session, { scanner }) => {
    scanner.end()
    session.selected = undefined
    return ok("Unselect completed.")
  }
}
