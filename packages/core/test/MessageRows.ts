import type { MessageRow } from "@mailferry/core/LedgerMessages.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import type { PlacementRow } from "@mailferry/core/PlacementRow.ts"
import { DateTime, Option } from "effect"

const someDay = DateTime.makeUnsafe("2020-02-29T12:00:00Z")

/** A message with an id of its own, as the ledger knows it. */
export const messageRow = (row: Partial<MessageRow> = {}): MessageRow => ({
  id: 1,
  key: "id-1",
  migrationKey: "0".repeat(64),
  stableId: Option.some("id-1"),
  messageId: Option.some("<1@example.net>"),
  internalDate: someDay,
  size: 1000,
  flags: new Set(),
  keywords: new Set(),
  unreadable: Option.none(),
  subject: Option.none(),
  memberships: [{ mailbox: 1, locator: MessageLocator("1:1") }],
  placements: [],
  quarantined: false,
  ...row
})

/** A copy we appended to INBOX. */
export const placementRow = (row: Partial<PlacementRow> = {}): PlacementRow => ({
  message: 1,
  mailbox: ["INBOX"],
  step: "append",
  origin: "ours",
  state: "appended",
  locator: Option.some(MessageLocator("9:1")),
  flags: new Set(),
  keywords: new Set(),
  internalDate: someDay,
  size: 900,
  fingerprint: Option.some("f".repeat(64)),
  addedId: Option.none(),
  ticket: Option.none(),
  why: Option.none(),
  detail: Option.none(),
  advice: Option.none(),
  run: 1,
  ...row
})
