import { assert, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { Cursor } from "@mailferry/core/MailboxReader.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { Duration, Effect, Option } from "effect"

import { type Script, scriptedServer } from "./support/ScriptedServer.ts"
import { accessTo, readerOf } from "./support/TestAccount.ts"

const inbox: MailboxPath = ["INBOX"]

const at = (uid: number) => MessageLocator(`7:${uid}`)

const fetchLine = (seq: number, uid: number, header = `Message-ID: <${uid}@x>\r\n\r\n`) =>
  `* ${seq} FETCH (UID ${uid} FLAGS (\\Seen) INTERNALDATE "31-Mar-2019 01:30:00 +0000" RFC822.SIZE 99 ` +
  `BODY[HEADER.FIELDS (X-PM-INTERNAL-ID MESSAGE-ID)] {${header.length}}\r\n${header})`

const broken = "* 2 FETCH (UID 11 FLAGS (\\Seen) BODY[HEADER.FIELDS (X-PM-INTERNAL-ID MESSAGE-ID)] {)("

const readerOn = (script: Script) =>
  Effect.flatMap(scriptedServer(script), ({ port }) => readerOf(accessTo(port)))

const onFetch =
  (...lines: ReadonlyArray<string>): Script =>
  (command) =>
    command.startsWith("UID FETCH") ? { lines, status: "OK done" } : "usual"

it.live("FETCH lines may come in any order, with lines of flags alone between them", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn(
      onFetch(fetchLine(3, 12), "* 2 FETCH (FLAGS (\\Seen))", fetchLine(1, 10), "* 1 FETCH (UID 10 FLAGS ())")
    )
    const found = yield* reader.describe(inbox, [at(10), at(11), at(12)])
    assert.sameMembers(
      found.map(({ locator }) => locator as string),
      ["7:10", "7:12"]
    )
    assert.deepStrictEqual(found.find(({ locator }) => locator === at(10))?.flags, new Set())
  })
)

it.live("a description that cannot be parsed is unreadable, and not taken for a message that is gone", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn(onFetch(fetchLine(1, 10), broken))
    const { reason } = yield* Effect.flip(reader.describe(inbox, [at(10), at(11)]))
    assert.deepInclude(reason, { _tag: "MessageRejected", why: "unreadable" })
  })
)

it.live("a description that came in part only is unreadable", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn(onFetch(fetchLine(1, 10), "* 2 FETCH (UID 11 FLAGS (\\Seen))"))
    const { reason } = yield* Effect.flip(reader.describe(inbox, [at(10), at(11)]))
    assert.deepInclude(reason, { _tag: "MessageRejected", why: "unreadable" })
  })
)

it.live("a window that is answered NO after some of its lines is unreadable", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) =>
      command.startsWith("UID FETCH")
        ? { lines: [fetchLine(1, 10)], status: "NO message failed to load from cache" }
        : "usual"
    )
    const { reason } = yield* Effect.flip(reader.describe(inbox, [at(10), at(11)]))
    assert.deepInclude(reason, {
      _tag: "MessageRejected",
      why: "unreadable",
      detail: "message failed to load from cache"
    })
  })
)

it.live("a message whose line in a listing cannot be parsed is listed all the same", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) => {
      if (command.startsWith("UID SEARCH")) return { lines: ["* SEARCH 10 11 12"], status: "OK done" }
      return command.startsWith("UID FETCH")
        ? {
            lines: [
              "* 1 FETCH (UID 10 FLAGS ())",
              "* 2 FETCH (UID 11 FLAGS (\\Seen {)(",
              "* 3 FETCH (UID 12 FLAGS ())"
            ],
            status: "OK"
          }
        : "usual"
    })
    const { entries } = yield* reader.list(inbox, Option.none())
    assert.deepStrictEqual(
      entries.map(({ flags, locator }) => [locator as string, Option.isSome(flags)]),
      [
        ["7:10", true],
        ["7:11", false],
        ["7:12", true]
      ]
    )
  })
)

it.live("the last message, which n:* always means, is not listed below its place", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn(onFetch("* 3 FETCH (UID 12 FLAGS ())"))
    const page = yield* reader.list(inbox, Option.some(Cursor("7:13")))
    assert.deepStrictEqual(page.entries, [])
    assert.isTrue(Option.isNone(page.next))
  })
)

