import { assert, describe, it } from "@effect/vitest"
import { MessageLocator } from "@mailferry/core/Message.ts"
import type { SeenRequest } from "@mailferry/rehearsal/http/SeenRequest.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { reasonOf } from "@mailferry/testkit/Law.ts"
import { Effect, Option } from "effect"

import { connected } from "../support/connected.ts"
import { journaled } from "../support/journaled.ts"
import { filesOf, mailWithFiles } from "../support/mailWithFiles.ts"
import { filesAt, keyOf, onlyMessage, stateOf } from "../support/onlyMessage.ts"

const isNotProbe = ({ path }: SeenRequest) => !path.includes("probe")
const at =
  (call: string, n = 1) =>
  (seen: SeenRequest): boolean =>
    seen.call === call && isNotProbe(seen) && --n <= 0 && n > -1

const faults = ["commitThenDrop", "dropBeforeCommit", "commitThenFail"] as const

const arm = (
  server: Effect.Success<ReturnType<typeof graphScoped>>,
  fault: (typeof faults)[number],
  where: (seen: SeenRequest) => boolean
) => (fault === "commitThenFail" ? server.commitThenFail(504, 1, where) : server[fault](1, where))

const small = () => mailWithFiles([10, 20])

/** Two attachments by POST, since the first leaves no room for them; and one in a session of two parts. */
const posts = [2_000_000, 30, 40]
const session = [30, 3_300_000]

describe("a message whose answer is lost", () => {
  it.live.each(faults)("when it goes in one request is found by its key, or sent again: %s", (fault) =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], small()).request)
      const { request, tickets } = journaled(server, ["INBOX"], small())
      arm(server, fault, at("messages.create"))
      const reason = yield* reasonOf(destination.append(request))
      assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      assert.lengthOf(tickets, 0)
      const { internalDate, messageId, migrationKey } = request
      const identity = { internalDate, messageId, migrationKey, stableId: Option.none(), size: 1 }
      const found = yield* destination.find(["INBOX"], identity)
      assert.lengthOf(found, fault === "dropBeforeCommit" ? 0 : 1)
      if (found.length === 0) yield* destination.append(request)
      assert.lengthOf(server.account.messages, 2)
      assert.strictEqual(keyOf(server.account.messages[1] ?? onlyMessage(server)), migrationKey)
    })
  )

  it.live.each(["okInsteadOfCreated", "vanish"] as const)(
    "when Exchange answers 200 to what it should create, nobody knows: %s",
    (fault) =>
      Effect.gen(function* () {
        const server = yield* graphScoped()
        const destination = yield* connected(server)
        yield* destination.append(journaled(server, ["Archive"], small()).request)
        const { request } = journaled(server, ["INBOX"], small())
        server[fault]()
        const reason = yield* reasonOf(destination.append(request))
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
        const { internalDate, messageId, migrationKey } = request
        const identity = { internalDate, messageId, migrationKey, stableId: Option.none(), size: 1 }
        assert.lengthOf(yield* destination.find(["INBOX"], identity), fault === "vanish" ? 0 : 1)
      })
  )

  it.live("when it is created and nobody says what it is called, it is looked for", () =>
    Effect.gen(function* () {
      const server = yield* graphScoped()
      const destination = yield* connected(server)
      yield* destination.append(journaled(server, ["Archive"], small()).request)
      const draft = { flags: new Set(["\\Draft" as const]) }
      for (const { request } of [
        journaled(server, ["INBOX"], small()),
        journaled(server, ["Drafts"], small(), draft)
      ]) {
        server.onRequest(({ call }, phase) =>
          call === "messages.create" && phase === "committed" ? { status: 201, body: "" } : undefined
        )
        const reason = yield* reasonOf(destination.append(request))
        assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
        server.behave()
        const { internalDate, messageId, migrationKey } = request
        const identity = { internalDate, messageId, migrationKey, stableId: Option.none(), size: 1 }
        const found = yield* destination.find(request.mailbox, identity)
        if (found.length === 0) yield* destination.append(request)
      }
      const [first] = server.account.messages
      const stored = { mailbox: ["Archive"] as const, locator: MessageLocator(first?.immutableId ?? "") }
      server.onRequest(({ call }, phase) =>
        call === "messages.copy" && phase === "committed" ? { status: 201, body: "" } : undefined
      )
      const reason = yield* reasonOf(destination.copy(stored, ["INBOX"]))
      assert.deepInclude(reason, { _tag: "Transient", applied: "unknown" })
      assert.lengthOf(server.account.messages, 4)
    })
  )

  const steps = [
    { step: "the creating request", call: "messages.create", n: 1, sizes: posts },
    { step: "the first attachment", call: "attachments.create", n: 1, sizes: posts },
    { step: "the last attachment", call: "attachments.create", n: 2, sizes: posts },
    { step: "the opening of a session", call: "attachments.createUploadSession", n: 1, sizes: session },
    { step: "the first part", call: "attachments.putPart", n: 1, sizes: session },
    { step: "the last part", call: "attachments.putPart", n: 2, sizes: session },
    { step: "the last word", call: "messages.update", n: 1, sizes: posts }
  ].flatMap((step) =>
    // A gateway's answer means the same as none; once for each of the two servers is enough.
    (/^(?:the creating request|the last part)$/u.test(step.step) ? faults : faults.slice(0, 2)).map(
      (fault) => ({
        ...step,
        fault
      })
    )
  )

  it.live.each(steps)(
    "in steps goes on where it was, whole and in order, from the same process or another: $step, $fault",
    ({ call, fault, n, sizes }) =>
      Effect.gen(function* () {
        const bytes = mailWithFiles(sizes)
        // A process remembers its upload sessions, and nothing else.
        for (const sameProcess of sizes === session ? [true, false] : [false]) {
          const server = yield* graphScoped()
          const first = yield* connected(server)
          yield* first.append(journaled(server, ["Archive"], small()).request)
          const { request, tickets } = journaled(server, ["INBOX"], bytes, { flags: new Set() })
          arm(server, fault, at(call, n))
          const reason = yield* reasonOf(first.append(request))
          assert.strictEqual(reason._tag, "Transient")
          assert.lengthOf(tickets, 1, "it is written down before anything is sent")
          const partial = server.account.messages.filter((message) => stateOf(message) === "partial")
          const listed = yield* first.list(["INBOX"], Option.none())
          assert.lengthOf(listed.entries, server.account.messages.length - 1 - partial.length)
          const { internalDate, messageId, migrationKey } = request
          const identity = { internalDate, messageId, migrationKey, stableId: Option.none(), size: 1 }
          assert.lengthOf(
            yield* first.find(["INBOX"], identity),
            server.account.messages.length - 1 - partial.length,
            "what is half-way is no message"
          )
          const second = sameProcess ? first : yield* connected(server)
          yield* second.append(request)
          assert.lengthOf(server.account.messages, 2)
          const message = server.account.messages[1] ?? onlyMessage(server)
          assert.deepStrictEqual(filesAt(message), filesOf(sizes))
          assert.deepInclude(message, { isDraft: false, isRead: false })
          assert.strictEqual(stateOf(message), "done")
          assert.strictEqual(server.stats.attached, sizes === posts ? 2 : 1, "no attachment went twice")
          yield* second.append(request)
          assert.lengthOf(server.account.messages, 2, "it is known to be there")
        }
      })
  )
})
