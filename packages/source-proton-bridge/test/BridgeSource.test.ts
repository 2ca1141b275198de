import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"

import { allIn, rehearse, sourceOn, theOne } from "./support/Rehearsed.ts"

describe("BridgeSource", () => {
  it.live("lists mailboxes with their roles, and names to carry over", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const mailboxes = yield* source.listMailboxes
      const shown = mailboxes.map(({ path, proposed, role, specialUse }) =>
        [path.join("|"), role, Option.getOrElse(specialUse, () => "-"), proposed.join("|")].join(" ")
      )
      assert.sameMembers(shown, [
        "INBOX home inbox INBOX",
        "Drafts home drafts Drafts",
        "Sent home sent Sent",
        "Starred starred flagged Starred",
        "Archive home archive Archive",
        "Spam home junk Spam",
        "Trash home trash Trash",
        "All Mail everything all All Mail",
        "Folders|Work home - Work",
        "Folders|Work|Deep home - Work|Deep",
        "Folders|a/b home - a/b",
        "Labels|Blue label - Labels|Blue",
        "Labels|in/out label - Labels|in/out"
      ])
    })
  )

  it.live("shows one message with one identity in each of its mailboxes", () =>
    Effect.gen(function* () {
      const source = yield* sourceOn(yield* rehearse())
      const mailboxes = [
        ["INBOX"],
        ["Labels", "Blue"],
        ["Labels", "in/out"],
        ["Starred"],
        ["All Mail"]
      ] as const
      const copies = yield* Effect.forEach(mailboxes, (mailbox) => theOne(source, mailbox, "everywhere"))
      assert.strictEqual(new Set(copies.map(({ stableId }) => Option.getOrUndefined(stableId))).size, 1)
      assert.strictEqual(new Set(copies.map(({ size }) => size)).size, 1)
      for (const { flags } of copies)
        assert.deepStrictEqual([...flags].toSorted(), ["\\Answered", "\\Flagged", "\\Seen"])
    })
  )
})
