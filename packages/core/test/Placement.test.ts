import { assert, describe, it } from "@effect/vitest"
import type { Mailbox } from "@mailferry/core/Mailbox.ts"
import { pathKey } from "@mailferry/core/Mailbox.ts"
import { mapMailboxes } from "@mailferry/core/MailboxName.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { type PlacementContext, placementOf } from "@mailferry/core/Placement.ts"
import { defaultRules, type Rules } from "@mailferry/core/Rules.ts"
import { Option } from "effect"

import { messageRow } from "./MessageRows.ts"
import { allMail, folder, home, inbox, label, sent } from "./SourceMailboxes.ts"
import { capabilities } from "./Stubs.ts"

interface Given {
  readonly rules?: Partial<Rules>
  readonly capabilities?: Partial<PlacementContext["capabilities"]>
  readonly skip?: ReadonlyArray<Mailbox>
  readonly message?: Parameters<typeof messageRow>[0]
}

/** Places a message that these mailboxes show. */
const place = (shown: ReadonlyArray<Mailbox>, given: Given = {}) => {
  const rules = { ...defaultRules, ...given.rules }
  const context: PlacementContext = {
    mailboxes: new Map(shown.map((mailbox, id) => [id, mailbox])),
    names: mapMailboxes(shown, [], capabilities.names, rules),
    rules,
    aliases: new Map(),
    skipped: new Set((given.skip ?? []).map(({ path }) => pathKey(path))),
    capabilities: { ...capabilities, ...given.capabilities }
  }
  const memberships = shown.map((_, mailbox) => ({ mailbox, locator: MessageLocator(`1:${mailbox}`) }))
  return Option.getOrUndefined(placementOf(messageRow({ ...given.message, memberships }), context))
}

const placesOf = (shown: ReadonlyArray<Mailbox>, given: Given = {}) => {
  const placement = place(shown, given)
  return placement && [placement.home, ...placement.others].map((path) => path.join("/"))
}

const archive = home(["Archive"], "archive")
const spam = home(["Spam"], "junk")
const trash = home(["Trash"], "trash")
const drafts = home(["Drafts"], "drafts")

describe("placementOf", () => {
  it.each<[name: string, shown: ReadonlyArray<Mailbox>, places: ReadonlyArray<string>]>([
    ["a message in one mailbox stays in it", [inbox], ["INBOX"]],
    ["a folder goes by its name without the prefix", [folder("A", "B"), allMail], ["A/B"]],
    ["mail to oneself has its home in INBOX and a second place in Sent", [sent, inbox], ["INBOX", "Sent"]],
    ["a folder is home before Sent", [sent, folder("Work")], ["Work", "Sent"]],
    ["a folder is home before Archive", [archive, folder("Work")], ["Work", "Archive"]],
    ["INBOX is home before a folder", [folder("Work"), inbox], ["INBOX", "Work"]],
    ["Trash is home last", [trash, spam, drafts, sent], ["Sent", "Drafts", "Spam", "Trash"]],
    [
      "labels come after the home, in their own order",
      [label("b"), label("a"), inbox],
      ["INBOX", "Labels/a", "Labels/b"]
    ],
    [
      "a message with labels only lives in the first of them",
      [label("b"), label("a"), allMail],
      ["Labels/a", "Labels/b"]
    ],
    ["a message that only the view of all mail shows gets a place of its own", [allMail], ["All Mail only"]]
  ])("%s", (_, shown, places) => {
    assert.deepStrictEqual(placesOf(shown), places)
    assert.deepStrictEqual(placesOf(shown.toReversed()), places, "in whatever order the source shows it")
  })

  it("says which mailbox of the source decided the home", () => {
    assert.deepStrictEqual(place([allMail, sent, inbox])?.homeFrom, ["INBOX"])
    assert.deepStrictEqual(place([allMail])?.homeFrom, ["All Mail"])
  })

  it("places nothing for a message that no mailbox shows any more", () => {
    assert.isUndefined(place([]))
  })
})

describe("placementOf with rules", () => {
  it("leaves out mail that stands only in what the rules leave out", () => {
    assert.isUndefined(placesOf([spam, allMail], { rules: { spam: false } }))
    assert.isUndefined(placesOf([trash, allMail], { rules: { trash: false } }))
    assert.isUndefined(placesOf([drafts, allMail], { rules: { drafts: false } }))
    assert.isUndefined(placesOf([folder("Old"), allMail], { rules: { exclude: ["Old"] } }))
  })

  it("keeps the other places of mail that stands elsewhere too", () => {
    assert.deepStrictEqual(placesOf([inbox, sent], { rules: { exclude: ["INBOX"] } }), ["Sent"])
    assert.deepStrictEqual(placesOf([inbox, label("x")], { rules: { exclude: ["Labels/x"] } }), ["INBOX"])
  })

  it("moves only what stands in an included mailbox", () => {
    const rules = { include: ["Work"] }
    assert.deepStrictEqual(placesOf([folder("Work", "2019"), label("x")], { rules }), ["Work/2019"])
    assert.isUndefined(placesOf([inbox, allMail], { rules }))
  })

  it("moves orphans unless the rules leave the view of all mail out", () => {
    assert.isUndefined(placesOf([allMail], { rules: { exclude: ["All Mail"] } }))
    assert.isUndefined(placesOf([allMail], { rules: { include: ["Work"] } }))
  })

  it("leaves out what an edited plan skips", () => {
    assert.isUndefined(placesOf([folder("Work"), allMail], { skip: [folder("Work")] }))
    assert.deepStrictEqual(placesOf([folder("Work"), sent], { skip: [folder("Work")] }), ["Sent"])
  })

  it("shows a message once in a mailbox that two of its names were merged into", () => {
    const rules = { rename: { Labels: "" } }
    assert.deepStrictEqual(placesOf([folder("Work"), label("Work"), label("x")], { rules }), ["Work", "x"])
  })
})

