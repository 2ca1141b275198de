import { assert, describe, it } from "@effect/vitest"
import type { MailErrorReason, Operation } from "@mailferry/core/MailError.ts"
import { imapReason } from "@mailferry/imap/ImapErrors.ts"
import type { ImapFailure } from "@mailferry/imap/ImapFailure.ts"
import { certificateChanged } from "@mailferry/imap/ImapSocketErrors.ts"
import { bridgeReason, stillStarting } from "@mailferry/source-proton-bridge/BridgeErrors.ts"

const reasonFor = (failure: Partial<ImapFailure>): MailErrorReason => {
  const whole: ImapFailure = { operation: "fetch", text: "", applied: "no", ...failure }
  return bridgeReason(whole) ?? imapReason(whole)
}
const verdict = (reason: MailErrorReason) => ("why" in reason ? `${reason._tag}(${reason.why})` : reason._tag)

const cache =
  "message failed to load from cache (open gluon/1: no such file or directory), failed to download from connector:"

describe("bridgeReason", () => {
  it.each<[ImapFailure["status"], Operation, string, string]>([
    ["NO", "connect", "no such user", "AuthFailed"],
    ["NO", "connect", "too many login attempts", "AuthFailed"],
    ["NO", "list", "no such mailbox", "MailboxRejected(missing)"],
    [
      "NO",
      "fetch",
      `${cache} 422 POST https://mail-api.proton.me: Message does not exist`,
      "MessageRejected(unreadable)"
    ],
    [
      "NO",
      "describe",
      `${cache} dial tcp: lookup mail-api.proton.me: no such host`,
      "MessageRejected(unreadable)"
    ],
    ["NO", "fetch", `${cache} dial tcp: lookup mail-api.proton.me: no such host`, "Transient"],
    ["NO", "fetch", `${cache} context deadline exceeded`, "Transient"],
    ["BYE", "list", "IMAP session state is inconsistent, please re-login.", "Transient"],
    ["BYE", "fetch", "Mailbox was deleted, have to disconnect.", "Transient"],
    ["NO", "list", "session is not authenticated", "Transient"],
    ["NO", "describe", "whatever else Bridge cannot read", "MessageRejected(unreadable)"],
    ["BAD", "fetch", "no such message", "MessageRejected(gone)"]
  ])("%s to %s, %j, is %s", (status, operation, text, expected) => {
    assert.strictEqual(verdict(reasonFor({ status, operation, text })), expected)
  })

  it("takes a connection that closes without BYE for a lost one, whatever was going on", () => {
    for (const operation of ["list", "describe", "fetch"] as const) {
      const reason = reasonFor({ operation, text: "Unexpected close", errno: "NoConnection" })
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
    }
  })

  it("has one checklist for all that `no such user` may mean", () => {
    const { advice = "" } = reasonFor({ status: "NO", operation: "connect", text: "no such user" })
    for (const words of ["not the Proton password", "enabled", "Signed out", "Locked", "split mode"]) {
      assert.include(advice, words)
    }
  })

  it("asks to wait when Bridge counts too many attempts, and gives the same checklist", () => {
    const { advice = "" } = reasonFor({ status: "NO", operation: "connect", text: "too many login attempts" })
    assert.include(advice, "Wait a few minutes")
    assert.include(advice, "not the Proton password")
  })

  it("has Bridge looked for anew when another certificate shows between finding it and logging in", () => {
    for (const errno of [certificateChanged, "DEPTH_ZERO_SELF_SIGNED_CERT"]) {
      assert.strictEqual(
        reasonFor({ operation: "connect", text: "certificate", errno, tls: true })._tag,
        "Transient"
      )
    }
    const expired = { operation: "connect", text: "expired", errno: "CERT_HAS_EXPIRED", tls: true } as const
    assert.strictEqual(reasonFor(expired)._tag, "Fatal")
  })

  it("explains a port that was closed between finding Bridge and logging in as Bridge's own doing", () => {
    const reason = reasonFor({ operation: "connect", text: "connect ECONNREFUSED", errno: "ECONNREFUSED" })
    assert.strictEqual(reason._tag, "Transient")
    assert.include(reason.advice ?? "", "Bridge closes its port while it is offline")
  })

  it("leaves what any server could say to the general table", () => {
    assert.isUndefined(bridgeReason({ operation: "list", status: "NO", text: "disk full", applied: "no" }))
    assert.isUndefined(bridgeReason({ operation: "list", text: "no such user", applied: "no" }))
  })
})

describe("stillStarting", () => {
  it("is worth another try, and says what to wait for", () => {
    const reason = stillStarting("LIST is empty")
    assert.strictEqual(reason.applied, "no")
    assert.include(reason.detail, "Bridge is still starting")
    assert.include(reason.advice ?? "", "Connected")
  })
})
