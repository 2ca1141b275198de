import { createServer, type Socket } from "node:net"

import { Effect } from "effect"

/** Lines to send before the tagged answer, and that answer without its tag. `undefined` closes the connection. */
export type Reply = { readonly lines?: ReadonlyArray<string>; readonly status: string } | undefined

/** What a test lets the server say to a command; `"usual"` is what any server would, `"silence"` nothing. */
export type Script = (command: string) => Reply | "usual" | "silence"

const usual = (command: string): Reply => {
  if (command.startsWith("CAPABILITY")) return { lines: ["* CAPABILITY IMAP4rev1"], status: "OK" }
  if (/^LIST "" "?"?$/u.test(command)) return { lines: ['* LIST (\\Noselect) "/" ""'], status: "OK" }
  if (command.startsWith("LIST")) return { lines: ['* LIST () "/" INBOX'], status: "OK" }
  if (command.startsWith("EXAMINE")) {
    return {
      lines: ["* 3 EXISTS", "* OK [UIDVALIDITY 7]", "* OK [UIDNEXT 13]"],
      status: "OK [READ-ONLY] done"
    }
  }
  return { status: "OK done" }
}

/** A server that says what a test tells it to, on a port of its own, for as long as the scope lasts. */
export const scriptedServer = (script: Script) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.write("* OK ready\r\n")
        let rest = ""
        socket.on("data", (chunk) => {
          const lines = (rest + chunk.toString("latin1")).split("\r\n")
          rest = lines.pop() ?? ""
          for (const line of lines) {
            const [, tag = "*", command = ""] = /^(\S+) (.*)$/u.exec(line) ?? []
            const told = script(command)
            if (told === "silence") continue
            const reply = told === "usual" ? usual(command) : told
            if (reply === undefined) return socket.destroy()
            socket.write([...(reply.lines ?? []), `${tag} ${reply.status}`, ""].join("\r\n"))
          }
          return undefined
        })
      })
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve)
      })
      const address = server.address()
      return { server, sockets, port: typeof address === "object" && address !== null ? address.port : 0 }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )
