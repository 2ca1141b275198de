import { describe, expect, it } from "vitest"

import { plain } from "../../src/view/Paint.ts"
import { arrivalText, serverText } from "../../src/view/RehearsalText.ts"

const whole = { sent: 1200, arrived: 1200, doubled: 0, strange: 0 }

describe("the last word of a rehearsal", () => {
  it("where mail was counted says that all of it came once", () => {
    expect(arrivalText(whole, plain)).toBe(
      "Rehearsed: all 1,200 messages are at the destination, none of them twice in one mailbox."
    )
  })

  it("where message was compared with message says what was compared, and what was joined", () => {
    expect(arrivalText({ ...whole, merged: 4, altered: [] }, plain)).toBe(
      "Rehearsed: all 1,200 messages are at the destination, none of them twice, each with its labels, star, read state, date and octets; 4 of them joined one with the same Message-ID, as the destination does."
    )
  })

  it("names what is not as it should be, and obeys no control character in it", () => {
    const text = arrivalText(
      { ...whole, arrived: 1199, altered: ["a: labels \u001b[1mX instead of Y"] },
      plain
    )
    expect(text.split("\n")).toEqual([
      "The rehearsal failed: 1,199 of 1,200 messages arrived, 0 of them doubled, 1 differ, and 0 strange ones are there.",
      "  a: labels  [1mX instead of Y"
    ])
  })
})

it("servers that stay up say how to reach them, the destination by its own titles", () => {
  const text = serverText(
    {
      job: "job.yaml",
      state: "state",
      source: { host: "127.0.0.1", port: 1143, user: "a@b.example", password: "secret" },
      destination: [
        ["destination", "an API at http://127.0.0.1:8080"],
        ["consent page", "http://127.0.0.1:8080/consent"]
      ]
    },
    plain
  )
  expect(text.split("\n").slice(0, 7)).toEqual([
    "source:       127.0.0.1 port 1143, user a@b.example, password secret",
    "destination:  an API at http://127.0.0.1:8080",
    "consent page: http://127.0.0.1:8080/consent",
    "job file:     job.yaml",
    "",
    "Try, in another terminal:",
    "  mailferry plan --job job.yaml --state state"
  ])
})
