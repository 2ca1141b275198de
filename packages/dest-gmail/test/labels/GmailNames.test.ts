import { describe, expect, it } from "vitest"

import { gmailNames, nameOfPath, objectionTo, pathOfName, sentInstead } from "../../src/labels/GmailNames.ts"

const refuses = (level: string) =>
  gmailNames({ trash: false }).refused.some(({ pattern }) => pattern.test(level))

describe("a label's name", () => {
  it.each([["a^b"], ["a\\b"], ["a*b"], ["a+b"], ["a`b"], ['a"b'], [" a"], ["a "], ["a  b"], ["a\u00a0 b"]])(
    "is not %j",
    (level) => {
      expect(refuses(level)).toBe(true)
    }
  )

  it.each([["Mum's"], ["a b"], ["50 %"], ["Grüße"], ["R&D"], ["(old)"], ["日本"], ["[x]"]])(
    "may be %j",
    (level) => {
      expect(refuses(level)).toBe(false)
    }
  )

  it("holds 225 characters with its parents, however many octets they have", () => {
    const level = "я".repeat(74)
    expect(objectionTo([level, level, level + "я"])).toBeUndefined()
    expect(objectionTo([level, level, level + "яя"])).toContain("226")
    expect(objectionTo(["🙂".repeat(225)])).toBeUndefined()
  })

  it("has room for two of the longest levels below a parent", () => {
    const level = "x".repeat(gmailNames({ trash: false }).maxLevelOctets)
    expect(objectionTo(["Proton", level, level])).toBeUndefined()
  })

  it.each(["Work", "Work/2019/Q1", "a//b", "/a"])(
    "%s is the same after its levels were taken apart",
    (name) => {
      expect(nameOfPath(pathOfName(name))).toBe(name)
    }
  )
})

describe("homes in Gmail", () => {
  it("archived mail is mail without a label", () => {
    expect(gmailNames({ trash: false }).homes?.bySpecialUse.archive).toEqual(["All Mail"])
  })

  it("deleted mail goes below Proton, unless Gmail's own Trash is asked for", () => {
    expect(gmailNames({ trash: false }).homes?.bySpecialUse.trash).toEqual(["Proton", "Trash"])
    expect(gmailNames({ trash: true }).homes?.bySpecialUse).not.toHaveProperty("trash")
  })

  it("of Proton's own mailboxes stand below the one parent when it is named", () => {
    const { homes } = gmailNames({ trash: false, parent: "Old mail" })
    expect(homes?.bySpecialUse.drafts).toEqual(["Old mail", "Drafts"])
    expect(homes?.byName["scheduled"]).toEqual(["Old mail", "Scheduled"])
    expect(sentInstead("Old mail")).toEqual(["Old mail", "Sent"])
    expect(sentInstead()).toEqual(["Proton", "Sent"])
  })

  it("everything else goes under a parent only when one is named", () => {
    expect(gmailNames({ trash: false })).not.toHaveProperty("parent")
    expect(gmailNames({ trash: false, parent: "Proton" }).parent).toBe("Proton")
  })
})
