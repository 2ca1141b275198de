import { parseSearch } from "../../imap/SearchKey.ts"
import { matchesSearch } from "../../imap/SearchMatch.ts"
import { no, ok } from "../Answer.ts"
import type { MessageCommand } from "../Command.ts"
import { gmailSearchKeys, matchesGmail } from "../gmail/GmailItems.ts"

const charsets = new Set([undefined, "UTF-8", "US-ASCII"])

const searching = (by: "sequence" | "uid"): MessageCommand => ({
  needs: "selected",
  renumbers: by === "uid",
  run: (session, { scanner }, selected) => {
    scanner.space()
    const { charset, key } = parseSearch(scanner, gmailSearchKeys(session.state))
    scanner.end()
    if (!charsets.has(charset)) return no("Unknown charset", "BADCHARSET (US-ASCII UTF-8)")
    const bounds = { sequence: selected.exists, uid: selected.lastUid }
    const found = selected.all.filter(({ sequence, message }) =>
      matchesSearch(
        key,
        {
          sequence,
          uid: message.uid,
          flags: new Set(selected.flagsOf(message).toLowerCase().split(" ")),
          internalDate: message.internalDate.getTime(),
          size: message.size ?? message.bytes.length,
          octets: () => message.bytes
        },
        bounds,
        (name, value) => matchesGmail(message, name, value)
      )
    )
    session.tell(
      ["SEARCH", ...found.map(({ sequence, message }) => (by === "uid" ? message.uid : sequence))].join(" ")
    )
    return ok("Search completed.")
  }
})

export const search = searching("sequence")
export const uidSearch = searching("uid")
