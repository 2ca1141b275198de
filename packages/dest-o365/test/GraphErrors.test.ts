import { assert, describe, it } from "@effect/vitest"
import type { MailErrorReason } from "@mailferry/core/MailError.ts"
import { Duration } from "effect"

import type { FailureContext } from "../src/FailureContext.ts"
import { failureOfAnswer, failureOfConnection } from "../src/graph/GraphFailure.ts"
import { NoAnswer } from "../src/graph/HttpRequest.ts"
import { graphReason } from "../src/GraphErrors.ts"
import type { Row } from "./support/AnswerRow.ts"
import { answers } from "./support/GraphAnswers.ts"

const context: FailureContext = {
  operation: "append",
  user: "you@example.com",
  now: Date.parse("2026-11-21T12:00:00Z")
}

const requestId = "b31c83fd-944c-4663-aa50-5d9ceb367e19"

const reasonOf = (row: Omit<Row, "name" | "means">, more: Partial<FailureContext> = {}): MailErrorReason => {
  const { body, circumstance, code = "", headers = {}, operation = "append", status, words = "" } = row
  const error = { code, message: words, innerError: { "request-id": requestId } }
  const octets = Buffer.from(body ?? JSON.stringify({ error }))
  const answer = { status, headers: new Headers({ "request-id": requestId, ...headers }), octets }
  return graphReason(failureOfAnswer(answer, "ours"), { ...context, operation, ...circumstance, ...more })
}

/** What of a reason decides what happens next. */
const verdict = (reason: MailErrorReason): object => {
  const millisOf = (wait: Duration.Duration | undefined) =>
    wait === undefined ? {} : { millis: Duration.toMillis(wait) }
  switch (reason._tag) {
    case "Transient": {
      const { applied, atMost, retryAfter } = reason
      return { _tag: reason._tag, applied, ...(atMost && { atMost }), ...millisOf(retryAfter) }
    }
    case "Throttled":
      return { _tag: reason._tag, over: reason.over, ...millisOf(reason.retryAfter) }
    case "MessageRejected":
    case "MailboxRejected":
      return { _tag: reason._tag, why: reason.why }
    default:
      return { _tag: reason._tag }
  }
}

const connection = (code: string, sent: "no" | "unknown", more: Partial<FailureContext> = {}) =>
  graphReason(failureOfConnection(new NoAnswer(Object.assign(new Error("words"), { code }), sent), "ours"), {
    ...context,
    ...more
  })

describe("what an answer of Graph's means", () => {
  it.each(answers)("$name", (row) => {
    const reason = reasonOf(row)
    assert.deepStrictEqual(verdict(reason), row.means)
    assert.include(reason.detail, row.words ?? "", "Microsoft's words are kept")
    assert.include(reason.detail, row.code ?? "")
  })

  it("every refusal ends with the names by which Microsoft finds the request", () => {
    const others = answers
      .map((row) => reasonOf(row).detail)
      .filter((detail) => !detail.endsWith(` (request-id ${requestId}, client-request-id ours)`))
    assert.deepStrictEqual(others, [])
  })

  it("whatever a person can mend comes with what to do", () => {
    const advised = answers
      .map((row) => reasonOf(row))
      .filter(({ _tag }) => _tag === "Fatal" || _tag === "AuthFailed" || _tag === "QuotaExceeded")
    assert.isAtLeast(advised.length, 10)
    assert.deepStrictEqual(
      advised.filter(({ advice = "" }) => advice === "").map(({ detail }) => detail),
      []
    )
  })

  it("a missing right comes with the address at which an administrator grants it", () => {
    const consentUrl = "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=1"
    for (const code of ["ErrorAccessDenied", "AADSTS90094"]) {
      assert.include(reasonOf({ status: 403, code }, { consentUrl }).advice, consentUrl)
    }
  })

  it("an application that is let into other mailboxes alone is no matter of consent", () => {
    const consentUrl = "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=1"
    const refused = { status: 403, code: "ErrorAccessDenied" }
    const { advice } = reasonOf(refused, { consentUrl, isApplication: true })
    assert.include(advice, "RBAC for Applications")
    assert.include(advice, "mailferry auth delegation o365 --key FILE --user you@example.com")
    assert.notInclude(advice, consentUrl)
  })

  it("a message above the mailbox's limit comes with the command that raises it", () => {
    const { advice } = reasonOf({ status: 400, code: "ErrorMessageSizeExceeded" })
    assert.include(advice, "Set-Mailbox you@example.com -MaxSendSize 150MB -MaxReceiveSize 150MB")
  })
})

describe("what a connection without an answer means", () => {
  it("nobody knows what became of a message that may have gone out", () => {
    assert.deepStrictEqual(verdict(connection("ECONNRESET", "unknown")), {
      _tag: "Transient",
      applied: "unknown"
    })
    assert.deepStrictEqual(verdict(connection("TimeoutError", "unknown")), {
      _tag: "Transient",
      applied: "unknown"
    })
  })

  it("a server that was never reached has stored nothing", () => {
    assert.deepStrictEqual(verdict(connection("ECONNREFUSED", "no")), { _tag: "Transient", applied: "no" })
  })

  it("a call that may be repeated is repeated", () => {
    const look = connection("ECONNRESET", "unknown", { notRepeatable: false })
    assert.deepStrictEqual(verdict(look), { _tag: "Transient", applied: "no" })
  })

  it.each([
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_ELSEWHERE"
  ])("%s ends the run", (code) => {
    const reason = connection(code, "no")
    assert.strictEqual(reason._tag, "Fatal")
    assert.notStrictEqual(reason.advice ?? "", "")
  })
})

describe("what is told of an answer", () => {
  const textOf = (words: string) => reasonOf({ status: 400, code: "x", words }).detail

  it("addresses, URLs, tokens, ids and values are left out", () => {
    const told = [
      textOf(
        "At least one recipient isn't valid., Recipient 'bob@example.net' isn't resolved., Recipient 'Bob'"
      ),
      textOf("See https://outlook.office.com/api/gv1.0/x?authtoken=secret"),
      textOf("Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik1uQ19WWmNBVGZNNXBPWWlKSE1iYTlnb0VLWSJ9"),
      textOf("Cannot convert the literal 'Dinner with Anna' to the expected type 'Edm.DateTimeOffset'.")
    ]
    for (const secret of ["bob@", "secret", "eyJ0", "Dinner"]) {
      assert.notInclude(told.join("\n"), secret)
    }
    assert.include(told[3], "'Edm.DateTimeOffset'", "a type is no secret")
  })

  it("told is one line of a length that can be read", () => {
    const detail = textOf(`a\r\nb ${"word ".repeat(200)}`)
    assert.notMatch(detail, /[\r\n]/u)
    assert.isBelow(detail.length, 450)
  })

  it("a code that says nothing gives way to the one inside", () => {
    const octets = Buffer.from(
      JSON.stringify({ error: { code: "BadRequest", message: "m", innerError: { code: "ErrorInner" } } })
    )
    const failure = failureOfAnswer({ status: 400, headers: new Headers(), octets })
    assert.strictEqual(failure.code, "ErrorInner")
  })
})
