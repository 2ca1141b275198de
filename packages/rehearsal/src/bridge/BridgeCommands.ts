import type { CommandHandler } from "./BridgeSession.ts"
import { fetch } from "./FetchCommand.ts"
import { list, select, status, subscribe } from "./MailboxCommands.ts"
import { check, search, unselect } from "./SelectedCommands.ts"
import { authenticate, capability, id, idle, login, logout, noop, startTls } from "./SessionCommands.ts"
import { append, close, copy, create, expunge, move, remove, rename, store } from "./WriteCommands.ts"

/** Every command gluon knows, handed to whoever runs it. */
export const runCommand: CommandHandler = (session, tag, command) => {
  switch (command._tag) {
    case "Capability":
      return capability(session, tag)
    case "Id":
      return id(session, tag)
    case "Noop":
      return noop(session, tag)
    case "Logout":
      return logout(session, tag)
    case "StartTls":
      return startTls(session, tag)
    case "Authenticate":
      return authenticate(session, tag)
    case "Login":
      return login(session, tag, command.user, command.password)
    case "Idle":
      return idle(session, tag)
    case "List":
      return list(session, tag, "LIST", command.reference, command.pattern)
    case "Lsub":
      return list(session, tag, "LSUB", command.reference, command.pattern)
    case "Select":
      return select(session, tag, command.mailbox, false)
    case "Examine":
      return select(session, tag, command.mailbox, true)
    case "Status":
      return status(session, tag, command.mailbox, command.items)
    case "Subscribe":
      return subscribe(session, tag, command.mailbox, true)
    case "Unsubscribe":
      return subscribe(session, tag, command.mailbox, false)
    case "Create":
      return create(session, tag, command.mailbox)
    case "Delete":
      return remove(session, tag, command.mailbox)
    case "Rename":
      return rename(session, tag, command.mailbox, command.to)
    case "Append":
      return append(session, tag, command.mailbox, command.message)
    case "Fetch":
      return fetch(session, tag, command)
    case "Search":
      return search(session, tag, command.program, command.byUid)
    case "Store":
      return store(session, tag, command)
    case "Copy":
      return copy(session, tag, command)
    case "Move":
      return move(session, tag, command)
    case "Expunge":
      return expunge(session, tag, command.uids)
    case "Close":
      return close(session, tag)
    case "Unselect":
      return unselect(session, tag)
    default:
      return check(session, tag)
  }
}
