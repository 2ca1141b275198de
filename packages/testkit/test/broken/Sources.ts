import { type MailboxPath, pathKey } from "@mailferry/core/Mailbox.ts"
import { Cursor, type MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { MessageLocator, type MessageSummary } from "@mailferry/core/Message.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import type { SourceSubject } from "@mailferry/testkit/source/Subject.ts"
import { DateTime, Effect, Option } from "effect"

import { memorySource } from "../memorySource.ts"

type Spoil = (good: MailboxReader, account: MemoryAccount.MemoryAccount) => MailboxReader

/** A source that breaks one law and keeps all others. Each call makes a fresh account. */
export interface BrokenSource {
  readonly law: string
  readonly name: string
  readonly subject: () => SourceSubject
}

const broken = (law: string, name: string, spoil: Spoil): BrokenSource => ({
  law,
  name,
  subject: () => memorySource(spoil)
})

/** Every summary changed. */
const described =
  (change: (summary: MessageSummary) => Partial<MessageSummary>): Spoil =>
  (good) => ({
    ...good,
    describe: (mailbox, locators) =>
      Effect.map(good.describe(mailbox, locators), (all) => all.map((it) => Object.assign(it, change(it))))
  })

const fetched =
  (change: (bytes: Uint8Array) => Uint8Array): Spoil =>
  (good) => ({ ...good, fetch: (mailbox, locator) => Effect.map(good.fetch(mailbox, locator), change) })

const listings: ReadonlyArray<BrokenSource> = [
  broken("every mailbox is listed once", "lists INBOX as inbox too", (good) => ({
    ...good,
    listMailboxes: Effect.map(good.listMailboxes, (all) => all.concat(all.slice(0, 1)))
  })),
  broken("every mailbox that is listed can be read", "lists what cannot be selected", (good) => ({
    ...good,
    listMailboxes: Effect.map(good.listMailboxes, (all) => [
      ...all,
      { path: ["Folders"], specialUse: Option.none(), role: "home", proposed: ["Folders"] }
    ])
  })),
  {
    law: "an account that is still starting is Transient, never empty",
    name: "shows an empty account while it starts",
    subject: () => ({ ...memorySource(), starting: MemorySource.layer(MemoryAccount.make()) })
  },
  broken("a listing past 1,000 messages is complete, each once", "drops one where pages meet", (good) => ({
    ...good,
    list: (mailbox, from) =>
      Effect.map(good.list(mailbox, from), (page) =>
        Option.isSome(page.next) ? { ...page, entries: page.entries.slice(0, -1) } : page
      )
  })),
  broken("a cursor resumes where its page ended, on another connection", "forgets its cursors", (good) => {
    const issued = new Set<string>()
    return {
      ...good,
      end: (mailbox) =>
        Effect.tap(good.end(mailbox), (end) =>
          Effect.sync(() => issued.add(pathKey(mailbox) + Option.getOrElse(end, () => "")))
        ),
      list: Effect.fnUntraced(function* (mailbox: MailboxPath, from: Option.Option<Cursor>) {
        const known = Option.exists(from, (cursor) => issued.has(pathKey(mailbox) + cursor))
        const asked = yield* good.list(mailbox, from)
        const page = known ? asked : yield* good.list(mailbox, Option.none())
        issued.add(pathKey(mailbox) + Option.getOrElse(page.next, () => ""))
        return page
      })
    }
  }),
  broken("the epoch stays while the mailbox lives, on every connection", "makes one up", (good) => {
    const epoch = crypto.randomUUID()
    return {
      ...good,
      list: (mailbox, from) =>
        Effect.map(good.list(mailbox, from), (page) => ({ ...page, epoch: `${page.epoch} ${epoch}` }))
    }
  }),
  broken("what a listing tells of flags agrees with describe", "tells no flags as none set", (good) => ({
    ...good,
    list: (mailbox, from) =>
      Effect.map(good.list(mailbox, from), (page) => ({
        ...page,
        entries: page.entries.map(({ locator }) => ({
          locator,
          flags: Option.some({ flags: new Set(), keywords: new Set() })
        }))
      }))
  }))
]

const readings: ReadonlyArray<BrokenSource> = [
  broken("describe gives one summary for each message asked for", "forgets the third", (good) => ({
    ...good,
    describe: (mailbox, locators) => good.describe(mailbox, locators.slice(0, 2))
  })),
  broken(
    "describe tells INTERNALDATE, flags and keywords as they are",
    "shifts dates by its time zone",
    described(({ keywords, internalDate }) =>
      keywords.size > 0 ? { internalDate: DateTime.add(internalDate, { hours: 1 }) } : {}
    )
  ),
  broken(
    "fetch gives the octets of the message",
    "trims",
    fetched((bytes) => (bytes.at(-1) === 0x0a ? bytes.slice(0, -2) : bytes))
  ),
  broken("fetch gives the same octets every time", "counts its readers", (good) => {
    let readers = 0
    const stamp = () => Buffer.from(`X-Reader: ${readers++}\r\n`)
    return {
      ...good,
      fetch: (mailbox, locator) =>
        Effect.map(good.fetch(mailbox, locator), (bytes) =>
          Buffer.from(bytes).includes("Subject: number") ? Buffer.concat([stamp(), bytes]) : bytes
        )
    }
  }),
  broken("what glimpse tells agrees with describe", "counts line ends as one octet", (good) => ({
    ...good,
    glimpse: (mailbox, locator) =>
      Effect.map(good.glimpse(mailbox, locator), (glimpse) => ({
        ...glimpse,
        size: Option.map(glimpse.size, (size) => size - 10)
      }))
  })),
  broken(
    "a message that cannot be read is MessageRejected(unreadable), its neighbours are read, and glimpse answers",
    "gives an empty message instead",
    (good) => ({
      ...good,
      fetch: (mailbox, locator) =>
        Effect.catch(good.fetch(mailbox, locator), (error) =>
          error.reason._tag === "MessageRejected" && error.reason.why === "unreadable"
            ? Effect.succeed(new Uint8Array())
            : Effect.fail(error)
        )
    })
  ),
  broken(
    "a message has the same stable id in every mailbox that shows it",
    "takes the mailbox into the id",
    described(({ stableId, mailbox }) => ({ stableId: Option.map(stableId, (id) => id + pathKey(mailbox)) }))
  ),
  broken("a stable id survives a reconnect", "numbers messages by session", (good, account) => {
    const session = crypto.randomUUID()
    return described(({ stableId }) => ({ stableId: Option.map(stableId, (id) => id + session) }))(
      good,
      account
    )
  }),
  broken(
    "no two messages of a mailbox have one stable id",
    "knows messages by their sender",
    described(({ stableId }) => ({ stableId: Option.map(stableId, () => "<from@conformance.invalid>") }))
  ),
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
      describe: (mailbox, locators) =>
        good.describe(
          mailbox,
          locators.filter((locator) => known.has(pathKey(mailbox) + locator))
        )
    }
  }),
  broken("describe, glimpse and fetch set no \\Seen", "fetches BODY[]", (good, account) => ({
    ...good,
    fetch: (mailbox, locator) =>
      Effect.tap(good.fetch(mailbox, locator), () =>
        Effect.sync(() => {
          const arrival = Number(locator.split(":")[1])
          MemoryAccount.mailboxOf(account, mailbox).messages.get(arrival)?.flags.add("\\Seen")
        })
      )
  })),
  broken("nothing is written", "subscribes to what it lists", (good, account) => ({
    ...good,
    listMailboxes: Effect.tap(good.listMailboxes, () =>
      Effect.sync(() => {
        account.writes++
      })
    )
  }))
]

