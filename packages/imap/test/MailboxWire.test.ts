import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"

import { makeMailboxWire } from "../src/MailboxWire.ts"

const paths: ReadonlyArray<MailboxPath> = [
  ["INBOX"],
  ["Work"],
  ["INBOX", "Sub"],
  ["A", "B & C", "日本"],
  ["Inboxes"]
]

describe("MailboxWire", () => {
  it("takes every path to a name of its own and back", () => {
    for (const [delimiter, prefix] of [
      ["/", ""],
      [".", "INBOX."],
      [".", ""],
      ["/", "mail/"]
    ] as const) {
      const wire = makeMailboxWire(delimiter, prefix)
      const names = paths.map(wire.wireNameOf)
      assert.strictEqual(new Set(names).size, paths.length, prefix)
      assert.deepStrictEqual(
        names.map((name) => wire.pathOf(name ?? "")),
        paths
      )
    }
  })

  it("puts every mailbox but INBOX behind the prefix", () => {
    const wire = makeMailboxWire(".", "INBOX.")
    assert.strictEqual(wire.wireNameOf(["Work", "2019"]), "INBOX.Work.2019")
    assert.strictEqual(wire.wireNameOf(["inbox"]), "INBOX")
    assert.deepStrictEqual(wire.pathOf("INBOX.Sent"), ["Sent"])
  })

  it("lets no level with the delimiter, a control character or nothing in it onto the wire", () => {
    const wire = makeMailboxWire("/", "")
    for (const level of ["a/b", "", "a\r\nb", "a\u0000"])
      assert.isUndefined(wire.wireNameOf(["x", level]), level)
  })

  it("lets no name that begins with a backslash onto the wire, which would be sent as a flag", () => {
    assert.isUndefined(makeMailboxWire("/", "").wireNameOf(["\\Seen"]))
    assert.strictEqual(makeMailboxWire("/", "").wireNameOf(["a", "\\Seen"]), "a/\\Seen")
  })
})
