import { type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import { Cursor, type MailboxReader } from "@mailferry/core/MailboxReader.ts"
import {
  MailboxRejected,
  MailError,
  type MailErrorReason,
  MessageRejected,
  type Operation
} from "@mailferry/core/MailError.ts"
import { MessageLocator, type MessageSummary } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { headerField } from "./internal/headerField.ts"
import type { MemoryAccount, MemoryMailbox, MemoryMessage } from "./MemoryAccount.ts"

export interface MemoryReaderOptions {
  /** `labels`: a message has one locator wherever it shows. `one-mailbox`: one per copy. */
  readonly placement: "one-mailbox" | "labels"
  /** Entries on one page of a listing. */
  readonly pageSize: number
  /** Whether `Work` and `work` are one mailbox. */
  readonly caseInsensitive: boolean
  /** Whether a listing tells all of a summary. */
  readonly describes?: boolean
}

export const failure = (operation: Operation, reason: MailErrorReason): MailError =>
  new MailError({ adapter: "memory", operation, reason })

const gone = new MessageRejected({ detail: "no such message", why: "gone" })
const unreadable = new MessageRejected({ detail: "message failed to load", why: "unreadable" })
const renewed = new MailboxRejected({ detail: "UIDVALIDITY changed", why: "uidvalidity-changed" })

const epochAndNumber = (text: string): readonly [epoch: number, number: number] => {
  const [epoch, number] = text.split(":")
  return [Number(epoch), Number(number)]
}

/** Waits one turn, so that calls interleave and can be interrupted as they would over a network. */
export const turn = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.andThen(Effect.yieldNow, effect)

/** Looks into an account's mailboxes for the operations of both ends. */
export class MemoryMailboxes {
  readonly account: MemoryAccount
  readonly options: MemoryReaderOptions

  constructor(account: MemoryAccount, options: MemoryReaderOptions) {
    this.account = account
    this.options = options
  }

  lookUp(path: MailboxPath): MemoryMailbox | undefined {
    const key = pathKey(path)
    const exact = this.account.mailboxes.get(key)
    if (exact !== undefined || !this.options.caseInsensitive) return exact
    const wanted = key.toLowerCase()
    return [...this.account.mailboxes.values()].find((it) => pathKey(it.path).toLowerCase() === wanted)
  }

  mailbox(operation: Operation, path: MailboxPath): Effect.Effect<MemoryMailbox, MailError> {
    const mailbox = this.lookUp(path)
    return mailbox === undefined
      ? Effect.fail(failure(operation, new MailboxRejected({ detail: "no such mailbox", why: "missing" })))
      : Effect.succeed(mailbox)
  }

  locator(mailbox: MemoryMailbox, arrival: number, message: MemoryMessage): MessageLocator {
    return MessageLocator(
      this.options.placement === "labels" ? `m${message.id}` : `${mailbox.epoch}:${arrival}`
    )
  }

  /** The message there, or `undefined` when it is gone. Fails when the locator is of an earlier life. */
  stored(
    operation: Operation,
    path: MailboxPath,
    locator: MessageLocator
  ): Effect.Effect<
    { readonly mailbox: MemoryMailbox; readonly found: MemoryMessage | undefined },
    MailError
  > {
    return Effect.flatMap(this.mailbox(operation, path), (mailbox) => {
      if (this.options.placement === "labels") {
        const found = [...mailbox.messages.values()].find(({ id }) => locator === `m${id}`)
        return Effect.succeed({ mailbox, found })
      }
      const [epoch, arrival] = epochAndNumber(locator)
      return epoch === mailbox.epoch
        ? Effect.succeed({ mailbox, found: mailbox.messages.get(arrival) })
        : Effect.fail(failure(operation, renewed))
    })
  }

  present(operation: Operation, path: MailboxPath, locator: MessageLocator) {
    return Effect.flatMap(this.stored(operation, path, locator), ({ found }) =>
      found === undefined ? Effect.fail(failure(operation, gone)) : Effect.succeed(found)
    )
  }

  summary(mailbox: MemoryMailbox, locator: MessageLocator, message: MemoryMessage): MessageSummary {
    return {
      locator,
      mailbox: mailbox.path,
      stableId: Option.fromUndefinedOr(headerField(message.bytes, "X-Pm-Internal-Id")),
      messageId: Option.fromUndefinedOr(headerField(message.bytes, "Message-ID")),
      internalDate: message.internalDate,
      size: message.bytes.length,
      flags: new Set(message.flags),
      keywords: new Set(message.keywords),
      ...(message.migrationKey === undefined ? {} : { migrationKey: message.migrationKey })
    }
  }
}

/** The reading half over memory. */
export const make = (account: MemoryAccount, options: MemoryReaderOptions): MailboxReader => {
  const mailboxes = new MemoryMailboxes(account, options)
  const list: MailboxReader["list"] = Effect.fnUntraced(function* (path, from) {
    yield* Effect.yieldNow
    const mailbox = yield* mailboxes.mailbox("list", path)
    const [epoch, first] = Option.match(from, { onNone: () => [mailbox.epoch, 1], onSome: epochAndNumber })
    if (epoch !== mailbox.epoch) return yield* failure("list", renewed)
    const rest = [...mailbox.messages].filter(([arrival, { unfinished }]) => arrival >= first && !unfinished)
    const page = rest.slice(0, options.pageSize)
    const next = rest[options.pageSize]
    return {
      epoch: String(mailbox.epoch),
      entries: page.map(([arrival, message]) => {
        const locator = mailboxes.locator(mailbox, arrival, message)
        return {
          locator,
          flags: Option.some({ flags: new Set(message.flags), keywords: new Set(message.keywords) }),
          ...(options.describes === true && !message.unreadable
            ? { summary: mailboxes.summary(mailbox, locator, message) }
            : {})
        }
      }),
      next: Option.map(Option.fromUndefinedOr(next), ([arrival]) => Cursor(`${mailbox.epoch}:${arrival}`))
    }
  })
  const describe: MailboxReader["describe"] = Effect.fnUntraced(function* (path, locators) {
    yield* Effect.yieldNow
    const summaries: Array<MessageSummary> = []
    for (const locator of new Set(locators)) {
      const { mailbox, found } = yield* mailboxes.stored("describe", path, locator)
      if (found?.unreadable === true) return yield* failure("describe", unreadable)
      if (found !== undefined) summaries.push(mailboxes.summary(mailbox, locator, found))
    }
    return summaries
  })
  return {
    kind: "memory",
    account: account.user,
    listMailboxes: turn(
      Effect.sync(() =>
        [...account.mailboxes.values()].map(({ path, specialUse, role, proposed }) => ({
          path,
          role,
          proposed,
          specialUse: Option.fromUndefinedOr(specialUse)
        }))
      )
    ),
    list,
    end: (path) =>
      turn(
        Effect.suspend(() =>
          Effect.map(mailboxes.mailbox("end", path), ({ epoch, next }) =>
            Option.some(Cursor(`${epoch}:${next}`))
          )
        )
      ),
    describe,
    glimpse: (path, locator) =>
      turn(
        Effect.suspend(() =>
          Effect.map(mailboxes.present("glimpse", path, locator), (message) => ({
            subject: Option.fromUndefinedOr(headerField(message.bytes, "Subject")),
            internalDate: Option.some(message.internalDate),
            size: Option.some(message.bytes.length),
            flags: Option.some({ flags: new Set(message.flags), keywords: new Set(message.keywords) }),
            bytes: message.unreadable ? Option.none() : Option.some(message.bytes.slice())
          }))
        )
      ),
    fetch: (path, locator) =>
      turn(
        Effect.suspend(() =>
          Effect.flatMap(mailboxes.present("fetch", path, locator), (message) =>
            message.unreadable
              ? Effect.fail(failure("fetch", unreadable))
              : Effect.succeed(message.bytes.slice())
          )
        )
      )
  }
}
