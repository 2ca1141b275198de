import { parseFlag } from "../../imap/StoreArguments.ts"
import { type Answer, no, ok, readAnswer } from "../Answer.ts"
import type { Command } from "../Command.ts"
import { readName } from "../MailboxArgument.ts"
import { badName, noSuchMailbox } from "../Refusals.ts"
import type { ServerSession } from "../ServerSession.ts"
import { offers } from "../ServerState.ts"

/** Why the server will not have a mailbox of this name, if so. */
const refusal = (session: ServerSession, name: string): Answer | undefined => {
  const { profile, store } = session.state
  const refused = profile.refused.find(({ pattern }) => pattern.test(name))
  if (name === "" || refused !== undefined) return readAnswer(`NO ${refused?.says ?? "Invalid mailbox name"}`)
  if (store.find(name) !== undefined) return no("Mailbox already exists", "ALREADYEXISTS")
  const [parent] = store.superiors(name)
  if (profile.parentsFirst && parent !== undefined && store.find(parent) === undefined)
    return no("Permission denied")
  return undefined
}

export const create: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const { state } = session
    const name = readName(session, scanner)
    let specialUse: string | undefined
    if (offers(state, "CREATE-SPECIAL-USE") && scanner.match(" ")) {
      scanner.expect("(")
      if (!scanner.word("USE ")) scanner.fail("expected USE")
      specialUse = scanner.list(() => parseFlag(scanner))[0]
      scanner.expect(")")
    }
    scanner.end()
    if (name === undefined) return badName
    // A trailing delimiter only says that mailboxes will be created below (RFC 3501, section 6.3.3).
    const plain = name.endsWith(state.profile.delimiter) ? name.slice(0, -1) : name
    const refused = refusal(session, plain)
    if (refused !== undefined) return refused
    state.store.create(plain, specialUse)
    return ok("Create completed.")
  }
}

export const remove: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const name = readName(session, scanner)
    scanner.end()
    if (name === undefined) return badName
    if (name === "INBOX") return no("INBOX can't be deleted.", "CANNOT")
    const mailbox = session.state.store.find(name)
    if (mailbox === undefined) return noSuchMailbox(name)
    session.state.store.delete(mailbox)
    return ok("Delete completed.")
  }
}

/** RENAME of INBOX moves its messages and leaves it empty; any other takes what is below it along. */
export const rename: Command = {
  needs: "authenticated",
  run: (session, { scanner }) => {
    const { store } = session.state
    const from = readName(session, scanner)
    const to = readName(session, scanner)
    scanner.end()
    if (from === undefined || to === undefined) return badName
    const mailbox = store.find(from)
    if (mailbox === undefined) return noSuchMailbox(from)
    const refused = refusal(session, to)
    if (refused !== undefined) return refused
    if (from === "INBOX") {
      const target = store.create(to)
      for (const message of mailbox.messages) target.add(message)
      mailbox.remove(new Set(mailbox.messages.map(({ uid }) => uid)))
      return ok("Rename completed.")
    }
    const below = [...store.mailboxes.values()].filter((other) => store.isBelow(other.name, from))
    const names = below.map((other) => `${to}${other.name.slice(from.length)}`)
    store.rename(mailbox, to)
    for (const [index, other] of below.entries()) store.rename(other, names[index] ?? other.name)
    return ok("Rename completed.")
  }
}

const subscription = (subscribed: boolean): Command => ({
  needs: "authenticated",
  run: (session, { scanner }) => {
    const name = readName(session, scanner)
    scanner.end()
    if (name === undefined) return badName
    const mailbox = session.state.store.find(name)
    if (mailbox === undefined) return noSuchMailbox(name)
    mailbox.subscribed = subscribed
    return ok(subscribed ? "Subscribe completed." : "Unsubscribe completed.")
  }
})

export const subscribe = subscription(true)
export const unsubscribe = subscription(false)
