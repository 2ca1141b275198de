import type { CommandLine } from "../imap/CommandLine.ts"
import type { Outcome } from "./Answer.ts"
import type { SelectedMailbox } from "./SelectedMailbox.ts"
import type { Extension } from "./ServerProfile.ts"
import type { ServerSession } from "./ServerSession.ts"

/** One IMAP command as the server carries it out. The scanner stands behind the command's name. */
export interface Command {
  /** The state of RFC 3501, section 3, in which it may be given. */
  readonly needs: "any" | "login" | "authenticated"
  /** Unknown to a server that lacks the extension. */
  readonly extension?: Extension
  readonly run: (session: ServerSession, line: CommandLine) => Outcome | Promise<Outcome>
}

/** A command for the selected state, which needs a mailbox to work on. */
export interface MessageCommand {
  readonly needs: "selected"
  readonly extension?: Extension
  /** False for the commands during which messages may not be renumbered (RFC 3501, section 7.4.1). */
  readonly renumbers: boolean
  readonly run: (
    session: ServerSession,
    line: CommandLine,
    selected: SelectedMailbox
  ) => Outcome | Promise<Outcome>
}

export type CommandTable = Readonly<Record<string, Command | MessageCommand>>
