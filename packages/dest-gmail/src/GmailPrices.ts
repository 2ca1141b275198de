import type { PaceLimit } from "@mailferry/core/PaceLimit.ts"
import * as Duration from "effect/Duration"

import { accountAddress } from "./GmailAddress.ts"
import type { GmailConfig } from "./GmailConfig.ts"

/**
 * Quota units of the methods in use: developers.google.com/workspace/gmail/api/reference/quota, page of 2026-09-10, read
 * 2026-11-20. Before 2026-05-01 other prices held, and most of what is written on the web has those.
 */
export const units = {
  getProfile: 1,
  // Not in the table; the settings that are in it cost this.
  "settings.getLanguage": 1,
  "labels.list": 1,
  "labels.create": 5,
  "messages.import": 25,
  "messages.insert": 25,
  "messages.list": 5,
  "messages.get": 20,
  "messages.modify": 5
} as const

/** Units per minute, user and project: of projects made since 2026-05-01, and of those that were in use before. */
export const unitsPerMinute = { new: 6000, established: 15_000 } as const

/** IMAP takes so many octets a day and user (support.google.com/a/answer/1071518, read 2026-11-20). */
export const imapOctetsPerDay = 500_000_000

/** What each operation asks of Gmail at the most. `describe` is told for one message. */
const perCall: PaceLimit["perCall"] = {
  connect: units.getProfile + units["settings.getLanguage"] + units["labels.list"],
  listMailboxes: units["labels.list"],
  // A page, and its share of the listings of unread and of starred mail: they cannot be longer than the mailbox.
  list: 3 * units["messages.list"],
  describe: units["messages.get"],
  glimpse: units["messages.get"],
  fetch: units["messages.get"],
  ensureMailbox: units["labels.create"],
  append: units["messages.import"],
  copy: units["messages.modify"],
  addFlags: units["messages.modify"],
  find: units["messages.list"] + units["messages.get"]
}

/** The one limit that Google publishes for a user of the API. Every job of the project and user shares it. */
export const unitsLimit = (config: Pick<GmailConfig, "user" | "project">): PaceLimit => ({
  key: `gmail:${config.project}:${accountAddress(config.user)}`,
  of: "units",
  amount: unitsPerMinute[config.project],
  per: Duration.minutes(1),
  // Ten messages at once: enough to keep eight calls busy, too little to be refused for.
  burst: 250,
  // Whether Google counts a project among the old ones is not told: core finds out.
  amountAtMost: unitsPerMinute.established,
  perCall,
  perOctet: 0
})
