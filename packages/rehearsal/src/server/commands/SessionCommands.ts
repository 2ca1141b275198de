import { bad, no, ok } from "../Answer.ts"
import type { Command } from "../Command.ts"
import { offers } from "../ServerState.ts"

export const capability: Command = {
  needs: "any",
  run: (session, { scanner }) => {
    scanner.end()
    session.tell(`CAPABILITY ${session.capabilities}`)
    return ok("Capability completed.")
  }
}

export const noop: Command = {
  needs: "any",
  run: (session, { scanner }) => {
    scanner.end()
    session.report(true)
    return ok("NOOP completed.")
  }
}

export const logout: Command = {
  needs: "any",
  run: (session, { scanner }) => {
    scanner.end()
    session.tell("BYE Logging out")
    session.closing = true
    return ok("Logout completed.")
  }
}

/** RFC 2971. What the client says of itself is not looked at. */
export const id: Command = {
  needs: "any",
  extension: "ID",
  run: (session) => {
    session.tell('ID ("name" "Rehearsal")')
    return ok("ID completed.")
  }
}

export const enable: Command = {
  needs: "authenticated",
  extension: "ENABLE",
  run: (session, { scanner }) => {
    const asked: Array<string> = []
    while (scanner.match(" ")) asked.push(scanner.atom().toUpperCase())
    scanner.end()
    const enabled = asked.filter((name) => name === "UTF8=ACCEPT" && offers(session.state, name))
    session.utf8 ||= enabled.length > 0
    session.tell(["ENABLED", ...enabled].join(" "))
    return ok("Enabled.")
  }
}

export const namespace: Command = {
  needs: "authenticated",
  extension: "NAMESPACE",
  run: (session, { scanner }) => {
    scanner.end()
    const { prefix, delimiter } = session.state.profile
    session.tell(`NAMESPACE ((${session.wireName(prefix)} "${delimiter}")) NIL NIL`)
    return ok("Namespace completed.")
  }
}

/** RFC 2177. Changes to the selected mailbox are told at once. */
export const idle: Command = {
  needs: "authenticated",
  extension: "IDLE",
  run: async (session, { scanner }) => {
    scanner.end()
    const { connection, selected } = session
    const quiet = selected?.mailbox.onChange(() => session.report(true))
    connection.writeLine("+ idling")
    session.report(true)
    const said = await connection.line()
    quiet?.()
    if (said === undefined) return "cut"
    return said.toUpperCase() === "DONE" ? ok("Idle completed.") : bad("Expected DONE.")
  }
}

export const startTls: Command = {
  needs: "login",
  run: (session, { tag, scanner }) => {
    scanner.end()
    const { state, connection } = session
    if (state.security !== "starttls") return bad("TLS is not available here")
    if (connection.secure) return no("TLS is already active")
    connection.writeLine(`${tag} OK Begin TLS negotiation now.`)
    connection.startTls(state.tls)
    return "answered"
  }
}
