import type * as Duration from "effect/Duration"

import type { MailErrorReason } from "./MailError.ts"

/** What the run does about a failure, narrowest blast radius first. */
export type Disposition =
  | { readonly _tag: "Retry"; readonly lookFirst: boolean }
  | { readonly _tag: "PauseAccount"; readonly for: Duration.Duration | undefined }
  | { readonly _tag: "SkipMessage" }
  | { readonly _tag: "SkipMailbox" }
  | { readonly _tag: "StopRun" }

/** The one table from reason to action. No adapter and no stage decides this for itself. */
export const dispositionOf = (reason: MailErrorReason): Disposition => {
  switch (reason._tag) {
    case "Transient":
      return { _tag: "Retry", lookFirst: reason.applied === "unknown" }
    case "Throttled":
      return { _tag: "PauseAccount", for: reason.retryAfter }
    case "MessageRejected":
      return { _tag: "SkipMessage" }
    case "MailboxRejected":
      return { _tag: "SkipMailbox" }
    case "AuthFailed":
    case "QuotaExceeded":
    case "Fatal":
      return { _tag: "StopRun" }
  }
}
