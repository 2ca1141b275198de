import { type AppendMessage, parseAppendMailbox, parseAppendMessage } from "../imap/AppendArguments.ts"
import { parseCommandLine } from "../imap/CommandLine.ts"
import { type FetchItem, parseFetchItems } from "../imap/FetchItem.ts"
import { type Scanner, isAtomChar, isListChar } from "../imap/Scanner.ts"
import { type SearchProgram, parseSearch } from "../imap/SearchKey.ts"
import { type SequenceSet, parseSequenceSet } from "../imap/SequenceSet.ts"
import { type StoreArguments, parseStore } from "../imap/StoreArguments.ts"

/** What a command asks for. Mailbox names are still in modified UTF-7. `byUid` marks the UID form. */
export type BridgeCommand =
  | {
      readonly _tag:
        | "Capability"
        | "Noop"
        | "Logout"
        | "StartTls"
        | "Authenticate"
        | "Id"
        | "Idle"
        | "Check"
        | "Close"
        | "Unselect"
    }
  | { readonly _tag: "Login"; readonly user: string; readonly password: string }
  | { readonly _tag: "List" | "Lsub"; readonly reference: string; readonly pattern: string }
  | {
      readonly _tag: "Select" | "Examine" | "Create" | "Delete" | "Subscribe" | "Unsubscribe"
      readonly mailbox: string
    }
  | { readonly _tag: "Rename"; readonly mailbox: string; readonly to: string }
  | { readonly _tag: "Status"; readonly mailbox: string; readonly items: ReadonlyArray<StatusItem> }
  | { readonly _tag: "Append"; readonly mailbox: string; readonly message: AppendMessage }
  | {
      readonly _tag: "Fetch"
      readonly byUid: boolean
      readonly set: SequenceSet
      readonly items: ReadonlyArray<FetchItem>
    }
  | { readonly _tag: "Search"; readonly byUid: boolean; readonly program: SearchProgram }
  | {
      readonly _tag: "Store"
      readonly byUid: boolean
      readonly set: SequenceSet
      readonly change: StoreArguments
    }
  | {
      readonly _tag: "Copy" | "Move"
      readonly byUid: boolean
      readonly set: SequenceSet
      readonly mailbox: string
    }
  | { readonly _tag: "Expunge"; readonly uids: SequenceSet | undefined }

const statusItems = ["MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"] as const
export type StatusItem = (typeof statusItems)[number]

const afterCommand = (scanner: Scanner): void => scanner.space("expected space after command")

const oneMailbox = (
  _tag: "Select" | "Examine" | "Create" | "Delete" | "Subscribe" | "Unsubscribe",
  scanner: Scanner
): BridgeCommand => {
  afterCommand(scanner)
  return { _tag, mailbox: scanner.astring() }
}

const listPattern = (scanner: Scanner): string =>
  scanner.atString ? scanner.string() : scanner.some(isListChar, "expected list pattern")

const list = (_tag: "List" | "Lsub", scanner: Scanner): BridgeCommand => {
  afterCommand(scanner)
  const reference = scanner.astring()
  scanner.space("expected space after reference")
  return { _tag, reference, pattern: listPattern(scanner) }
}

const statusItem = (scanner: Scanner): StatusItem => {
  const name = scanner.letters()
  const item = statusItems.find((each) => each.toLowerCase() === name)
  return item ?? scanner.fail(`unknown status attribute '${name}'`)
}

const status = (scanner: Scanner): BridgeCommand => {
  afterCommand(scanner)
  const mailbox = scanner.astring()
  scanner.space("expected space after mailbox")
  return { _tag: "Status", mailbox, items: scanner.list(() => statusItem(scanner)) }
}

const sequence = (scanner: Scanner): SequenceSet => {
  afterCommand(scanner)
  const set = parseSequenceSet(scanner)
  scanner.space("expected space after sequence set")
  return set
}

const nstring = (scanner: Scanner): void => {
  if (!scanner.word("NIL")) scanner.string()
}

