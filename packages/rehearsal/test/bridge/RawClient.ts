import { type Socket, connect } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"

import { type BridgeCertificate, makeCertificate } from "@mailferry/rehearsal/bridge/BridgeCertificate.ts"
import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import { RehearsalBridge, type RehearsalBridgeOptions } from "@mailferry/rehearsal/RehearsalBridge.ts"

/** A client that knows no IMAP: octets in, lines out. A literal stays inside the line that announces it. */
export class RawClient {
  private socket: Socket
  private input = ""
  private ended = false
  private wake: () => void = () => {}
  private tags = 0

  constructor(socket: Socket) {
    this.socket = socket
    this.listen(socket)
  }

  static async plain(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1")
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject)
      socket.once("connect", () => resolve())
    })
    return new RawClient(socket)
  }

  static async tls(port: number, ca: string): Promise<RawClient> {
    return new RawClient(await secured({ port, host: "127.0.0.1", ca }))
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, "utf8"))
  }

  /** The next line without its line end, or `undefined` when the server has closed. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.lineEnd(0)
      if (end !== undefined) {
        const line = this.input.slice(0, end)
        this.input = this.input.slice(end + 2)
        return Buffer.from(line, "latin1").toString("utf8")
      }
      if (this.ended) return undefined
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  /** Everything up to the tagged answer, which comes last; less when the server closes first. */
  async command(text: string): Promise<ReadonlyArray<string>> {
    this.tags += 1
    const tag = `T${this.tags}`
    this.send(`${tag} ${text}\r\n`)
    const lines: Array<string> = []
    for (;;) {
      const line = await this.line()
      if (line === undefined) return lines
      lines.push(line.startsWith(`${tag} `) ? `T ${line.slice(tag.length + 1)}` : line)
      if (line.startsWith(`${tag} `)) return lines
    }
  }

  /** What is left until the server closes. */
  async rest(): Promise<ReadonlyArray<string>> {
    const lines: Array<string> = []
    for (let line = await this.line(); line !== undefined; line = await this.line()) lines.push(line)
    return this.input === "" ? lines : [...lines, this.input]
  }

  async startTls(ca: string): Promise<void> {
    this.socket.removeAllListeners()
    const socket = await secured({ socket: this.socket, host: "127.0.0.1", ca })
    this.socket = socket
    this.listen(socket)
  }

  close(): void {
    this.socket.destroy()
  }

  private listen(socket: Socket): void {
    const end = (): void => {
      this.ended = true
      this.wake()
    }
    socket.on("data", (chunk: Buffer) => {
      this.input += chunk.toString("latin1")
      this.wake()
    })
    socket.on("error", end)
    socket.on("close", end)
  }

  private lineEnd(from: number): number | undefined {
    const end = this.input.indexOf("\r\n", from)
    if (end === -1) return undefined
    const literal = /\{(\d+)\}$/u.exec(this.input.slice(from, end))
    if (literal === null) return end
    const after = end + 2 + Number(literal[1])
    return after > this.input.length ? undefined : this.lineEnd(after)
  }
}

const secured = (options: ConnectionOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connectTls(options, () => resolve(socket))
    socket.once("error", reject)
  })

let keys: Promise<BridgeCertificate> | undefined

/** One certificate for all the tests of a file: making one takes longer than most of them. */
export const sharedCertificate = (): Promise<BridgeCertificate> => {
  keys ??= makeCertificate()
  return keys
}

/** A Bridge for as long as the test runs, and what it takes to get into it. */
export const withBridge = async (
  account: ProtonAccount,
  options: RehearsalBridgeOptions,
  use: (bridge: RehearsalBridge) => Promise<void>
): Promise<void> => {
  const bridge = await RehearsalBridge.start(account, {
    certificate: await sharedCertificate(),
    seed: 1,
    ...options
  })
  try {
    await use(bridge)
  } finally {
    await bridge.stop()
  }
}

/** Connected, greeted, logged in. */
export const signedIn = async (bridge: RehearsalBridge, user = bridge.user): Promise<RawClient> => {
  const client = await greeted(bridge)
  await client.command(`LOGIN ${user} ${bridge.password}`)
  return client
}

/** Connected and greeted. */
export const greeted = async (bridge: RehearsalBridge): Promise<RawClient> => {
  const client = await RawClient.plain(bridge.port)
  await client.line()
  return client
}

/** Lines without the time their command took. */
export const untimed = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => line.replace(/in \d+ microsec\.$/u, "in N microsec."))
