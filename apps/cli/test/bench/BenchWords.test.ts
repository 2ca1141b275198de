import { expect, it } from "vitest"

import { benchOf } from "../../bench/BenchWords.ts"

it.each([
  [["gmail"], { which: "gmail", quick: false }],
  [["gmail", "--quick"], { which: "gmail", quick: true }],
  [["--quick", "o365"], { which: "o365", quick: true }]
])("%j names a bench", (words, asked) => {
  expect(benchOf(words)).toEqual(asked)
})

it.each([[[]], [["imap"]], [["gmail", "gmail"]], [["gmail", "--fast"]]])(
  "%j names none, and how to ask for one is said",
  (words) => {
    expect(benchOf(words)).toContain("usage: pnpm bench gmail|o365 [--quick]")
  }
)
