import { assert, describe, it } from "@effect/vitest"
import { dispositionOf } from "@mailferry/core/Disposition.ts"
import {
  AuthFailed,
  Fatal,
  MailboxRejected,
  MessageRejected,
  QuotaExceeded,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import { Duration } from "effect"

const detail = "the server's words"

describe("dispositionOf", () => {
  it.each([
    [new Transient({ detail, applied: "no" }), { _tag: "Retry", lookFirst: false }],
    [new Transient({ detail, applied: "unknown" }), { _tag: "Retry", lookFirst: true }],
    [new Throttled({ detail }), { _tag: "PauseAccount", for: undefined }],
    [
      new Throttled({ detail, retryAfter: Duration.seconds(7) }),
      { _tag: "PauseAccount", for: Duration.seconds(7) }
    ],
    [new MessageRejected({ detail, why: "unclassified" }), { _tag: "SkipMessage" }],
    [new MailboxRejected({ detail, why: "permission" }), { _tag: "SkipMailbox" }],
    [new AuthFailed({ detail }), { _tag: "StopRun" }],
    [new QuotaExceeded({ detail }), { _tag: "StopRun" }],
    [new Fatal({ detail }), { _tag: "StopRun" }]
  ] as const)("is the narrowest thing to do about %s", (reason, disposition) => {
    assert.deepStrictEqual(dispositionOf(reason), disposition)
  })
})
