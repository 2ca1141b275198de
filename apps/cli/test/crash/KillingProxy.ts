import * as net from "node:net"

/** A moment on the wire at which the process under test is killed. */
export interface Moment {
  /** The command as it stands after its tag: `APPEND`, `UID COPY`, `CREATE`. */
  readonly command: string
  /** The how many-th of its kind, from 1. */
  readonly nth: number
  /**
   * `before`: the server never sees the command. `unanswered`: the server carried it out, the answer never arrives.
   * `answered`: the answer has been passed on, and the process dies `afterMillis` later.
   */
  readonly when: "before" | "unanswered" | "answered"
  readonly afterMillis?: number
}

export interface KillingProxy {
  readonly port: number
  /** From now on `kill` is called when the moment comes, once. */
  readonly arm: (moment: Moment, kill: () => void) => void
  /** Whether the moment has come since `arm`. */
  readonly struck: () => boolean
  readonly stop: () => Promise<void>
}

interface Armed {
  readonly moment: Moment
  readonly kill: () => void
  seen: number
  struck: boolean
}

const commandLine = (command: string) => new RegExp(`^([A-Za-z0-9]+) ${command} `, "imu")

/**
 * Stands between mailferry and a plain-text IMAP server and kills mailferry at a chosen moment of the conversation:
 * nothing in the program under test knows that it is being tested.
 */
export const startKillingProxy = (upstream: {
  readonly host: string
  readonly port: number
}): Promise<KillingProxy> => {
  let armed: Armed | undefined
  const sockets = new Set<net.Socket>()

  const strike = (by: Armed) => {
    by.struck = true
    by.kill()
    for (const socket of sockets) socket.destroy()
  }

  const server = net.createServer((client) => {
    const remote = net.connect(upstream)
    let tag: string | undefined
    for (const socket of [client, remote]) {
      sockets.add(socket)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        sockets.delete(socket)
        client.destroy()
        remote.destroy()
      })
    }
    client.on("data", (chunk) => {
      if (armed !== undefined && !armed.struck) {
        const found = commandLine(armed.moment.command).exec(chunk.toString("latin1"))
        if (found !== null && ++armed.seen === armed.moment.nth) {
          tag = found[1]
          if (armed.moment.when === "before") return strike(armed)
        }
      }
      remote.write(chunk)
    })
    remote.on("data", (chunk) => {
      const by = armed
      const answered =
        by !== undefined &&
        tag !== undefined &&
        new RegExp(`^${tag} (?:OK|NO|BAD)`, "mu").test(chunk.toString("latin1"))
      if (answered && by.moment.when === "unanswered") return strike(by)
      client.write(chunk)
      if (answered) setTimeout(() => strike(by), by.moment.afterMillis ?? 0)
    })
  })

  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve({
        port: typeof address === "object" && address !== null ? address.port : 0,
        arm: (moment, kill) => {
          armed = { moment, kill, seen: 0, struck: false }
        },
        struck: () => armed?.struck === true,
        stop: () =>
          new Promise((stopped) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => stopped())
          })
      })
    })
  })
}
