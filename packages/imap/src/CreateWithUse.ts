import type { SpecialUse } from "@mailferry/core/Mailbox.ts"
import * as Effect from "effect/Effect"
import { encodePath } from "imapflow/lib/tools.js"

import type { ImapSession } from "./ImapSession.ts"

/** RFC 6154 section 2 and RFC 8457 section 4. INBOX is not made, and `all` and `flagged` are views. */
const attributes: Partial<Record<SpecialUse, string>> = {
  archive: "\\Archive",
  drafts: "\\Drafts",
  important: "\\Important",
  junk: "\\Junk",
  sent: "\\Sent",
  trash: "\\Trash"
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/gu, "\\$&")}"`

/** The attribute to create a mailbox with; none where it has no special use, or the server takes none. */
export const useAttribute = (session: ImapSession, use: SpecialUse): string | undefined =>
  session.client.capabilities.has("CREATE-SPECIAL-USE") ? attributes[use] : undefined

/**
 * Creates a mailbox with its special use (RFC 6154 section 3), which imapflow cannot: takes the session's socket from
 * it, so that the session is spent. Whether the server said OK; whoever asks creates the mailbox without, if not.
 */
export const createWithUse = (
  session: ImapSession,
  name: string,
  attribute: string
): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const { client } = session
    const { readSocket, writeSocket } = client.unbind()
    let answer = ""
    const end = (created: boolean) => {
      client.close()
      resume(Effect.succeed(created))
    }
    readSocket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1")
      const status = /(?:^|\r\n)create (OK|NO|BAD)[^\n]*\n/iu.exec(answer)?.[1]
      if (status !== undefined) end(status.toUpperCase() === "OK")
    })
    for (const socket of new Set([readSocket, writeSocket])) {
      socket.on("error", () => end(false))
      socket.on("close", () => end(false))
    }
    readSocket.resume()
    writeSocket.write(`create CREATE ${quoted(encodePath(client, name))} (USE (${attribute}))\r\n`)
    return Effect.sync(() => client.close())
  })
