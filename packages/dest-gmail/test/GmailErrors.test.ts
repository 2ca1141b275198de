import { assert, describe, it } from "@effect/vitest"
import type { MailErrorReason, Operation } from "@mailferry/core/MailError.ts"
import { Duration } from "effect"

import { gmailReason } from "../src/GmailErrors.ts"
import type { GmailFailure } from "../src/GmailFailure.ts"
import { limits, messages } from "./support/gmailAnswers.ts"

const now = Date.parse("2026-11-21T12:00:00Z")

const reasonOf = (failure: Omit<GmailFailure, "_tag">, operation: Operation = "append"): MailErrorReason =>
  gmailReason(
    { _tag: "GmailFailure", ...failure },
    { operation, user: "you@gmail.com", now, sentInstead: ["Proton", "Sent"] }
  )

/** What of a reason decides what happens next. */
const verdict = (reason: MailErrorReason): object => {
  switch (reason._tag) {
    case "Transient": {
      const { alone, applied, atMost, retryAfter } = reason
      const millis = retryAfter && { millis: Duration.toMillis(retryAfter) }
      return { _tag: reason._tag, applied, ...(atMost && { atMost }), ...(alone && { alone }), ...millis }
    }
    case "Throttled": {
      const { over, retryAfter } = reason
      const millis = retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
      return { _tag: reason._tag, ...(over && { over }), ...(millis !== undefined && { millis }) }
    }
    case "MessageRejected":
      return { _tag: reason._tag, why: reason.why }
    case "MailboxRejected":
      return {
        _tag: reason._tag,
        why: reason.why,
        ...(reason.mailbox && { mailbox: reason.mailbox }),
        ...(reason.instead && { instead: reason.instead })
      }
    default:
      return { _tag: reason._tag }
  }
}

describe("what an answer of Gmail's means", () => {
  it.each([...limits, ...messages])("$name", ({ failure, means, operation }) => {
    const reason = reasonOf(failure, operation)
    assert.deepStrictEqual(verdict(reason), means)
    assert.include(reason.detail, failure.text, "Google's words are kept")
  })

  it("whatever a person can mend comes with what to do", () => {
    const advised = [...limits, ...messages]
      .map(({ failure, operation }) => reasonOf(failure, operation))
      .filter(({ _tag }) => _tag === "Fatal" || _tag === "AuthFailed" || _tag === "QuotaExceeded")
    assert.isAtLeast(advised.length, 10)
    assert.deepStrictEqual(
      advised.filter(({ advice = "" }) => advice === "").map(({ detail }) => detail),
      []
    )
  })

  it("the page that switches the API on, and the command that signs in, are named", () => {
    const disabled = reasonOf({ status: 403, reason: "accessNotConfigured", text: "disabled" })
    assert.include(disabled.advice, "https://console.cloud.google.com/apis/library/gmail.googleapis.com")
    const unticked = reasonOf({ status: 403, reason: "insufficientPermissions", text: "insufficient" })
    assert.include(unticked.advice, "mailferry auth login gmail --user you@gmail.com")
  })
})
