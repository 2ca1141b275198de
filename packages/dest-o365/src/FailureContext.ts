import type { Operation } from "@mailferry/core/MailError.ts"

/** What the classifier must know besides the answer. */
export interface FailureContext {
  readonly operation: Operation
  readonly user: string
  /** Milliseconds of the clock: a stated time becomes a wait. */
  readonly now: number
  /** Whether doing it twice would leave two. True for `append` and `copy` unless said: their reading calls say false. */
  readonly notRepeatable?: boolean
  /**
   * What it is that is gone when Graph finds it no more. `session`: an upload session, which ends with its last part
   * too. Unless said the message for `copy`, `addFlags`, `recall`, `discard`, `describe`, `fetch` and `glimpse`, else the mailbox.
   */
  readonly missing?: "message" | "mailbox" | "session"
  /** Whether an application asks by itself, which Exchange lets into some mailboxes and not into others. */
  readonly isApplication?: boolean
  /** Where an administrator lets the application in, when it is known. */
  readonly consentUrl?: string
}
