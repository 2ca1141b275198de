import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import {
  MailError,
  type MailErrorReason,
  MessageRejected,
  type Operation,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"
import type { MessageLocator } from "@mailferry/core/Message.ts"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** One call to an adapter as a script sees it, counted when it runs and not when it is made. */
export interface Call {
  readonly operation: Operation
  /** 1 for the first call of this operation. */
  readonly n: number
  readonly mailbox?: MailboxPath
  readonly locators?: ReadonlyArray<MessageLocator>
  /** Of `append` and `find`: the Message-ID. */
  readonly messageId?: string
}

export interface Fault {
  /** Whether the call does its work before it goes wrong. */
  readonly commit: boolean
  /**
   * A reason to fail with; `silence`: no answer ever; `nothing`: it succeeds and tells nothing, so that a
   * receipt has no locator and a list is empty.
   */
  readonly answer: MailErrorReason | "silence" | "nothing"
}

/** Decides the fate of each call: `undefined` lets it through. Deterministic, so that a failing test fails again. */
export type Script = (call: Call) => Fault | undefined

const lost = (applied: "no" | "unknown") => new Transient({ detail: "connection lost", applied })

/** The connection was lost before anything was sent: the caller knows that nothing happened. */
export const notSent: Fault = { commit: false, answer: lost("no") }

/** The connection was lost and the work was not done; the caller cannot know. */
export const dropBeforeCommit: Fault = { commit: false, answer: lost("unknown") }

/** The connection was lost and the work was done; the caller cannot know. */
export const dropAfterCommit: Fault = { commit: true, answer: lost("unknown") }

/** No answer, and the work was not done. */
export const silenceBeforeCommit: Fault = { commit: false, answer: "silence" }

/** No answer, though the work was done. */
export const silenceAfterCommit: Fault = { commit: true, answer: "silence" }

/** The work was done and its receipt names no message. */
export const tellNothing: Fault = { commit: true, answer: "nothing" }

export const throttle = (retryAfter?: Duration.Duration): Fault => ({
  commit: false,
  answer: new Throttled({ detail: "too many requests", ...(retryAfter === undefined ? {} : { retryAfter }) })
})

/** NO to this message, for good. */
export const refuse = (why: MessageRejected["why"] = "policy"): Fault => ({
  commit: false,
  answer: new MessageRejected({ detail: "the server will not have this message", why })
})

/** It was part of a batch that was refused and stored nothing (MULTIAPPEND is atomic). */
export const batchRefused: Fault = {
  commit: false,
  answer: new Transient({ detail: "the batch was refused", applied: "no", alone: true })
}

export const failWith = (reason: MailErrorReason): Fault => ({ commit: false, answer: reason })

/** The nth call of an operation, from 1. */
export const onCall =
  (operation: Operation, n: number, fault: Fault): Script =>
  (call) =>
    call.operation === operation && call.n === n ? fault : undefined

/** Every call of an operation. */
export const always =
  (operation: Operation, fault: Fault): Script =>
  (call) =>
    call.operation === operation ? fault : undefined

/** Every append of the message with this Message-ID. */
export const onMessage =
  (messageId: string, fault: Fault): Script =>
  (call) =>
    call.operation === "append" && call.messageId === messageId ? fault : undefined

/** The first of these scripts that has something to say. */
export const scripts =
  (...all: ReadonlyArray<Script>): Script =>
  (call) => {
    for (const script of all) {
      const fault = script(call)
      if (fault !== undefined) return fault
    }
    return undefined
  }

/** Runs one call under a script. Without a `nothing` the good answer stands in for it. */
export type Around = <A>(
  call: Omit<Call, "n">,
  good: Effect.Effect<A, MailError>,
  nothing?: A
) => Effect.Effect<A, MailError>

/** Calls made so far, in order, and the wrapper that counts them. */
export const scripted = (adapter: string, script: Script): { calls: ReadonlyArray<Call>; around: Around } => {
  const calls: Array<Call> = []
  const around: Around = (asked, good, nothing) =>
    Effect.suspend(() => {
      const n = calls.filter(({ operation }) => operation === asked.operation).length + 1
      const call: Call = { ...asked, n }
      calls.push(call)
      const fault = script(call)
      if (fault === undefined) return good
      const { answer } = fault
      if (answer === "nothing") return nothing === undefined ? good : Effect.as(good, nothing)
      const work = fault.commit ? Effect.asVoid(good) : Effect.void
      if (answer === "silence") return Effect.andThen(work, Effect.never)
      const error = new MailError({ adapter, operation: asked.operation, reason: answer })
      return Effect.andThen(work, Effect.fail(error))
    })
  return { calls, around }
}

/** The reading half of either end under a script. */
export const faultyReader = (good: MailboxReader, around: Around): MailboxReader => ({
  kind: good.kind,
  account: good.account,
  listMailboxes: around({ operation: "listMailboxes" }, good.listMailboxes, []),
  list: (mailbox, from) => around({ operation: "list", mailbox }, good.list(mailbox, from)),
  end: (mailbox) => around({ operation: "end", mailbox }, good.end(mailbox)),
  describe: (mailbox, locators) =>
    around({ operation: "describe", mailbox, locators }, good.describe(mailbox, locators), []),
  glimpse: (mailbox, locator) =>
    around({ operation: "glimpse", mailbox, locators: [locator] }, good.glimpse(mailbox, locator)),
  fetch: (mailbox, locator) =>
    around(
      { operation: "fetch", mailbox, locators: [locator] },
      good.fetch(mailbox, locator),
      new Uint8Array()
    )
})
