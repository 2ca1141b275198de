import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"

import { exclusiveMailboxes, gmailMailboxes, systemLabelIds } from "../../src/labels/GmailMailboxes.ts"
import type { GmailLabel } from "../../src/labels/LabelPort.ts"

const user = (name: string, id = `Label_${name}`): GmailLabel => ({ id, name, type: "user" })
const system = (id: string): GmailLabel => ({ id, name: id, type: "system" })

describe("the mailboxes of a Gmail account", () => {
  it("are Gmail's own places, those that it keeps out of All Mail among them", () => {
    const uses = gmailMailboxes([]).map(({ path, specialUse }) => [
      path.join("/"),
      Option.getOrUndefined(specialUse)
    ])
    expect(uses).toEqual([
      ["INBOX", "inbox"],
      ["Sent", "sent"],
      ["Spam", "junk"],
      ["Trash", "trash"],
      ["All Mail", "all"]
    ])
  })

  it("are the user's labels by their levels, with or without a parent, and no label of the system", () => {
    const labels = [
      system("INBOX"),
      system("CATEGORY_SOCIAL"),
      user("Work"),
      user("Lost/Child"),
      user("a//b")
    ]
    expect(gmailMailboxes(labels).slice(5)).toEqual([
      { path: ["Work"], specialUse: Option.none(), role: "home", proposed: ["Work"] },
      { path: ["Lost", "Child"], specialUse: Option.none(), role: "home", proposed: ["Lost", "Child"] },
      { path: ["a", "", "b"], specialUse: Option.none(), role: "home", proposed: ["a", "", "b"] }
    ])
  })

  it("list each path once, even if a label were called like one of Gmail's places", () => {
    const paths = gmailMailboxes([user("Sent")]).map(({ path }) => path.join("/"))
    expect(paths.filter((path) => path === "Sent")).toHaveLength(1)
  })

  it("need one label each, All Mail none, and other paths are no system mailbox", () => {
    expect(systemLabelIds(["INBOX"])).toEqual(Option.some(["INBOX"]))
    expect(systemLabelIds(["Spam"])).toEqual(Option.some(["SPAM"]))
    expect(systemLabelIds(["All Mail"])).toEqual(Option.some([]))
    expect(systemLabelIds(["Work"])).toEqual(Option.none())
    expect(systemLabelIds(["INBOX", "Work"])).toEqual(Option.none())
  })

  it("exclude each other where Gmail refuses their labels together", () => {
    const ids = exclusiveMailboxes.flatMap((path) => Option.getOrElse(systemLabelIds(path), () => []))
    expect(ids).toEqual(["INBOX", "SPAM", "TRASH"])
  })
})
