import * as net from "node:net"
import * as tls from "node:tls"

/** Where and as whom to log in. `tls` is implicit TLS. */
export interface ImapAccess {
  readonly host: string
  readonly port: number
  readonly security: "none" | "starttls" | "tls"
  /** PEM text of the certificate to trust; the system's own authorities without it. */
  readonly ca?: string
  readonly user: string
  readonly password: string
}

/** One line of an answer, with the literals it carried in the order of their `{n}` marks. */
export interface ImapLine {
  readonly text: string
  readonly literals: ReadonlyArray<Buffer>
}

const crlf = Buffer.from("\r\n")

/** An RFC 9051 string that may hold anything but CR, LF and NUL. */
export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/gu, (c) => `\\${c}`)}"`

/**
 * The smallest client that can tell what a server holds. It shares no code with the program under test,
 * so that a comparison by it is a second opinion.
 */
export class PlainImap {
  private socket: net.Socket
  private chunks: Array<Buffer> = []
  private length = 0
  private ended = false
  private wake: () => void = () => undefined
  private tags = 0

  private constructor(socket: net.Socket) {
    this.socket = socket
    this.listen()
  }

  static async open(access: ImapAccess): Promise<PlainImap> {
    const { host, port, ca } = access
    const trust = ca === undefined ? {} : { ca }
    const socket =
      access.security === "tls" ? tls.connect({ host, port, ...trust }) : net.connect({ host, port })
    const client = new PlainImap(socket)
    await client.line()
    if (access.security === "starttls") {
      await client.command("STARTTLS")
      client.socket.removeAllListeners()
      client.socket = tls.connect({ socket: client.socket, host, ...trust })
      client.listen()
    }
    await client.command(`LOGIN ${quoted(access.user)} ${quoted(access.password)}`)
    return client
  }

  /** Sends one command and gives its untagged answers to `each` as they come. Throws unless it ends in OK. */
  async command(text: string, each: (line: ImapLine) => void = () => undefined): Promise<void> {
    const tag = `d${++this.tags}`
    this.socket.write(`${tag} ${text}\r\n`)
    for (;;) {
      const line = await this.line()
      if (!line.text.startsWith(`${tag} `)) {
        each(line)
        continue
      }
      if (line.text.startsWith(`${tag} OK`)) return
      throw new Error(`${text.startsWith("LOGIN") ? "LOGIN" : text}: ${line.text}`)
    }
  }

  /** APPEND with a synchronising literal, which every server takes. */
  async append(wireName: string, attributes: string, octets: Uint8Array): Promise<void> {
    const tag = `d${++this.tags}`
    this.socket.write(`${tag} APPEND ${quoted(wireName)} ${attributes} {${octets.length}}\r\n`)
    for (let sent = false; ;) {
      const { text } = await this.line()
      if (text.startsWith("+") && !sent) {
        sent = true
        this.socket.write(octets)
        this.socket.write(crlf)
      }
      if (text.startsWith(`${tag} OK`)) return
      if (text.startsWith(`${tag} `)) throw new Error(`APPEND: ${text}`)
    }
  }

  async close(): Promise<void> {
    await this.command("LOGOUT")
    this.socket.destroy()
  }

  private listen(): void {
    this.socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk)
      this.length += chunk.length
      this.wake()
    })
    const end = () => {
      this.ended = true
      this.wake()
    }
    this.socket.on("error", end)
    this.socket.on("close", end)
  }

  private async more(): Promise<void> {
    if (this.ended) throw new Error("the server closed the connection")
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }

  private take(octets: number): Buffer {
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks)
    this.chunks = octets === all.length ? [] : [all.subarray(octets)]
    this.length -= octets
    return all.subarray(0, octets)
  }

  private async row(): Promise<string> {
    for (;;) {
      const all = Buffer.concat(this.chunks)
      this.chunks = all.length === 0 ? [] : [all]
      const end = all.indexOf(crlf)
      if (end !== -1) return this.take(end + 2).toString("latin1", 0, end)
      await this.more()
    }
  }

  private async line(): Promise<ImapLine> {
    let text = ""
    const literals: Array<Buffer> = []
    for (;;) {
      text += await this.row()
      const mark = /\{(\d+)\}$/u.exec(text)
      if (mark === null) return { text, literals }
      const octets = Number(mark[1])
      while (this.length < octets) await this.more()
      literals.push(this.take(octets))
    }
  }
}