it.live("a body given as NIL is unreadable, and one that is not given at all is gone", () =>
  Effect.gen(function* () {
    const nil = yield* readerOn(onFetch("* 1 FETCH (UID 10 RFC822.SIZE 99 BODY[] NIL)"))
    assert.propertyVal((yield* Effect.flip(nil.fetch(inbox, at(10)))).reason, "why", "unreadable")
    const none = yield* readerOn(onFetch())
    assert.propertyVal((yield* Effect.flip(none.fetch(inbox, at(10)))).reason, "why", "gone")
  })
)

it.live("octets count, whatever size the server states", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn(onFetch("* 1 FETCH (BODY[] {5}\r\nhello RFC822.SIZE 99 UID 10)"))
    assert.strictEqual(Buffer.from(yield* reader.fetch(inbox, at(10))).toString(), "hello")
  })
)

it.live("of a message the server can say little about, that little is told", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) => {
      if (!command.startsWith("UID FETCH")) return "usual"
      if (command.includes("ENVELOPE") || command.includes("BODY")) return { status: "NO cannot be built" }
      return {
        lines: [
          '* 1 FETCH (UID 10 FLAGS (\\Flagged) INTERNALDATE "31-Mar-2019 01:30:00 +0000" RFC822.SIZE 99)'
        ],
        status: "OK"
      }
    })
    const seen = yield* reader.glimpse(inbox, at(10))
    assert.isTrue(Option.isNone(seen.subject))
    assert.isTrue(Option.isNone(seen.bytes))
    assert.deepStrictEqual(Option.getOrNull(seen.size), 99)
    assert.isTrue(Option.getOrThrow(seen.flags).flags.has("\\Flagged"))
  })
)

it.live("a message on which the connection dies is glimpsed by less deadly questions", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) => {
      if (!command.startsWith("UID FETCH")) return "usual"
      if (command.includes("BODY")) return undefined
      return { lines: ["* 1 FETCH (UID 10 FLAGS () RFC822.SIZE 99)"], status: "OK" }
    })
    const seen = yield* reader.glimpse(inbox, at(10))
    assert.deepStrictEqual(Option.getOrNull(seen.size), 99)
    assert.isTrue(Option.isNone(seen.bytes))
  })
)

it.live("a connection that closes without a word is Transient", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) => (command.startsWith("UID FETCH") ? undefined : "usual"))
    const { reason } = yield* Effect.flip(reader.fetch(inbox, at(10)))
    assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
  })
)

it.live(
  "a login that is never answered is Transient once its time is over, and the next call logs in anew",
  () =>
    Effect.gen(function* () {
      let logins = 0
      const { port } = yield* scriptedServer((command) =>
        command.startsWith("LOGIN") && ++logins === 1 ? "silence" : "usual"
      )
      const reader = yield* readerOf({ ...accessTo(port), loginTimeout: Duration.millis(500) })
      const { operation, reason } = yield* Effect.flip(reader.listMailboxes)
      assert.strictEqual(operation, "connect")
      assert.deepInclude(reason, { _tag: "Transient", applied: "no" })
      assert.isNotEmpty(yield* reader.listMailboxes)
    })
)

it.live("an account that lists no mailbox is Transient, never empty", () =>
  Effect.gen(function* () {
    const reader = yield* readerOn((command) => (command.startsWith("LIST") ? { status: "OK" } : "usual"))
    assert.strictEqual((yield* Effect.flip(reader.listMailboxes)).reason._tag, "Transient")
  })
)

it.live("no mailbox is opened but by EXAMINE, and nothing is sent that was not offered", () =>
  Effect.gen(function* () {
    const sent: Array<string> = []
    const reader = yield* readerOn((command) => {
      sent.push(command.replace(/^(UID \S+|\S+).*$/u, "$1"))
      return onFetch(fetchLine(1, 10))(command)
    })
    yield* reader.listMailboxes
    yield* reader.list(inbox, Option.none())
    yield* reader.end(inbox)
    yield* reader.describe(inbox, [at(10)])
    yield* reader.glimpse(inbox, at(10))
    yield* Effect.ignore(reader.fetch(inbox, at(10)))
    const allowed = ["CAPABILITY", "EXAMINE", "LIST", "LOGIN", "NOOP", "UID FETCH"]
    assert.deepStrictEqual([...new Set(sent)].toSorted(), allowed)
  })
)
