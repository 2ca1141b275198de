import { assert, describe, it } from "@effect/vitest"
import type { MessageRow } from "@mailferry/core/LedgerMessages.ts"
import type { Mailbox, MailboxPath } from "@mailferry/core/Mailbox.ts"
import { mapMailboxes } from "@mailferry/core/MailboxName.ts"
import { MessageLocator, type SystemFlag } from "@mailferry/core/Message.ts"
import { isDeletedAtSource, messagePlanOf } from "@mailferry/core/MessagePlan.ts"
import type { PlacementState } from "@mailferry/core/PlacementRow.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { Option } from "effect"

import { messageRow, placementRow } from "./MessageRows.ts"
import { allMail, home, inbox, label, sent } from "./SourceMailboxes.ts"
import { capabilities } from "./Stubs.ts"

const archive = home(["Archive"], "archive")
const x = label("x")
const y = label("y")

/** The plan of a message that these mailboxes show. */
const planOf = (shown: ReadonlyArray<Mailbox>, row: Partial<MessageRow> = {}) => {
  const context = {
    mailboxes: new Map(shown.map((mailbox, id) => [id, mailbox])),
    names: mapMailboxes(shown, [], capabilities.names, defaultRules),
    rules: defaultRules,
    aliases: new Map(),
    skipped: new Set<string>(),
    capabilities
  }
  const memberships = shown.map((_, mailbox) => ({ mailbox, locator: MessageLocator(`1:${mailbox}`) }))
  return Option.getOrUndefined(messagePlanOf(messageRow({ memberships, ...row }), context))
}

const flags = (...names: ReadonlyArray<SystemFlag>) => ({ flags: new Set(names) })
const inInbox = placementRow()
const copyIn = (mailbox: MailboxPath, state: PlacementState = "appended") =>
  placementRow({ mailbox, step: "copy", state })

describe("messagePlanOf", () => {
  it("appends a message that was never placed, and copies it to its labels", () => {
    const plan = planOf([inbox, x])
    assert.deepInclude(plan, { status: "to-do", append: true, copies: [["Labels", "x"]], changes: [] })
  })

  it("has nothing to do once every place is there", () => {
    for (const state of ["appended", "verified"] as const) {
      const plan = planOf([inbox, x], {
        placements: [placementRow({ state }), copyIn(["Labels", "x"], state)]
      })
      assert.deepInclude(plan, { status: "settled", append: false, copies: [], addFlags: [], changes: [] })
    }
  })

  it.each<PlacementState>(["appending", "failed"])("appends anew what is only %s", (state) => {
    const plan = planOf([inbox], { placements: [placementRow({ state })] })
    assert.deepInclude(plan, { status: "to-do", append: true })
  })

  it("has no plan for a message that is out of scope", () => {
    assert.isUndefined(planOf([]))
  })

  it("copies to labels added since, and only to those", () => {
    const plan = planOf([inbox, x, y], { placements: [inInbox, copyIn(["Labels", "x"])] })
    assert.deepInclude(plan, { status: "to-do", append: false, copies: [["Labels", "y"]], changes: [] })
  })

  it("copies again what a COPY did not achieve", () => {
    const plan = planOf([inbox, x], { placements: [inInbox, copyIn(["Labels", "x"], "failed")] })
    assert.deepInclude(plan, { status: "to-do", append: false, copies: [["Labels", "x"]] })
  })

  it("sets a message aside that was refused, until it is released", () => {
    const refused = placementRow({ state: "rejected" })
    assert.strictEqual(planOf([inbox], { quarantined: true, placements: [refused] })?.status, "quarantined")
    assert.strictEqual(planOf([inbox], { quarantined: true })?.status, "quarantined", "too large: no row")
  })

  it("tries a refused message again that a killed run did not get to set aside", () => {
    const plan = planOf([inbox], { placements: [placementRow({ state: "rejected" })] })
    assert.deepInclude(plan, { status: "to-do", append: true })
  })

  it("names the label that the destination refused instead of forgetting it", () => {
    const plan = planOf([inbox, x, y], {
      placements: [inInbox, copyIn(["Labels", "x"], "rejected"), copyIn(["Labels", "y"])]
    })
    assert.deepInclude(plan, { status: "settled", copies: [] })
    assert.deepStrictEqual(plan?.placement.losses, [{ kind: "label-refused", detail: "Labels/x" }])
  })

  it("sets an unreadable message apart whatever else is known of it", () => {
    const plan = planOf([inbox, x], { unreadable: Option.some("failed to load") })
    assert.deepInclude(plan, { status: "unreadable", append: false, copies: [] })
  })

  it("does not append into a mailbox that holds the message already, as a label once did", () => {
    const plan = planOf([x], { placements: [copyIn(["Labels", "x"])] })
    assert.deepInclude(plan, { status: "settled", append: false, copies: [] })
  })
})

