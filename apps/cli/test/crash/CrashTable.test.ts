import { expect, it } from "vitest"

import { CrashTable } from "./CrashTable.ts"
import type { Aftermath } from "./Kills.ts"

const whole: Aftermath = { code: 0, lost: [], surplus: [], thenMigrated: 0 }
const attempt = (kind: string, n: number) => ({ kind, name: `${kind} ${n}`, kill: { afterMillis: n } })

it("killings are summed by their kind, and each that left something wrong is named", async () => {
  const told: Array<string> = []
  const table = new CrashTable((line) => told.push(line))
  table.add(attempt("early", 1), { killed: true, aftermath: whole })
  table.add(attempt("early", 2), { killed: true, aftermath: { ...whole, lost: ["a", "b"], thenMigrated: 1 } })
  const order: Array<string> = []
  await table.addAll([attempt("late", 1), attempt("late", 2), attempt("late", 3)], 2, ({ name }) => {
    order.push(name)
    return Promise.resolve({
      killed: name !== "late 2",
      aftermath: { ...whole, code: name === "late 3" ? 5 : 0 }
    })
  })
  expect(order).toEqual(["late 1", "late 2", "late 3"])
  expect(table.lines()).toEqual([
    "early: 2 runs, 2 killed, 2 lost, 0 doubled or altered, 1 sent again by a third run",
    "late: 3 runs, 2 killed, 0 lost, 0 doubled or altered, 0 sent again by a third run, 1 not finished by a second"
  ])
  expect(told.map((line) => line.split(":")[0])).toEqual(["early 2", "late 3"])
})
