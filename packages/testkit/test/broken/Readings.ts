import { type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import { MessageLocator, type MessageSummary } from "@mailferry/core/Message.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { broken, type BrokenDestination } from "./Broken.ts"

export const brokenReadings: ReadonlyArray<BrokenDestination> = [
  broken(
    "a listing past 1,000 messages shows each once, and goes on from any page on another connection",
    "begins a page with the end of the last",
    (good) => {
      const lastOf = new Map<string, MessageLocator>()
      return {
        ...good,
        list: (mailbox, from) =>
          Effect.map(good.list(mailbox, from), (page) => {
            const again = Option.map(from, (cursor) => lastOf.get(pathKey(mailbox) + cursor))
            const last = page.entries.at(-1)
            if (last !== undefined && Option.isSome(page.next)) {
              lastOf.set(pathKey(mailbox) + page.next.value, last.locator)
            }
            const locator = Option.getOrUndefined(again)
            return locator === undefined
              ? page
              : { ...page, entries: [{ locator, flags: Option.none() }, ...page.entries] }
          })
      }
    }
  ),
  broken("messages are listed in the order they came", "lists newest first", (good) => ({
    ...good,
    list: (mailbox, from) =>
      Effect.map(good.list(mailbox, from), (page) => ({ ...page, entries: page.entries.toReversed() }))
  })),
  broken("a listing doubles and drops nothing while appends run", "skips one when mail arrives", (good) => {
    let appending = 0
    return {
      ...good,
      append: (request) =>
        Effect.suspend(() => {
          appending++
          return Effect.ensuring(
            good.append(request),
            Effect.sync(() => appending--)
          )
        }),
      list: (mailbox, from) =>
        Effect.map(good.list(mailbox, from), (page) => ({
          ...page,
          entries: appending > 0 ? page.entries.slice(1) : page.entries
        }))
    }
  }),
  broken(
    "what comes after end is listed from there on, and nothing else, on another connection too",
    "calls the start the end",
    (good) => ({
      ...good,
      end: (mailbox) =>
        Effect.map(
          good.end(mailbox),
          Option.map((cursor) => Cursor(cursor.replace(/:\d+$/u, ":1")))
        )
    })
  ),
  broken("the epoch stays while the mailbox lives, on every connection", "counts pages as epochs", (good) => {
    let pages = 0
    return {
      ...good,
      list: (mailbox, from) =>
        Effect.map(good.list(mailbox, from), (page) => ({ ...page, epoch: `${page.epoch}.${++pages}` }))
    }
  }),
  broken(
    "after the mailbox began a new life, its epoch differs and an old cursor is uidvalidity-changed",
    "starts over without a word",
    (good) => ({
      ...good,
      list: (mailbox, from) => Effect.catch(good.list(mailbox, from), () => good.list(mailbox, Option.none()))
    })
  ),
  broken(
    "a locator of an earlier life gives no other message",
    "looks at the UID alone",
    (good, account) => ({
      ...good,
      fetch: (mailbox, locator) => {
        const current = MemoryAccount.mailboxOf(account, mailbox).epoch
        return good.fetch(mailbox, MessageLocator(locator.replace(/^\d+/u, String(current))))
      }
    })
  ),
  broken("describe gives one summary for each message asked for", "forgets the third", (good) => ({
    ...good,
    describe: (mailbox, locators) => good.describe(mailbox, locators.slice(0, 2))
  })),
  broken(
    "describe tells Message-ID, X-Pm-Internal-Id and size as they are in the message",
    "knows no id",
    (good) => ({
      ...good,
      describe: (mailbox, locators) =>
        Effect.map(good.describe(mailbox, locators), (summaries) =>
          summaries.map((summary) => Object.assign(summary, { stableId: Option.none() }))
        )
    })
  ),
  broken(
    "a Message-ID that is folded, in capitals, or missing is told as such",
    "reads one line",
    (good, account) => {
      const mend = (mailbox: MailboxPath, summary: MessageSummary) => {
        const folded = [...MemoryAccount.mailboxOf(account, mailbox).messages.values()].some(({ bytes }) =>
          Buffer.from(bytes).includes("Message-ID:\r\n")
        )
        return folded ? Object.assign(summary, { messageId: Option.none() }) : summary
      }
      return {
        ...good,
        describe: (mailbox, locators) =>
          Effect.map(good.describe(mailbox, locators), (all) => all.map((it) => mend(mailbox, it)))
      }
    }
  ),
  broken("describe, glimpse and fetch set no \\Seen", "fetches BODY[] instead of BODY.PEEK[]", (good) => ({
    ...good,
    fetch: (mailbox, locator) =>
      Effect.tap(good.fetch(mailbox, locator), () =>
        good.addFlags({ mailbox, locator }, { flags: new Set(["\\Seen"]), keywords: new Set() })
      )
  })),
  broken("fetch gives the same octets every time", "counts its readers", (good) => {
    const readers = new Map<string, number>()
    return {
      ...good,
      fetch: (mailbox, locator) =>
        Effect.map(good.fetch(mailbox, locator), (bytes) => {
          const key = pathKey(mailbox) + locator
          readers.set(key, (readers.get(key) ?? 0) + 1)
          return Buffer.concat([bytes, Buffer.alloc(readers.get(key)! - 1)])
        })
    }
  }),
  broken("what glimpse tells agrees with describe and fetch", "counts line ends as one octet", (good) => ({
    ...good,
    glimpse: (mailbox, locator) =>
      Effect.map(good.glimpse(mailbox, locator), (glimpse) => ({
        ...glimpse,
        size: Option.map(glimpse.size, (size) => size - 10)
      }))
  })),
  broken("a locator is good on another connection", "knows only what this connection listed", (good) => {
    const known = new Set<string>()
    return {
      ...good,
      list: (mailbox, from) =>
        Effect.tap(good.list(mailbox, from), ({ entries }) =>
          Effect.sync(() => {
            for (const { locator } of entries) known.add(pathKey(mailbox) + locator)
          })
        ),
      append: (request) =>
        Effect.tap(good.append(request), ({ locator }) =>
          Effect.sync(() => known.add(pathKey(request.mailbox) + Option.getOrElse(locator, () => "")))
        ),
      describe: (mailbox, locators) =>
        good.describe(
          mailbox,
          locators.filter((locator) => known.has(pathKey(mailbox) + locator))
        )
    }
  }),
  broken("fetch of a message that is gone is MessageRejected(gone)", "gives an empty message", (good) => ({
    ...good,
    fetch: (mailbox, locator) =>
      Effect.catch(good.fetch(mailbox, locator), (error) =>
        error.reason._tag === "MessageRejected" ? Effect.succeed(new Uint8Array()) : Effect.fail(error)
      )
  })),
  broken("describe leaves out a message that is gone", "fails for all when one is gone", (good) => ({
    ...good,
    describe: (mailbox, locators) =>
      Effect.tap(good.describe(mailbox, locators), (summaries) =>
        summaries.length < locators.length
          ? Effect.forEach(locators, (locator) => good.fetch(mailbox, locator))
          : Effect.void
      )
  }))
]
