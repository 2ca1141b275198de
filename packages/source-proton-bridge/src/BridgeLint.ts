import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Redacted from "effect/Redacted"

/** What a person wrote, before blanks are trimmed. */
export interface BridgeLogin {
  readonly user: string
  readonly password: Redacted.Redacted
  readonly host?: string
  readonly port?: number
}

/** 16 random bytes as unpadded base64url (Bridge's `vault.go` and `encode.go`): the last letter carries 2 bits, so it is one of four. */
const bridgePassword = /^[\w-]{21}[AQgw]$/u

const userWarnings = (raw: string): ReadonlyArray<string> => {
  const user = raw.trim()
  const found: Array<string> = []
  if (user !== raw) found.push("Blanks around the user name were removed.")
  // What holds no address may be a password in the wrong place, which nobody must see.
  if (!user.includes("@")) {
    found.push("Bridge wants the full address as user name: something like you@proton.me.")
  } else if (/[<>\s]/u.test(user)) {
    found.push(`The user name is the address alone, without a display name or brackets: "${user}".`)
  } else if (user.slice(0, user.indexOf("@")).includes("+")) {
    found.push(
      `Bridge does not log in "+" variants: use the address without the "+" part instead of ${user}.`
    )
  }
  return found
}

/** Says how a password is shaped, never what it is. */
const passwordWarnings = (secret: Redacted.Redacted): ReadonlyArray<string> => {
  const raw = Redacted.value(secret)
  const password = raw.trim()
  const found: Array<string> = []
  if (password !== raw) found.push("Blanks around the password were removed.")
  if (/^[a-z]{4}( ?[a-z]{4}){3}$/u.test(password)) {
    found.push(
      "The password looks like a Google app password (16 letters): that one belongs to the destination. " +
        "Bridge shows its own under the account's mailbox details."
    )
  } else if (!/^[\w-]{22}$/u.test(password)) {
    found.push(
      `The password has ${password.length} characters; Bridge's has 22, of A-Z a-z 0-9 - _ only. ` +
        "It is the one Bridge shows under the account's mailbox details, not your Proton password."
    )
  } else if (!bridgePassword.test(password)) {
    found.push(
      "The password cannot end in that character: the last one was probably lost or mistyped in copying."
    )
  }
  return found
}

const placeWarnings = (host: string | undefined, port: number | undefined): ReadonlyArray<string> => {
  const found: Array<string> = []
  if (host !== undefined && /proton|(^|\.)pm\.me$/iu.test(host) && !isLoopback(host)) {
    found.push(`"${host}" speaks no IMAP: Proton mail is read through Bridge on this machine, at 127.0.0.1.`)
  }
  if (port === 1025)
    found.push(
      "1025 is the port where Bridge takes outgoing mail (SMTP); its IMAP port is 1143 unless changed."
    )
  if (port === 25 || port === 465 || port === 587) {
    found.push(`${port} is a port for outgoing mail (SMTP); Bridge's IMAP port is 1143 unless changed.`)
  }
  return found
}

/**
 * What is probably wrong with a login, as sentences for the person who wrote it. Warnings only: Bridge decides.
 * The password is described by its length and shape, and never quoted.
 */
export const lintBridge = (login: BridgeLogin): ReadonlyArray<string> => [
  ...userWarnings(login.user),
  ...passwordWarnings(login.password),
  ...placeWarnings(login.host, login.port)
]
