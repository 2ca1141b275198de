import type { CommandTable } from "./Command.ts"
import { append } from "./commands/AppendCommand.ts"
import { copy, move, uidCopy, uidMove } from "./commands/CopyCommand.ts"
import { expunge, uidExpunge } from "./commands/ExpungeCommand.ts"
import { fetch, uidFetch } from "./commands/FetchCommand.ts"
import { list, lsub } from "./commands/ListCommand.ts"
import { authenticate, login } from "./commands/LoginCommands.ts"
import { create, remove, rename, subscribe, unsubscribe } from "./commands/MailboxCommands.ts"
import { search, uidSearch } from "./commands/SearchCommand.ts"
import { check, close, examine, select, status, unselect } from "./commands/SelectCommands.ts"
import {
  capability,
  enable,
  id,
  idle,
  logout,
  namespace,
  noop,
  startTls
} from "./commands/SessionCommands.ts"
import { store, uidStore } from "./commands/StoreCommand.ts"

/** Every command the server can know, by its name in lower case; extensions decide which it does. */
export const commandTable: CommandTable = {
  append,
  authenticate,
  capability,
  check,
  close,
  copy,
  create,
  delete: remove,
  enable,
  examine,
  expunge,
  fetch,
  id,
  idle,
  list,
  login,
  logout,
  lsub,
  move,
  namespace,
  noop,
  rename,
  search,
  select,
  starttls: startTls,
  status,
  store,
  subscribe,
  "uid copy": uidCopy,
  "uid expunge": uidExpunge,
  "uid fetch": uidFetch,
  "uid move": uidMove,
  "uid search": uidSearch,
  "uid store": uidStore,
  unselect,
  unsubscribe
}
