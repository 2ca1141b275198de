import { bad, no, ok, type Outcome, readAnswer } from "../Answer.ts"
import type { Command } from "../Command.ts"
import type { ServerSession } from "../ServerSession.ts"
import { offers } from "../ServerState.ts"

/** One answer for every wrong login, as RFC 5530 has it, whatever was wrong. */
const refused = (session: ServerSession, text = "Authentication failed."): Outcome => {
  session.state.stats.refusedLogins += 1
  return no(text, "AUTHENTICATIONFAILED")
}

/** `right`: whether the credentials fit. A refusal set by a test comes before them. */
const decide = (session: ServerSession, right: boolean): Outcome => {
  const { faults, stats } = session.state
  if (faults.loginRefusal !== undefined) {
    stats.refusedLogins += 1
    return readAnswer(faults.loginRefusal)
  }
  if (!right) return refused(session)
  session.authenticated = true
  session.connected &&= !faults.notConnected
  stats.logins += 1
  return session.state.profile.capabilities === undefined
    ? ok("Logged in", `CAPABILITY ${session.capabilities}`)
    : ok("Logged in")
}

const needsTls = (session: ServerSession): boolean => session.state.requireTls && !session.connection.secure
const inTheClear = no("Log in over TLS only.", "PRIVACYREQUIRED")

/** Nobody by password where tokens open accounts. */
const isPassword = ({ state }: ServerSession, password: string): boolean =>
  state.bearer === undefined && password === state.credentials.password

const sameUser = (session: ServerSession, user: string): boolean =>
  session.state.credentials.user.toLowerCase() === user.toLowerCase()

export const login: Command = {
  needs: "login",
  run: (session, { scanner }) => {
    scanner.space()
    const user = scanner.astring()
    scanner.space()
    const password = scanner.astring()
    scanner.end()
    if (needsTls(session)) return inTheClear
    return decide(session, sameUser(session, user) && isPassword(session, password))
  }
}

/** The client's first message: with the command (RFC 4959) or after an empty challenge. */
const firstMessage = async (
  session: ServerSession,
  initial: string | undefined
): Promise<string | undefined> => {
  if (initial !== undefined) return initial === "=" ? "" : initial
  session.connection.writeLine("+ ")
  return session.connection.line()
}

const decoded = (message: string): string => Buffer.from(message, "base64").toString("utf8")

/** RFC 4616: authorisation identity, user and password, each ended by NUL. */
const plain = (session: ServerSession, message: string): Outcome => {
  const [, user = "", password = ""] = decoded(message).split("\0")
  return decide(session, sameUser(session, user) && isPassword(session, password))
}

/** Whether the token is good for the user, whose account the session is in from now on. */
const isBearer = (session: ServerSession, user: string, auth: string): boolean => {
  const { state } = session
  const token = auth.replace(/^auth=bearer /iu, "")
  if (token === auth) return false
  if (state.bearer === undefined) return sameUser(session, user) && token === state.credentials.token
  const found = state.bearer(user, token)
  if (found === undefined) return false
  session.state = { ...state, store: found.store }
  session.connected = found.connected
  return true
}

/** Google's and Microsoft's bearer tokens. A refusal is a challenge first, which the client answers with nothing. */
const xoauth2 = async (session: ServerSession, message: string): Promise<Outcome> => {
  const [user = "", auth = ""] = decoded(message).split("\u0001")
  const outcome = decide(session, isBearer(session, user.replace(/^user=/iu, ""), auth))
  if (session.authenticated) return outcome
  const why = JSON.stringify({ status: "400", schemes: "Bearer", scope: "https://mail.example/" })
  session.connection.writeLine(`+ ${Buffer.from(why).toString("base64")}`)
  return (await session.connection.line()) === undefined ? "cut" : outcome
}

export const authenticate: Command = {
  needs: "login",
  run: async (session, { scanner }) => {
    scanner.space()
    const mechanism = scanner.atom().toUpperCase()
    const initial = offers(session.state, "SASL-IR") && scanner.match(" ") ? scanner.run(isBase64) : undefined
    scanner.end()
    if (needsTls(session)) return inTheClear
    if (mechanism !== "PLAIN" && mechanism !== "XOAUTH2") return no("Unsupported authentication mechanism.")
    const message = await firstMessage(session, initial)
    if (message === undefined) return "cut"
    if (message === "*") return bad("Authentication aborted.")
    return mechanism === "PLAIN" ? plain(session, message) : xoauth2(session, message)
  }
}

const isBase64 = (octet: number): boolean => /[A-Za-z0-9+/=]/u.test(String.fromCharCode(octet))
