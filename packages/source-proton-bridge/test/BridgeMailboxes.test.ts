import { assert, describe, it } from "@effect/vitest"
import type { Mailbox, MailboxRole, SpecialUse } from "@mailferry/core/Mailbox.ts"
import {
  allMail,
  bridgeWire,
  mailboxOf,
  lacksInbox
} from "@mailferry/source-proton-bridge/BridgeMailboxes.ts"
import { Option } from "effect"

const seen = (name: string, ...attributes: ReadonlyArray<string>): Mailbox | undefined =>
  Option.getOrUndefined(mailboxOf({ name, attributes: new Set(attributes) }))

const shown = (mailbox: Mailbox | undefined) =>
  mailbox && [mailbox.role, Option.getOrUndefined(mailbox.specialUse), mailbox.path, mailbox.proposed]

describe("mailboxOf", () => {
  it.each<[string, ReadonlyArray<string>, MailboxRole, SpecialUse | undefined]>([
    ["INBOX", ["\\Noinferiors", "\\Unmarked"], "home", "inbox"],
    ["Drafts", ["\\Drafts", "\\Noinferiors", "\\Unmarked"], "home", "drafts"],
    ["Sent", ["\\Noinferiors", "\\Sent", "\\Unmarked"], "home", "sent"],
    ["Starred", ["\\Flagged", "\\Noinferiors", "\\Unmarked"], "starred", "flagged"],
    ["Archive", ["\\Archive", "\\Noinferiors", "\\Unmarked"], "home", "archive"],
    ["Spam", ["\\Junk", "\\Noinferiors", "\\Unmarked"], "home", "junk"],
    ["Trash", ["\\Noinferiors", "\\Trash", "\\Unmarked"], "home", "trash"],
    ["All Mail", ["\\All", "\\Noinferiors", "\\Unmarked"], "everything", "all"],
    ["Scheduled", ["\\Noinferiors", "\\Unmarked"], "home", undefined],
    ["Recovered Messages", ["\\Noinferiors", "\\Unmarked"], "home", undefined]
  ])("knows Bridge's own mailbox %s by its attributes %j", (name, attributes, role, use) => {
    assert.deepStrictEqual(shown(seen(name, ...attributes)), [role, use, [name], [name]])
  })

  it("carries a folder over without Bridge's prefix, at any depth", () => {
    assert.deepStrictEqual(shown(seen("Folders/Parent/Child")), [
      "home",
      undefined,
      ["Folders", "Parent", "Child"],
      ["Parent", "Child"]
    ])
  })

  it("carries a label over under Labels, apart from a folder of the same name", () => {
    assert.deepStrictEqual(shown(seen("Labels/Work")), [
      "label",
      undefined,
      ["Labels", "Work"],
      ["Labels", "Work"]
    ])
  })

  it("takes a slash that Proton escaped as part of the name", () => {
    assert.deepStrictEqual(shown(seen("Folders/a\\/b/c")), [
      "home",
      undefined,
      ["Folders", "a/b", "c"],
      ["a/b", "c"]
    ])
    assert.deepStrictEqual(shown(seen("Labels/in\\/out"))?.[3], ["Labels", "in/out"])
  })

  it("skips the placeholders Folders and Labels and every other \\Noselect name", () => {
    assert.isUndefined(seen("Folders", "\\Noselect", "\\Unmarked"))
    assert.isUndefined(seen("Labels"))
    assert.isUndefined(seen("Folders/a\\", "\\Noselect"))
    assert.isUndefined(seen("Folders/x", "\\NonExistent"))
  })

  it("does not take a user's own Starred, All Mail or Labels for Bridge's", () => {
    assert.deepStrictEqual(shown(seen("Folders/Starred"))?.[0], "home")
    assert.deepStrictEqual(shown(seen("Folders/All Mail"))?.[0], "home")
    assert.deepStrictEqual(shown(seen("Folders/Labels/x")), [
      "home",
      undefined,
      ["Folders", "Labels", "x"],
      ["Labels", "x"]
    ])
  })
})

describe("mailbox names", () => {
  it.each([
    "INBOX",
    "Folders/Parent/Child",
    "Folders/a\\/b",
    "Labels/\\/",
    "Folders/x\\/y/z",
    "Labels/Größe 📁"
  ])("%s survives the way to levels and back", (name) => {
    assert.strictEqual(bridgeWire.wireNameOf(bridgeWire.pathOf(name)), name)
  })
})

describe("mailbox names that are none", () => {
  it.each([[["Folders", ""]], [["Folders", "a\r\nb"]]] as const)("%j never reaches the wire", (path) => {
    assert.isUndefined(bridgeWire.wireNameOf(path))
  })
})

describe("lacksInbox", () => {
  it("takes a list without INBOX for a Bridge that is still starting, never for an empty account", () => {
    assert.isTrue(lacksInbox([]))
    assert.isTrue(lacksInbox([allMail]))
    const inbox = seen("INBOX", "\\Noinferiors")
    assert.isFalse(lacksInbox(inbox === undefined ? [] : [inbox]))
  })
})
