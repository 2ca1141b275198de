import * as net from "node:net"

/** Which of the exchanges of one kind, and what part of it. */
export interface When {
  /** The how many-th of its kind, from 1. */
  readonly nth: number
  /**
   * `before`: the server never sees it. `partly`: the server sees its beginning. `unanswered`: the server carried it out,
   * the answer never arrives. `answered`: the answer has been passed on, and the process dies `afterMillis` later.
   */
  readonly when: "before" | "partly" | "unanswered" | "answered"
  readonly afterMillis?: number
}

/** A moment on the wire at which the process under test is killed. */
export interface Moment extends When {
  /** How what is waited for begins as the client sends it. */
  readonly begins: RegExp
  /** How its answer begins, given what `begins` found. */
  readonly answer: (found: RegExpExecArray) => RegExp
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

interface Upstream {
  readonly host: string
  readonly port: number
}

/** A server that says where to go on says so by its own address: the way there leads through here as well. */
const throughHere = (chunk: Buffer, { host, port }: Upstream, here: number): Buffer => {
  const there = `//${host}:${port}/`
  return chunk.includes(there)
    ? Buffer.from(chunk.toString("latin1").replaceAll(there, `//${host}:${here}/`), "latin1")
    : chunk
}

/**
 * Stands between mailferry and a server that speaks in the clear, and kills mailferry at a chosen moment of the
 * conversation: nothing in the program under test knows that it is being tested.
 */
export const startKillingProxy = (upstream: Upstream): Promise<KillingProxy> => {
  let armed: Armed | undefined
  let here = 0
  const sockets = new Set<net.Socket>()

  const strike = (by: Armed) => {
    by.struck = true
    by.kill()
    for (const socket of sockets) socket.destroy()
  }

  const server = net.createServer((client) => {
    const remote = net.connect(upstream)
    let answer: RegExp | undefined
    let isPartly = false
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
        const { begins, nth, when } = armed.moment
        if (isPartly) return strike(armed)
        const found = begins.exec(chunk.toString("latin1"))
        if (found !== null && ++armed.seen === nth) {
          answer = armed.moment.answer(found)
          if (when === "before") return strike(armed)
          isPartly = when === "partly"
        }
      }
      remote.write(chunk)
    })
    remote.on("data", (chunk) => {
      const by = armed
      const answered = by !== undefined && answer?.test(chunk.toString("latin1")) === true
      if (answered && by.moment.when !== "answered") return strike(by)
      client.write(throughHere(chunk, upstream, here))
      if (answered) setTimeout(() => strike(by), by.moment.afterMillis ?? 0)
    })
  })

  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      here = typeof address === "object" && address !== null ? address.port : 0
      resolve({
        port: here,
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
