import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"

import type { RehearsalImapServer } from "../../src/RehearsalImapServer.ts"

/** Sends octets and shows what comes back, line by line, with no opinion on either. */
export class RawClient {
  private socket: Socket
  private text = ""
  private ended = false
  private count = 0
  private wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    this.listen()
  }

  /** Connected, the greeting read. */
  static async open(server: RehearsalImapServer): Promise<RawClient> {
    const client = new RawClient(connect(server.port, server.host))
    await client.line()
    return client
  }

  static async openTls(server: RehearsalImapServer): Promise<RawClient> {
    const { host, port, certificate } = server
    const client = new RawClient(connectTls({ host, port, ca: certificate }))
    await client.line()
    return client
  }

  /** Connected and logged in. */
  static async login(server: RehearsalImapServer): Promise<RawClient> {
    const client = await RawClient.open(server)
    await client.command(`LOGIN "${server.user}" "${server.password}"`)
    return client
  }

  write(octets: string | Uint8Array): void {
    this.socket.write(octets)
  }

  /** The next line without its line end; undefined once the server has closed the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.text.indexOf("\r\n")
      if (end !== -1) {
        const line = this.text.slice(0, end)
        this.text = this.text.slice(end + 2)
        return line
      }
      if (this.ended) return undefined
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  /** Every line up to and including the one that starts with `start`, or to the end of the connection. */
  async until(start: string): Promise<ReadonlyArray<string>> {
    const lines: Array<string> = []
    for (;;) {
      const line = await this.line()
      if (line === undefined) return lines
      lines.push(line)
      if (line.startsWith(start)) return lines
    }
  }

  /** Sends one command and gives every line of the answer, the tag replaced by `tag`. */
  async command(text: string): Promise<ReadonlyArray<string>> {
    this.count += 1
    const tag = `t${this.count}`
    this.write(`${tag} ${text}\r\n`)
    const lines = await this.until(`${tag} `)
    return lines.map((line) => line.replace(new RegExp(`^${tag} `, "u"), "tag "))
  }

  /** The tagged line of the answer alone. */
  async answer(text: string): Promise<string | undefined> {
    return (await this.command(text)).findLast((line) => line.startsWith("tag "))
  }

  /** APPEND with synchronising literals: each octet string is sent when the server asks for it. */
  async append(mailbox: string, ...messages: ReadonlyArray<string>): Promise<string | undefined> {
    this.count += 1
    const tag = `t${this.count}`
    let text = `${tag} APPEND ${mailbox}`
    for (const message of messages) {
      this.write(`${text} {${Buffer.byteLength(message)}}\r\n`)
      for (;;) {
        const line = await this.line()
        if (line === undefined) return undefined
        if (line.startsWith(`${tag} `)) return line.replace(`${tag} `, "tag ")
        if (line.startsWith("+")) break
      }
      text = message
    }
    this.write(`${text}\r\n`)
    return (await this.until(`${tag} `)).findLast((line) => line.startsWith(tag))?.replace(`${tag} `, "tag ")
  }

  /** After the OK to STARTTLS. */
  async secure(server: RehearsalImapServer): Promise<void> {
    this.socket.removeAllListeners()
    const socket = connectTls({ socket: this.socket, ca: server.certificate, host: server.host })
    await new Promise((resolve, reject) => {
      socket.once("secureConnect", resolve)
      socket.once("error", reject)
    })
    this.socket = socket
    this.listen()
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while ((await this.line()) !== undefined);
  }

  close(): void {
    this.socket.destroy()
  }

  private listen(): void {
    this.socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("latin1")
      this.wake()
    })
    const end = () => {
      this.ended = true
      this.wake()
    }
    this.socket.on("end", end)
    this.socket.on("close", end)
    this.socket.on("error", end)
  }
}
