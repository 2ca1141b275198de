import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import * as Duration from "effect/Duration"
import { describe, expect, it } from "vitest"

import { exchangeReason } from "../../src/imap/ExchangeReasons.ts"

const failure = (operation: ImapFailure["operation"], answer: string): ImapFailure => {
  const [, status, text = ""] = /^(NO|BAD|BYE) (.*)$/u.exec(answer) ?? []
  return { operation, status: status as "NO", text, applied: "no" }
}

const unconnected = "BAD User is authenticated but not connected."

/** What, before IMAP was of use in this run, which answer means. */
const answers: ReadonlyArray<readonly [ImapFailure["operation"], string, string | undefined]> = [
  ["connect", "NO AUTHENTICATE failed.", "AuthFailed"],
  ["connect", "NO LOGIN failed.", "AuthFailed"],
  ["connect", unconnected, "AuthFailed"],
  ["listMailboxes", unconnected, "AuthFailed"],
  ["append", unconnected, "AuthFailed"],
  ["append", "NO Request is throttled. Suggested Backoff Time: 299609 milliseconds", "Throttled"],
  ["connect", "BAD Request is throttled. Suggested Backoff Time: 178755 milliseconds", "Throttled"],
  ["append", "NO Maximum size of appendable message has been exceeded.", "MessageRejected too-large"],
  ["append", "BAD Command Argument Error. 11", "MessageRejected malformed"],
  ["ensureMailbox", "BAD Command Argument Error. 11", undefined],
  ["append", "NO The requested item could not be found.", undefined],
  ["append", "NO Server Unavailable. 15", undefined],
  ["append", "BYE Connection closed. 14", undefined]
]

describe("what Exchange says by IMAP", () => {
  it.each(answers)("means in %s: %s", (operation, answer, expected) => {
    const reason = exchangeReason(failure(operation, answer), false)
    const why = reason?._tag === "MessageRejected" ? ` ${reason.why}` : ""
    expect(reason === undefined ? undefined : reason._tag + why).toBe(expected)
  })

  it("is a hiccup where the mailbox has been of use", () => {
    expect(exchangeReason(failure("append", unconnected), true)).toMatchObject({
      _tag: "Transient",
      applied: "no"
    })
  })

  it("hands on the time to wait, from the words or from imapflow", () => {
    const told = exchangeReason(
      failure("append", "NO Request is throttled. Suggested Backoff Time: 5000 ms"),
      true
    )
    const kept = exchangeReason({ ...failure("append", "NO Slowly"), throttledFor: 7000 }, true)
    const waits = [told, kept].map((reason) =>
      reason?._tag === "Throttled" && reason.retryAfter !== undefined
        ? Duration.toMillis(reason.retryAfter)
        : 0
    )
    expect(waits).toEqual([5000, 7000])
  })

  it("leaves it open whether a message was stored when the connection ended in the middle", () => {
    const lost: ImapFailure = { ...failure("append", `BYE ${unconnected}`), applied: "unknown" }
    expect(exchangeReason(lost, false)).toBeUndefined()
  })
})