describe("messagePlanOf, for what changed at the source", () => {
  it("reports a move and leaves the message where it is", () => {
    const plan = planOf([archive], { placements: [inInbox] })
    assert.deepInclude(plan, { status: "settled", append: false, copies: [] })
    assert.deepStrictEqual(plan?.changes, [{ kind: "moved-at-source", detail: "now in Archive" }])
  })

  it("still adds a new label to a message that was moved", () => {
    const plan = planOf([archive, x], { placements: [inInbox] })
    assert.deepStrictEqual(plan?.copies, [["Labels", "x"]])
    assert.deepStrictEqual(plan?.changes, [{ kind: "moved-at-source", detail: "now in Archive" }])
  })

  it("adds a second home, such as INBOX for mail to oneself that came after the copy in Sent", () => {
    const plan = planOf([sent, inbox], { placements: [placementRow({ mailbox: ["Sent"] })] })
    assert.deepInclude(plan, { status: "to-do", append: false, copies: [["INBOX"]], changes: [] })
  })

  it("reports mail to oneself that left INBOX and stands in Sent only", () => {
    const plan = planOf([sent], { placements: [inInbox, copyIn(["Sent"])] })
    assert.deepInclude(plan, { status: "settled", copies: [] })
    assert.deepStrictEqual(plan?.changes, [{ kind: "moved-at-source", detail: "now in Sent" }])
  })

  it("reports a removed label and leaves the copy", () => {
    const plan = planOf([inbox], { placements: [inInbox, copyIn(["Labels", "x"])] })
    assert.strictEqual(plan?.status, "settled")
    assert.deepStrictEqual(plan?.changes, [{ kind: "label-removed-at-source", detail: "Labels/x" }])
  })

  it("reports a cleared flag and leaves it", () => {
    const placements = [placementRow(flags("\\Seen", "\\Flagged", "\\Answered"))]
    const plan = planOf([inbox], { ...flags("\\Seen"), placements })
    assert.strictEqual(plan?.status, "settled")
    assert.deepStrictEqual(plan?.changes, [{ kind: "flag-cleared-at-source", detail: "\\Flagged" }])
  })

  it("does not call a flag cleared that its owner set on a copy we only found", () => {
    const placements = [placementRow({ ...flags("\\Seen"), origin: "adopted" })]
    assert.deepStrictEqual(planOf([inbox], { placements })?.changes, [])
  })

  it("carries \\Seen and \\Flagged set since to every copy we placed", () => {
    const placements = [placementRow(flags("\\Seen")), copyIn(["Labels", "x"])]
    const plan = planOf([inbox, x], { ...flags("\\Seen", "\\Flagged"), placements })
    assert.deepInclude(plan, { status: "to-do", append: false, copies: [] })
    assert.deepStrictEqual(
      plan?.addFlags.map(({ flags: { flags, keywords }, row }) => [row.mailbox, [...flags], [...keywords]]),
      [
        [["INBOX"], ["\\Flagged"], []],
        [["Labels", "x"], ["\\Seen", "\\Flagged"], []]
      ]
    )
  })

  it("leaves \\Answered and \\Draft set since alone", () => {
    const plan = planOf([inbox], { ...flags("\\Answered", "\\Draft"), placements: [inInbox] })
    assert.deepInclude(plan, { status: "settled", addFlags: [] })
  })

  it("carries a keyword set since", () => {
    const plan = planOf([inbox], { keywords: new Set(["$Forwarded"]), placements: [inInbox] })
    assert.deepStrictEqual(
      plan?.addFlags.map(({ flags }) => [...flags.keywords]),
      [["$Forwarded"]]
    )
  })

  it.each<[name: string, row: Partial<MessageRow>, located: boolean, carried: boolean]>([
    ["its own id", { messageId: Option.none() }, false, true],
    ["a Message-ID", { stableId: Option.none() }, false, true],
    ["a known locator", { stableId: Option.none(), messageId: Option.none() }, true, true],
    ["nothing", { stableId: Option.none(), messageId: Option.none() }, false, false]
  ])("carries a later flag to a copy that can be found by %s, or names it", (_, row, located, carried) => {
    const placements = [placementRow(located ? {} : { locator: Option.none() })]
    const plan = planOf([inbox], { ...row, ...flags("\\Seen"), placements })
    assert.strictEqual(plan?.status, carried ? "to-do" : "settled")
    assert.strictEqual(plan?.addFlags.length, carried ? 1 : 0)
    assert.deepStrictEqual(
      plan?.placement.losses,
      carried ? [] : [{ kind: "flag-not-kept", detail: "\\Seen, set since" }]
    )
  })

  it("reports a message that was edited after it was carried over, and leaves it", () => {
    const edited = planOf([inbox], { size: 1001, carriedSize: 1000, placements: [inInbox] })
    assert.strictEqual(edited?.status, "settled")
    assert.deepStrictEqual(edited?.changes, [{ kind: "edited-at-source", detail: "1001 octets now" }])
    assert.deepStrictEqual(planOf([inbox], { carriedSize: 1000, placements: [inInbox] })?.changes, [])
    assert.deepStrictEqual(planOf([inbox], { size: 1001, carriedSize: 1000 })?.changes, [])
  })

  it("changes no flag on a copy that was there before us", () => {
    const placements = [placementRow({ origin: "adopted" })]
    const plan = planOf([inbox], { ...flags("\\Seen"), placements })
    assert.deepInclude(plan, { status: "settled", addFlags: [] })
  })
})

describe("isDeletedAtSource", () => {
  it("is a message we placed that no mailbox shows", () => {
    assert.isTrue(isDeletedAtSource(messageRow({ memberships: [], placements: [inInbox] })))
    assert.isFalse(isDeletedAtSource(messageRow({ placements: [inInbox] })))
    assert.isFalse(isDeletedAtSource(messageRow({ memberships: [] })))
    const failed = placementRow({ state: "failed" })
    assert.isFalse(isDeletedAtSource(messageRow({ memberships: [], placements: [failed] })))
  })

  it("does not call mail deleted that only the view of all mail still shows", () => {
    assert.deepStrictEqual(planOf([allMail], { placements: [inInbox] })?.changes, [
      { kind: "moved-at-source", detail: "now in All Mail only" }
    ])
  })
})
