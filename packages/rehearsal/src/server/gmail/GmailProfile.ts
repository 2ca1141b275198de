import type { Extension, ServerProfile } from "../ServerProfile.ts"

/**
 * Gmail names refused to CREATE whatever the language, and characters; the words are those people report, where they
 * report any.
 */
const refused = [
  { pattern: /^.{226,}$/su, says: "[CANNOT] Folder name is too long (Failure)" },
  { pattern: /^\s|\s$|\s{2}|\/\s|\s\//u, says: "[CANNOT] Folder contains excess whitespace (Failure)" },
  { pattern: /\p{Cc}|[\^\\*+`"]|^\/|\/$|\/\//u, says: "[CANNOT] Invalid folder name (Failure)" },
  {
    pattern:
      /^(?:\[(?:gmail|google mail|imap)\]|sent|spam|trash|bin|drafts?|starred|important|chats?|all mail|unread)(?:\/|$)/iu,
    says: "[CANNOT] Invalid folder name (Failure)"
  }
]

/** Like imap.gmail.com: labels as mailboxes, one message in many of them, joined by Message-ID, at most 34 MiB each. */
export const gmail: ServerProfile = {
  greeting: "Gimap ready for requests from 127.0.0.1",
  extensions: new Set<Extension>([
    "CHILDREN",
    "ENABLE",
    "ID",
    "IDLE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL-",
    "MOVE",
    "NAMESPACE",
    "SASL-IR",
    "SPECIAL-USE",
    "UIDPLUS",
    "UNSELECT",
    "UTF8=ACCEPT",
    "X-GM-EXT-1"
  ]),
  delimiter: "/",
  prefix: "",
  atStart: {
    "[Gmail]/All Mail": "\\All",
    "[Gmail]/Drafts": "\\Drafts",
    "[Gmail]/Important": "\\Important",
    "[Gmail]/Sent Mail": "\\Sent",
    "[Gmail]/Spam": "\\Junk",
    "[Gmail]/Starred": "\\Flagged",
    "[Gmail]/Trash": "\\Trash"
  },
  refused,
  parentsFirst: false,
  caseInsensitive: true,
  appendLimit: 35_651_584,
  advertisesAppendLimit: true,
  quota: Infinity,
  keepsKeywords: true,
  codes: "all",
  runsRefusedLiterals: false,
  gmail: { tellsOfJoined: "discarded" }
}