describe("placementOf and label strategies", () => {
  const shown = [inbox, sent, label("Été 1"), label("b")]

  it("copies into a mailbox of the label's name", () => {
    const placement = place(shown)
    assert.deepStrictEqual(placement?.others, [["Sent"], ["Labels", "b"], ["Labels", "Été 1"]])
    assert.deepStrictEqual([...(placement?.keywords ?? [])], [])
    assert.deepStrictEqual(placement?.losses, [])
  })

  it("turns labels into keywords, beside those the message has", () => {
    const placement = place(shown, {
      rules: { labels: "keywords" },
      message: { keywords: new Set(["$Forwarded"]) }
    })
    assert.deepStrictEqual(placement?.others, [["Sent"]])
    assert.deepStrictEqual([...(placement?.keywords ?? [])].toSorted(), ["$Forwarded", "Ete_1", "b"])
    assert.deepStrictEqual(placement?.losses, [])
  })

  it("names every label that cannot become a keyword", () => {
    const placement = place(shown, { rules: { labels: "keywords" }, capabilities: { keywords: false } })
    assert.deepStrictEqual(placement?.others, [["Sent"]])
    assert.deepStrictEqual([...(placement?.keywords ?? ["unplaced"])], [])
    assert.deepStrictEqual(placement?.losses, [
      { kind: "label-without-keyword", detail: "Labels/b" },
      { kind: "label-without-keyword", detail: "Labels/Été 1" }
    ])
  })

  it.each(["one-mailbox", "labels"] as const)("names every ignored label, with %s placement", (placement) => {
    const placed = place(shown, { rules: { labels: "ignore" }, capabilities: { placement } })
    assert.deepStrictEqual(placed?.others, [["Sent"]])
    assert.deepStrictEqual(placed?.losses, [
      { kind: "label-ignored", detail: "Labels/b" },
      { kind: "label-ignored", detail: "Labels/Été 1" }
    ])
  })

  it("uses real labels instead of keywords where the destination has them", () => {
    const placed = place(shown, { rules: { labels: "keywords" }, capabilities: { placement: "labels" } })
    assert.deepStrictEqual(placed?.others, [["Sent"], ["Labels", "b"], ["Labels", "Été 1"]])
    assert.deepStrictEqual([...(placed?.keywords ?? ["unplaced"])], [])
  })

  it("takes an ignored label for no home where the view of all mail shows the message too", () => {
    const rules = { labels: "ignore" as const }
    assert.deepStrictEqual(placesOf([label("b"), allMail], { rules }), ["All Mail only"])
    assert.deepStrictEqual(placesOf([label("b")], { rules }), ["Labels/b"])
  })
})

describe("placementOf and flags", () => {
  it("keeps the flags the destination keeps and names the others", () => {
    const placement = place([inbox], {
      capabilities: { flags: new Set(["\\Seen"]), keywords: false },
      message: { flags: new Set(["\\Seen", "\\Flagged"]), keywords: new Set(["$Forwarded"]) }
    })
    assert.deepStrictEqual([...(placement?.flags ?? [])], ["\\Seen"])
    assert.deepStrictEqual([...(placement?.keywords ?? ["unplaced"])], [])
    assert.deepStrictEqual(placement?.losses, [
      { kind: "flag-not-kept", detail: "\\Flagged" },
      { kind: "flag-not-kept", detail: "$Forwarded" }
    ])
  })

  it("carries a star as the flag it is, without a mailbox of its own", () => {
    const placement = place([inbox, allMail], { message: { flags: new Set(["\\Flagged"]) } })
    assert.deepStrictEqual([...(placement?.flags ?? [])], ["\\Flagged"])
    assert.deepStrictEqual(placement?.others, [])
  })
})

describe("placementOf where some mailboxes exclude each other", () => {
  const exclusive = [["INBOX"], ["Spam"], ["Trash"]] as const

  it("keeps the first, and says which it left out", () => {
    const placement = place([inbox, spam, sent, trash], { capabilities: { exclusive } })
    assert.deepStrictEqual(placement?.home, ["INBOX"])
    assert.deepStrictEqual(placement?.others, [["Sent"]])
    assert.deepStrictEqual(placement?.losses, [
      { kind: "place-not-kept", detail: "Spam" },
      { kind: "place-not-kept", detail: "Trash" }
    ])
  })

  it("lets one of them stand beside a home that is none of them", () => {
    const placement = place([folder("Work"), spam], { capabilities: { exclusive } })
    assert.deepStrictEqual(placement?.others, [["Spam"]])
    assert.deepStrictEqual(placement?.losses, [])
  })
})
