import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { type MailError, AuthFailed, Transient } from "@mailferry/core/MailError.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

import type { MemoryAccount } from "./MemoryAccount.ts"
import * as MemoryReader from "./MemoryReader.ts"

const defaults: MemoryReader.MemoryReaderOptions = {
  placement: "one-mailbox",
  pageSize: 100,
  caseInsensitive: false
}

/** The reference source: the contract with nothing in the way. */
export const make = (
  account: MemoryAccount,
  options: Partial<MemoryReader.MemoryReaderOptions> = {}
): MailboxReader => {
  const reader = MemoryReader.make(account, { ...defaults, ...options })
  const starting = new Transient({ detail: "no mailbox yet: the account is still starting", applied: "no" })
  return {
    ...reader,
    listMailboxes: Effect.suspend(() =>
      account.starting ? Effect.fail(MemoryReader.failure("listMailboxes", starting)) : reader.listMailboxes
    )
  }
}

/** One open connection, closed by its scope. A wrong password is refused. */
export const connect = (
  account: MemoryAccount,
  password: string
): Effect.Effect<void, MailError, Scope.Scope> =>
  password === account.password
    ? Effect.acquireRelease(
        Effect.sync(() => {
          account.connections++
        }),
        () =>
          Effect.sync(() => {
            account.connections--
          })
      )
    : Effect.fail(MemoryReader.failure("connect", new AuthFailed({ detail: "wrong password" })))

/** Each build is a new connection to the same account. */
export const layer = (
  account: MemoryAccount,
  options: Partial<MemoryReader.MemoryReaderOptions> & { readonly password?: string } = {}
): Layer.Layer<Source, MailError> =>
  Layer.effect(
    Source,
    Effect.as(connect(account, options.password ?? account.password), make(account, options))
  )
