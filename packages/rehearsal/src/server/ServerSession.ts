import type { ImapConnection } from "../imap/ImapConnection.ts"
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "../imap/ModifiedUtf7.ts"
import { quote } from "../imap/WireString.ts"
import type { SelectedMailbox } from "./SelectedMailbox.ts"
import { capabilities, type ServerState } from "./ServerState.ts"

/** One connection and how far it has come: logged in or not, which mailbox it has selected. */
export class ServerSession {
  state: ServerState
  readonly connection: ImapConnection
  authenticated = false
  /** Whether the account that was logged in to can be reached. */
  connected = true
  /** Commands answered NO or BAD. */
  errors = 0
  /** Whether UTF8=ACCEPT was enabled, so that names are no longer modified UTF-7 (RFC 6855). */
  utf8 = false
  selected: SelectedMailbox | undefined
  /** Set by LOGOUT: the answer still goes out, then the connection ends. */
  closing = false
  /** Nothing more will be said. */
  ended = false

  constructor(state: ServerState, connection: ImapConnection) {
    this.state = state
    this.connection = connection
  }

  get capabilities(): string {
    return capabilities(this.state, { secure: this.connection.secure, authenticated: this.authenticated })
  }

  /** An untagged response. */
  tell(line: string): void {
    this.connection.writeLine(`* ${line}`)
  }

  /** A name as the client is to see it. */
  wireName(name: string): string {
    return quote(this.utf8 ? name : encodeModifiedUtf7(name))
  }

  /** The name a client meant, or undefined where it is not validly encoded. */
  nameFrom(wire: string): string | undefined {
    const name = this.utf8 ? wire : decodeModifiedUtf7(wire)
    return name?.toUpperCase() === "INBOX" ? "INBOX" : name
  }

  /** Tells what others have changed in the selected mailbox. */
  report(expunges: boolean): void {
    if (this.selected === undefined || this.ended) return
    if (this.selected.lost) this.bye("Selected mailbox was deleted or renumbered, have to disconnect")
    else for (const line of this.selected.news(expunges)) this.tell(line)
  }

  /** `* BYE`, then the end. */
  bye(text: string): void {
    if (this.ended) return
    this.tell(`BYE ${text}`)
    this.end()
  }

  /** Sends what is pending and closes. */
  end(): void {
    this.ended = true
    this.connection.end()
  }

  /** Closes without another octet. */
  cut(): void {
    this.ended = true
    this.connection.cut()
  }
}