const changes: ReadonlyArray<BrokenSource> = [
  broken(
    "what comes after end is listed from there on, and nothing else",
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
  broken("describe leaves out a message that is gone", "fails for all when one is gone", (good) => ({
    ...good,
    describe: (mailbox, locators) =>
      Effect.tap(good.describe(mailbox, locators), (summaries) =>
        summaries.length < locators.length
          ? Effect.forEach(locators, (locator) => good.fetch(mailbox, locator))
          : Effect.void
      )
  })),
  broken("fetch of a message that is gone is MessageRejected(gone)", "gives an empty message", (good) => ({
    ...good,
    fetch: (mailbox, locator) =>
      Effect.catch(good.fetch(mailbox, locator), (error) =>
        error.reason._tag === "MessageRejected" && error.reason.why === "gone"
          ? Effect.succeed(new Uint8Array())
          : Effect.fail(error)
      )
  })),
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
  )
]

const connections: ReadonlyArray<BrokenSource> = [
  {
    law: "a wrong secret is AuthFailed at connect",
    name: "logs in at the first call",
    subject: () => {
      const good = memorySource()
      return { ...good, wrongSecret: good.layer }
    }
  },
  broken("closing the layer closes every socket", "leaves one open", (good, account) => {
    account.connections++
    return good
  }),
  broken(
    "no error, log line or account name contains a secret or body text",
    "logs the login",
    (good, account) => ({
      ...good,
      fetch: (mailbox, locator) =>
        Effect.tap(good.fetch(mailbox, locator), () =>
          Effect.logDebug("a1 LOGIN").pipe(Effect.annotateLogs({ password: account.password }))
        )
    })
  )
]

export const brokenSources: ReadonlyArray<BrokenSource> = [
  ...listings,
  ...readings,
  ...changes,
  ...connections
]
