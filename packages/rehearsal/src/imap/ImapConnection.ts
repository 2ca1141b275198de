import type { Socket } from "node:net"
import { type SecureContext, TLSSocket } from "node:tls"

import { type CommandPolicy, type CommandRead, readCommand } from "./CommandReader.ts"
import { SocketReader } from "./SocketReader.ts"

/** One client. Reads are pulled by the server's loop; writes go out in the order they are made. */
export class ImapConnection {
  private socket: Socket
  private reader: SocketReader
  private readonly whenClosed: Array<() => void> = []
  private gone = false

  constructor(socket: Socket) {
    this.socket = socket
    this.reader = new SocketReader(socket)
    this.watch(socket)
    socket.setNoDelay(true)
  }

  get closed(): boolean {
    return this.gone
  }

  get secure(): boolean {
    return this.socket instanceof TLSSocket
  }

  onClose(listener: () => void): void {
    if (this.gone) listener()
    else this.whenClosed.push(listener)
  }

  command(policy: CommandPolicy): Promise<CommandRead> {
    return readCommand(this.reader, policy)
  }

  /** A line that is no command: DONE after IDLE, the answer to a SASL challenge. Its line end is removed. */
  async line(limit = 64 * 1024): Promise<string | undefined> {
    const line = await this.reader.line(limit)
    return line?.toString("latin1").replace(/\r?\n$/u, "")
  }

  peek(): Promise<number | undefined> {
    return this.reader.peek()
  }

  get hasInput(): boolean {
    return this.reader.hasInput
  }

  /** One line, UTF-8, without its line end. */
  writeLine(line: string): void {
    this.write(Buffer.from(`${line}\r\n`, "utf8"))
  }

  write(octets: Uint8Array): void {
    if (!this.gone) this.socket.write(octets)
  }

  /** Resolves when the client has taken enough of what was written for more to be sensible. */
  async drained(): Promise<void> {
    if (this.gone || !this.socket.writableNeedDrain) return
    const { socket } = this
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off("drain", done)
        socket.off("close", done)
        resolve()
      }
      socket.on("drain", done)
      socket.on("close", done)
    })
  }

  /** STARTTLS: from here on everything is TLS. What the client sent ahead in the clear is thrown away. */
  startTls(context: SecureContext): void {
    this.reader.detach()
    const plain = this.socket
    const secure = new TLSSocket(plain, { isServer: true, secureContext: context })
    plain.on("close", () => secure.destroy())
    this.socket = secure
    this.reader = new SocketReader(secure)
    this.watch(secure)
  }

  /** Sends what is pending and closes. */
  end(): void {
    this.socket.end()
    this.socket.destroySoon()
  }

  /** Closes now, whatever is pending. `reset` sends RST instead of FIN. */
  cut(reset = false): void {
    if (reset && !(this.socket instanceof TLSSocket)) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  private watch(socket: Socket): void {
    socket.on("error", () => socket.destroy())
    socket.on("close", () => {
      if (this.gone || socket !== this.socket) return
      this.gone = true
      for (const listener of this.whenClosed) listener()
    })
  }
}
