import type { SystemFlag } from "@mailferry/core/Message.ts"
import { describe, expect, it } from "vitest"

import { labelIdsOf } from "../../src/labels/LabelIds.ts"

const ids = (home: Array<string>, labels: Array<string>, ...flags: Array<SystemFlag>) =>
  labelIdsOf({ home, labels, flags: new Set(flags) })

describe("the labels of one import", () => {
  it.each([
    [
      "home and labels, each once",
      ["INBOX"],
      ["Label_1", "Label_2", "Label_1"],
      ["INBOX", "Label_1", "Label_2"]
    ],
    ["none for archived mail", [], [], []],
    ["sent to oneself", ["INBOX"], ["SENT"], ["INBOX", "SENT"]],
    ["archived and labelled", [], ["Label_1"], ["Label_1"]],
    ["never an empty string", [""], ["Label_1", ""], ["Label_1"]]
  ])("%s", (_, home, labels, expected) => {
    expect(ids(home, labels, "\\Seen")).toEqual({ ids: expected, leftOut: [] })
  })

  it.each([
    ["the home's stays", ["INBOX"], ["SPAM", "Label_1", "TRASH"], ["INBOX", "Label_1"], ["SPAM", "TRASH"]],
    ["the home's stays whichever it is", ["TRASH"], ["INBOX"], ["TRASH"], ["INBOX"]],
    [
      "the first stays where the home is a label",
      ["Label_1"],
      ["SPAM", "INBOX"],
      ["Label_1", "SPAM"],
      ["INBOX"]
    ],
    ["the first stays where the home is All Mail", [], ["INBOX", "TRASH"], ["INBOX"], ["TRASH"]]
  ])("hold one of INBOX, SPAM and TRASH: %s", (_, home, labels, expected, leftOut) => {
    expect(ids(home, labels, "\\Seen")).toEqual({ ids: expected, leftOut })
  })

  it("never hold DRAFT or CHAT", () => {
    expect(ids(["DRAFT"], ["CHAT", "Label_1"], "\\Seen")).toEqual({
      ids: ["Label_1"],
      leftOut: ["DRAFT", "CHAT"]
    })
  })

  it("say what has not been read, and what has a star", () => {
    expect(ids(["INBOX"], []).ids).toEqual(["INBOX", "UNREAD"])
    expect(ids(["INBOX"], [], "\\Flagged", "\\Answered").ids).toEqual(["INBOX", "UNREAD", "STARRED"])
    expect(ids([], [], "\\Seen", "\\Flagged").ids).toEqual(["STARRED"])
  })
})
