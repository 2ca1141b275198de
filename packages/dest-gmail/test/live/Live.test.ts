import { assert, layer } from "@effect/vitest"
import { type AppendRequest, Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import { type MailboxPath, showPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { MessageLocator } from "@mailferry/core/Message.ts"
import { isSentWithMore } from "@mailferry/core/SameMail.ts"
import { corpus } from "@mailferry/testkit/Corpus.ts"
import { letterTo } from "@mailferry/testkit/destination/Subject.ts"
import { locatorsOf } from "@mailferry/testkit/Listing.ts"
import { Clock, Effect, Option } from "effect"
import type { TestContext } from "vitest"

import { jobLayer } from "../support/jobLayer.ts"
import { liveJob } from "./liveAccount.ts"

const job = liveJob()

/** Without the second of two that share a Message-ID: it becomes one with the first. */
const once = corpus.filter(({ name }) => name !== "duplicate Message-ID, second")

/** Everything goes below one label, and to Trash at the end. */
const place: MailboxPath = ["mailferry live", new Date().toISOString().slice(0, 19).replaceAll(":", ".")]

const told = (context: TestContext, what: string) => Effect.promise(() => context.annotate(what))

const outcomeOf = <A, R>(call: Effect.Effect<A, MailError, R>) =>
  Effect.match(call, {
    onSuccess: () => "taken",
    onFailure: ({ reason }) => `${reason._tag}: ${reason.detail}`
  })

const locatorOf = (destination: DestinationService, request: AppendRequest) =>
  Effect.map(destination.append(request), ({ locator }) => Option.getOrThrow(locator))

const identityOf = (request: AppendRequest) => ({
  stableId: Option.none(),
  messageId: request.messageId,
  size: request.bytes.length,
  internalDate: request.internalDate
})

const plain = (from: string, subject: string) =>
  Buffer.from(
    `From: ${from}\r\nTo: ${job.user}\r\nSubject: ${subject}\r\nDate: Sun, 31 Mar 2019 03:30:00 +0200\r\nMessage-ID: <${crypto.randomUUID()}@live.invalid>\r\n\r\nx\r\n`
  )

const idIn = (bytes: Buffer) =>
  Option.fromNullishOr(/^Message-ID: (.*)\r$/mu.exec(bytes.toString("latin1"))?.[1])

/** Where octets begin to differ, and what stands there. */
const firstDifference = (sent: Uint8Array, there: Uint8Array): string => {
  const [a, b] = [Buffer.from(sent), Buffer.from(there)]
  const at = a.findIndex((octet, index) => octet !== b[index])
  if (a.equals(b)) return "the same octets"
  const shown = (octets: Buffer) => JSON.stringify(octets.toString("latin1", Math.max(0, at), at + 60))
  const kind = isSentWithMore(sent, there) ? "header fields added" : "changed"
  return `${kind}: ${a.length} octets sent, ${b.length} there; at ${at}: ${shown(a)} became ${shown(b)}`
}

layer(jobLayer(job), { excludeTestServices: true, timeout: "5 minutes" })("Gmail, live", (it) => {
  const made: Array<MessageLocator> = []

  const keeping = Effect.fnUntraced(function* (request: AppendRequest) {
    const destination = yield* Destination
    const locator = yield* locatorOf(destination, request)
    made.push(locator)
    return locator
  })

  it.effect("opens the account, and makes a label", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      yield* destination.ensureMailbox(place, Option.none())
      const listed = yield* destination.listMailboxes
      assert.isTrue(listed.some(({ path }) => showPath(path) === showPath(place)))
    })
  )

  it.effect.each(once.filter(({ large }) => !large))("what comes back of: $name", (message, context) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const bytes = message.bytes()
      const request = letterTo(place, { bytes, messageId: message.messageId, alone: true })
      const result = yield* Effect.result(keeping(request))
      if (result._tag === "Failure") {
        yield* told(context, `refused: ${result.failure.reason._tag}: ${result.failure.reason.detail}`)
        assert.isFalse(message.wellFormed, "a well-formed message is taken")
        return
      }
      const there = yield* destination.fetch(place, result.success)
      const [summary] = yield* destination.describe(place, [result.success])
      yield* told(context, `${firstDifference(bytes, there)}; sizeEstimate ${summary?.size}`)
      assert.isTrue(!message.wellFormed || isSentWithMore(bytes, there))
    })
  )

  it.effect("25 MB go by a session, and come back", (context) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const message = corpus.find(({ large }) => large)
      const bytes = message?.bytes() ?? new Uint8Array()
      const locator = yield* keeping(
        letterTo(place, { bytes, messageId: message?.messageId ?? Option.none() })
      )
      const there = yield* destination.fetch(place, locator)
      yield* told(context, firstDifference(bytes, there))
      assert.isTrue(isSentWithMore(bytes, there))
    })
  )

  it.effect("SENT, for mail of one's own and for mail of others", (context) =>
    Effect.gen(function* () {
      for (const from of [job.user, "somebody@live.invalid"]) {
        const bytes = plain(from, "sent")
        const request = letterTo(["Sent"], { labels: [place], bytes, messageId: idIn(bytes) })
        yield* told(context, `SENT from ${from}: ${yield* outcomeOf(keeping(request))}`)
      }
    })
  )

  it.effect(
    "a session that is over tells what became of it, at once and a minute later",
    (context) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const tickets: Array<string> = []
        const note = (ticket: string) => Effect.sync(() => void tickets.push(ticket))
        const locator = yield* keeping(letterTo(place, { alone: true, note }))
        yield* told(context, `the session is on ${new URL(JSON.parse(tickets[0] ?? "{}").session).host}`)
        for (const seconds of [0, 60]) {
          yield* Effect.sleep(seconds * 1000)
          const receipt = yield* destination.recall(tickets[0] ?? "")
          const id = Option.flatMap(receipt, (found) => found.locator)
          yield* told(context, `after ${seconds} s: ${Option.getOrElse(id, () => "nothing")}`)
          assert.deepStrictEqual(id, Option.some(locator))
        }
      }),
    180_000
  )

  it.effect("a message that comes again is the same message, with the labels of both", (context) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const other: MailboxPath = [...place, "again"]
      yield* destination.ensureMailbox(other, Option.none())
      const letter = letterTo(place)
      const [first, second] = [yield* keeping(letter), yield* keeping({ ...letter, mailbox: other })]
      yield* told(context, first === second ? "joined" : `${first} and ${second}`)
      assert.strictEqual(second, first)
      assert.include(yield* locatorsOf(destination, place), first)
      assert.include(yield* locatorsOf(destination, other), first)
    })
  )

  it.effect("how soon a listing and the search know a message", (context) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const letter = letterTo(place)
      const locator = yield* keeping(letter)
      const start = yield* Clock.currentTimeMillis
      const since = Effect.map(Clock.currentTimeMillis, (now) => now - start)
      while (!(yield* locatorsOf(destination, place)).includes(locator)) yield* Effect.sleep("250 millis")
      yield* told(context, `listed after ${yield* since} ms`)
      while ((yield* destination.find(place, identityOf(letter))).length === 0)
        yield* Effect.sleep("500 millis")
      const found = yield* since
      yield* told(context, `found after ${found} ms`)
      assert.isBelow(found, 30_000)
    })
  )

  it.effect("a label that is there in other letters, and SENT given later", (context) =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const locator = yield* keeping(letterTo(place))
      const capitals: MailboxPath = ["MAILFERRY LIVE", place[1] ?? ""]
      yield* told(
        context,
        `capitals: ${yield* outcomeOf(destination.ensureMailbox(capitals, Option.none()))}`
      )
      const sent = destination.copy({ mailbox: place, locator }, ["Sent"])
      const outcome = yield* outcomeOf(sent)
      yield* told(context, `SENT by modify: ${outcome}`)
      assert.include(outcome, "MailboxRejected")
    })
  )

  it.effect("what was made here goes to Trash", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      for (const locator of new Set(made)) yield* destination.copy({ mailbox: place, locator }, ["Trash"])
      const left = yield* destination.describe(["All Mail"], [...new Set(made)])
      assert.deepStrictEqual(left, [])
    })
  )
})
