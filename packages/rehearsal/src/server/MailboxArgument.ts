import type { Scanner } from "../imap/Scanner.ts"
import type { ServerSession } from "./ServerSession.ts"

/** ` mailbox`, decoded; undefined where the name is not validly encoded. */
export const readName = (session: ServerSession, scanner: Scanner): string | undefined => {
  scanner.space()
  return session.nameFrom(scanner.astring())
}