const id = (scanner: Scanner): BridgeCommand => {
  afterCommand(scanner)
  if (scanner.word("NIL")) return { _tag: "Id" }
  scanner.list(() => {
    scanner.string()
    scanner.space()
    nstring(scanner)
  }, true)
  return { _tag: "Id" }
}

const authenticate = (scanner: Scanner): BridgeCommand => {
  afterCommand(scanner)
  const mechanism = scanner.some(isAtomChar, "Invalid character detected in atom")
  if (mechanism.toUpperCase() !== "PLAIN") scanner.fail("unsupported authentication mechanism")
  return { _tag: "Authenticate" }
}

const bare = {
  capability: "Capability",
  noop: "Noop",
  logout: "Logout",
  starttls: "StartTls",
  idle: "Idle",
  check: "Check",
  close: "Close",
  unselect: "Unselect"
} as const

const mailboxCommands = {
  select: "Select",
  examine: "Examine",
  create: "Create",
  delete: "Delete",
  subscribe: "Subscribe",
  unsubscribe: "Unsubscribe"
} as const

const has = <O extends object>(record: O, name: PropertyKey): name is keyof O => Object.hasOwn(record, name)

const selected = (name: string, byUid: boolean, scanner: Scanner): BridgeCommand | undefined => {
  switch (name) {
    case "fetch":
      return { _tag: "Fetch", byUid, set: sequence(scanner), items: parseFetchItems(scanner) }
    case "search":
      afterCommand(scanner)
      return { _tag: "Search", byUid, program: parseSearch(scanner) }
    case "store":
      return { _tag: "Store", byUid, set: sequence(scanner), change: parseStore(scanner) }
    case "copy":
    case "move":
      return {
        _tag: name === "copy" ? "Copy" : "Move",
        byUid,
        set: sequence(scanner),
        mailbox: scanner.astring()
      }
    case "expunge":
      if (!byUid) return { _tag: "Expunge", uids: undefined }
      afterCommand(scanner)
      return { _tag: "Expunge", uids: parseSequenceSet(scanner) }
    default:
      return undefined
  }
}

const command = (name: string, scanner: Scanner, authPlain: boolean): BridgeCommand | undefined => {
  if (has(bare, name)) return { _tag: bare[name] }
  if (has(mailboxCommands, name)) return oneMailbox(mailboxCommands[name], scanner)
  switch (name) {
    case "id":
      return id(scanner)
    case "authenticate":
      return authPlain ? authenticate(scanner) : undefined
    case "login": {
      afterCommand(scanner)
      const user = scanner.astring()
      scanner.space("expected space after user")
      return { _tag: "Login", user, password: scanner.astring() }
    }
    case "list":
      return list("List", scanner)
    case "lsub":
      return list("Lsub", scanner)
    case "status":
      return status(scanner)
    case "rename": {
      afterCommand(scanner)
      const mailbox = scanner.astring()
      scanner.space("expected space after mailbox")
      return { _tag: "Rename", mailbox, to: scanner.astring() }
    }
    case "append": {
      const mailbox = parseAppendMailbox(scanner)
      return { _tag: "Append", mailbox, message: parseAppendMessage(scanner) }
    }
    default:
      return name.startsWith("uid ") ? selected(name.slice(4), true, scanner) : selected(name, false, scanner)
  }
}

/** Reads a whole command. Throws `ParseError` where gluon's grammar is left, `LiteralMissing` where a literal comes next. */
export const parseBridgeCommand = (
  octets: Buffer,
  authPlain: boolean
): { readonly tag: string; readonly command: BridgeCommand } => {
  const line = parseCommandLine(octets, false)
  const parsed = command(line.name, line.scanner, authPlain)
  if (parsed === undefined)
    return line.scanner.fail(`unknown command '${line.name.replace(/^uid /u, "")}'`, line.nameAt)
  line.scanner.end(true)
  return { tag: line.tag, command: parsed }
}
