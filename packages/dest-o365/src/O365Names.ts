import type { NameRules } from "@mailferry/core/Capabilities.ts"
import * as Option from "effect/Option"

/**
 * First levels that Exchange has folders of its own for, in English, which a list of mail folders does not show. Those
 * of other languages are found by the server's refusal. "Files" breaks Outlook (graph.md section 3).
 */
const reserved: ReadonlySet<string> = new Set([
  "calendar",
  "contacts",
  "conversation action settings",
  "conversation history",
  "deletions",
  "externalcontacts",
  "files",
  "finder",
  "journal",
  "notes",
  "outbox",
  "quick step settings",
  "recoverable items",
  "search folders",
  "suggested contacts",
  "sync issues",
  "tasks",
  "top of information store",
  "yammer root"
])

/** How mailboxes of another account are to be called as folders of Exchange. */
export const o365Names: NameRules = {
  // Exchange takes it in a name, and programs that reach the folder by IMAP see two levels then.
  delimiter: Option.some("/"),
  // PidTagDisplayName holds 255 characters, of at most four octets each.
  maxLevelOctets: 1020,
  maxLevelCharacters: 255,
  refused: [{ pattern: /^\s+|\s+$/u, why: "Exchange takes no blank at the ends of a name" }],
  caseInsensitive: true,
  reserved
}
