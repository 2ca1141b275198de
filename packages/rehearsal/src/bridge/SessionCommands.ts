import { ParseError } from "../imap/ParseError.ts"
import { allCapabilities, capabilitiesBeforeLogin, idOf } from "./BridgeProfile.ts"
import type { BridgeSession } from "./BridgeSession.ts"
import { Refusal } from "./Refusal.ts"

export const capability = (session: BridgeSession, tag: string): void => {
  const { profile } = session.server
  const list = session.address === undefined ? capabilitiesBeforeLogin(profile) : allCapabilities(profile)
  session.connection.writeLine(`* CAPABILITY ${list}`)
  session.ok(tag, "CAPABILITY")
}

export const id = (session: BridgeSession, tag: string): void => {
  session.connection.writeLine(idOf(session.server.profile))
  session.ok(tag, "ID")
}

export const noop = (session: BridgeSession, tag: string): void => {
  session.server.poll()
  session.flush(true)
  session.completed(tag)
}

export const logout = (session: BridgeSession, tag: string): void => {
  session.connection.writeLine("* BYE")
  session.ok(tag, "LOGOUT")
}

export const startTls = (session: BridgeSession, tag: string): void => {
  session.ok(tag, "Begin TLS negotiation now")
  session.connection.startTls(session.server.secureContext())
}

/** Bridge's own testers have a user name that makes it panic, and it works in every release. */
const panic = "crash@bandicoot"

export const login = async (
  session: BridgeSession,
  tag: string,
  user: string,
  password: string
): Promise<void> => {
  if (session.address !== undefined) throw new Refusal("session is already authenticated", "BAD")
  if (user === panic) return session.server.crash()
  const answer = await session.server.login.attempt(user, password)
  if ("refusal" in answer) throw new Refusal(answer.refusal)
  session.address = answer.address
  session.ok(tag, `[CAPABILITY ${allCapabilities(session.server.profile)}] Logged in`)
}

/** AUTHENTICATE PLAIN (RFC 4616). The continuation is `+` and CRLF, without the space RFC 3501 has in it. */
export const authenticate = async (session: BridgeSession, tag: string): Promise<void> => {
  session.connection.write(Buffer.from("+\r\n"))
  const answer = await session.connection.line()
  if (answer === undefined) return
  const malformed = (text: string): void => session.bad(tag, new ParseError(text, answer.length))
  if (answer === "*") return malformed("client aborted authentication")
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(answer)) {
    return malformed("invalid base64 content")
  }
  const [, user, password, ...more] = Buffer.from(answer, "base64").toString("utf8").split("\0")
  if (user === undefined || password === undefined || more.length > 0) {
    return malformed("invalid authentication data")
  }
  await login(session, tag, user, password)
}

/** How often gluon tells an idling client what has happened. */
const idleTick = 500

export const idle = async (session: BridgeSession, tag: string): Promise<void> => {
  if (session.address === undefined) throw new Refusal("session is not authenticated")
  session.connection.writeLine("+ Ready")
  session.flush(true)
  const ticking = setInterval(() => {
    session.server.poll()
    session.flush(true)
  }, idleTick)
  const answer = await session.connection.line()
  clearInterval(ticking)
  if (answer === undefined) return
  if (answer.toUpperCase() === "DONE") session.ok(tag, "IDLE")
  else session.connection.writeLine(`${tag} BAD`)
}
