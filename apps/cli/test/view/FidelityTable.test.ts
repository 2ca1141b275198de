import { expect, it } from "vitest"

import { fidelityTable } from "../../src/view/FidelityTable.ts"
import { plain } from "../../src/view/Paint.ts"

it("what was not kept stands beside its reason, and what nobody named is hard to overlook", () => {
  const rows = [
    { what: "Subject", messages: 1200, kept: 1200, lost: {}, unnamed: 0 },
    { what: "sent date", messages: 1200, kept: 1197, lost: { "date-not-kept": 2 }, unnamed: 1 }
  ]
  expect(fidelityTable(rows, plain).split("\n")).toEqual([
    "What       Messages   Kept  Not kept, and why",
    "Subject       1,200  1,200",
    "sent date     1,200  1,197  2 shown with another date: the nearest the destination takes, or its Date header's (date-not-kept); 1 THAT NOBODY NAMED"
  ])
})
