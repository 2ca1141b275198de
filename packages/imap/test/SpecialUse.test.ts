import { assert, describe, it } from "@effect/vitest"

import { isSelectable, type ListLine, specialUses } from "../src/SpecialUse.ts"

const line = (name: string, ...attributes: ReadonlyArray<string>): ListLine => ({
  name,
  attributes: new Set(attributes)
})

const usesOf = (...lines: ReadonlyArray<ListLine>) =>
  Object.fromEntries(specialUses(lines, ({ name }) => (name.includes("/") ? undefined : name)))

describe("SpecialUse", () => {
  it("goes by attribute, in whatever case a server writes it", () => {
    assert.deepStrictEqual(
      usesOf(
        line("INBOX"),
        line("Gesendet", "\\sent"),
        line("[Gmail]/Alle Nachrichten", "\\HasNoChildren", "\\All")
      ),
      { INBOX: "inbox", Gesendet: "sent", "[Gmail]/Alle Nachrichten": "all" }
    )
  })

  it("goes by name where no mailbox has the attribute", () => {
    assert.deepStrictEqual(
      usesOf(line("Inbox"), line("Sent Items"), line("Deleted Messages"), line("Junk E-mail")),
      {
        Inbox: "inbox",
        "Sent Items": "sent",
        "Deleted Messages": "trash",
        "Junk E-mail": "junk"
      }
    )
  })

  it("lets the attribute win over the name, and gives a use once", () => {
    assert.deepStrictEqual(usesOf(line("Sent"), line("Sent Mail", "\\Sent"), line("Trash"), line("Bin")), {
      "Sent Mail": "sent",
      Trash: "trash"
    })
  })

  it("guesses by the name of an outermost mailbox only, and never a view", () => {
    assert.deepStrictEqual(usesOf(line("Old/Sent"), line("All Mail"), line("Starred")), {})
  })

  it("holds no mail where LIST says so, in whatever case", () => {
    assert.isFalse(isSelectable(line("Folders", "\\noselect")))
    assert.isFalse(isSelectable(line("Gone", "\\NonExistent")))
    assert.isTrue(isSelectable(line("Work", "\\Marked", "\\HasChildren")))
  })
})
