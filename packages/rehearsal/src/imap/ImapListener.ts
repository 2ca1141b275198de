import { type AddressInfo, type Server, type Socket, createServer } from "node:net"
import type { SecureContext } from "node:tls"

import { ImapConnection } from "./ImapConnection.ts"

export interface ImapListenerOptions {
  readonly host: string
  /** Implicit TLS when given: the context is asked for at each handshake, so that a certificate can be renewed. */
  readonly implicitTls?: () => SecureContext
  readonly serve: (connection: ImapConnection) => void
}

/** A port that can be closed and opened again while the sessions it let in live on. */
export class ImapListener {
  private readonly options: ImapListenerOptions
  private readonly connections = new Set<ImapConnection>()
  private server: Server | undefined

  constructor(options: ImapListenerOptions) {
    this.options = options
  }

  /** Listens on `port`, 0 for any free one, and answers the port it got. */
  async open(port: number): Promise<number> {
    const server = createServer((socket) => this.accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(port, this.options.host, () => {
        server.off("error", reject)
        resolve()
      })
    })
    this.server = server
    return portOf(server)
  }

  /** Refuses new connections. Those that are open go on. */
  shut(): void {
    this.server?.close()
    this.server = undefined
  }

  get listening(): boolean {
    return this.server !== undefined
  }

  get connectionCount(): number {
    return this.connections.size
  }

  cutAll(reset = false): void {
    for (const connection of this.connections) connection.cut(reset)
  }

  private accept(socket: Socket): void {
    const connection = new ImapConnection(socket)
    const { implicitTls } = this.options
    if (implicitTls !== undefined) connection.startTls(implicitTls())
    this.connections.add(connection)
    connection.onClose(() => this.connections.delete(connection))
    this.options.serve(connection)
  }
}

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address()
  return address === null || typeof address === "string" ? 0 : address.port
}
