import { describe, expect, it } from "vitest"

import { foldLabel, reservedFirstLevels } from "../../src/labels/ReservedLabels.ts"

describe("names that Gmail keeps for itself", () => {
  const all = reservedFirstLevels()

  it.each([
    "inbox",
    "all mail",
    "todo",
    "voicemail",
    "[gmail]",
    // Those that are known to have stopped people's moves.
    "Da leggere",
    "Enviado",
    "Gearchiveerd",
    "Ongelezen",
    "Entwürfe",
    "Отправленные",
    "受信トレイ",
    "받은편지함",
    "已发邮件",
    "Messages envoyés"
  ])("include %s when the account's language is not known", (name) => {
    expect(all.has(foldLabel(name))).toBe(true)
  })

  it.each(["Work", "Reisen", "Rechnungen", "Famille", "Faktury", "Clients"])(
    "leave %s to its owner",
    (name) => {
      expect(all.has(foldLabel(name))).toBe(false)
    }
  )

  it("are the same however an accent is composed and whatever the case", () => {
    expect(all.has(foldLabel("ENTWU\u0308RFE"))).toBe(true)
  })

  it.each([
    ["de", "Wichtig", "Importante"],
    ["de-AT", "Wichtig", "Importante"],
    ["pt-BR", "Lixeira", "Wichtig"],
    ["pt", "Reciclagem", "Wichtig"],
    ["en-GB", "Bin", "Wichtig"]
  ])("of %s take %s and leave %s", (language, taken, free) => {
    const its = reservedFirstLevels(language)
    expect(its.has(foldLabel(taken))).toBe(true)
    expect(its.has(foldLabel(free))).toBe(false)
    expect(its.has("inbox")).toBe(true)
  })

  it("are those of every language for one that the table lacks", () => {
    expect(reservedFirstLevels("is")).toEqual(all)
  })

  it("hold no empty name, and each is folded", () => {
    for (const name of all) {
      expect(name.trim()).not.toBe("")
      expect(foldLabel(name)).toBe(name)
    }
  })
})
