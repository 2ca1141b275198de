import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath, SpecialUse } from "@mailferry/core/Mailbox.ts"
import { showPath } from "@mailferry/core/Mailbox.ts"
import type { RehearsalGraphOptions } from "@mailferry/rehearsal/graph/GraphOptions.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { Effect, Option } from "effect"

import { makeFolderBook } from "../../src/folders/FolderBook.ts"
import { toldOf } from "../../src/graph/Told.ts"
import { wireToExchange } from "../support/wired.ts"

const bookOf = (exchange: RehearsalGraph, mailboxPath = "/me") =>
  Effect.map(wireToExchange(exchange), (wire) =>
    makeFolderBook({ wire, told: toldOf({ user: exchange.user }), mailboxPath })
  )

const opened = (options?: RehearsalGraphOptions) =>
  Effect.gen(function* () {
    const exchange = yield* graphScoped(options)
    return { exchange, book: yield* bookOf(exchange) }
  })

const plain = Option.none<SpecialUse>()

const pathsOf = (exchange: RehearsalGraph) =>
  exchange.account.folders.map(({ path }) => path).filter((path) => /^(?:Work|Big|L\d)/u.test(path))

const createdBy = ({ requests }: RehearsalGraph) =>
  requests.filter(({ call = "" }) => /(?:mailFolders|childFolders)\.create/u.test(call)).length

const reasonOf = <A>(call: Effect.Effect<A, { readonly reason: unknown }>) =>
  Effect.map(Effect.flip(call), ({ reason }) => reason)

describe("the list of folders", () => {
  it.live("every folder is in it, however many pages and levels there are, with what it is for", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened({
        folderNames: { inbox: "Posteingang", sentitems: "Gesendete Elemente" }
      })
      for (let i = 0; i < 600; i++) exchange.account.deposit(`Big/L${i}`)
      exchange.account.deposit("Big/L7/Deep/er")
      exchange.account.deposit("inbox")
      const folders = yield* book.list
      const byUse = folders.flatMap(({ path, specialUse }) =>
        Option.match(specialUse, { onNone: () => [], onSome: (use) => [`${use} ${showPath(path)}`] })
      )
      assert.deepStrictEqual(byUse.toSorted(), [
        "archive Archive",
        "drafts Drafts",
        "inbox INBOX",
        "junk Junk Email",
        "sent Gesendete Elemente",
        "trash Deleted Items"
      ])
      assert.strictEqual(folders.filter(({ path }) => path[0] === "Big").length, 603)
      assert.strictEqual(folders.find(({ path }) => showPath(path) === "Big/L7/Deep/er")?.total, 1)
      assert.isBelow(exchange.requests.length, 20, "calls are counted")
    })
  )

  it.live("what is hidden, Exchange's own or deleted is no target", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      const { account } = exchange
      account.addFolder("Secret", account.root, { isHidden: true })
      const trash = account.folder("deleteditems")
      account.addFolder("Old", account.addFolder("Gone", trash))
      account.deposit("Work")
      const folders = yield* book.list
      assert.deepStrictEqual(
        folders.filter(({ hidden }) => hidden).map(({ path }) => showPath(path)),
        ["Conversation History", "Deleted Items/Gone", "Outbox", "Secret"]
      )
      assert.strictEqual(
        yield* Effect.map(
          reasonOf(book.idOf("append", ["Outbox"])),
          (reason) => (reason as { why: string }).why
        ),
        "missing"
      )
    })
  )

  it.live("well-known folders are asked for once, and one that is not there does not matter", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened({ archive: false })
      yield* book.list
      const before = exchange.requests.length
      const folders = yield* book.list
      assert.isFalse(folders.some(({ specialUse }) => Option.contains(specialUse, "archive")))
      assert.strictEqual(exchange.requests.length - before, 1)
    })
  )

  it.live("an answer with nothing in it is not taken for a folder that is not there", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      exchange.onRequest(({ path }, phase) =>
        phase === "arrived" && path.endsWith("/mailFolders/inbox") ? { status: 200, body: "" } : undefined
      )
      // Mail for the inbox would go into a folder of another name.
      yield* reasonOf(book.ensure(["INBOX"], Option.some("inbox")))
      exchange.behave()
      yield* book.ensure(["INBOX"], Option.some("inbox"))
      assert.strictEqual(yield* book.idOf("append", ["INBOX"]), exchange.account.folder("inbox")?.id)
      assert.strictEqual(createdBy(exchange), 0)
    })
  )

  it.live("an application that signs in by itself names the mailbox", () =>
    Effect.gen(function* () {
      const exchange = yield* graphScoped()
      const wire = yield* wireToExchange(exchange, exchange.issueToken({ app: true }))
      const told = toldOf({ user: exchange.user })
      const book = makeFolderBook({ wire, told, mailboxPath: `/users/${exchange.user}` })
      yield* book.ensure(["Work"], plain)
      assert.deepStrictEqual(pathsOf(exchange), ["Work"])
    })
  )
})

describe("making a folder", () => {
  it.live("each is made once with its parents, however many ask at one time", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      const paths: ReadonlyArray<MailboxPath> = [
        ["Work", "A"],
        ["Work", "A"],
        ["Work", "B"],
        ["Work"],
        ["INBOX"],
        ["work", "a"]
      ]
      yield* Effect.forEach(paths, (path) => book.ensure(path, plain), { concurrency: "unbounded" })
      const made = pathsOf(exchange).map((path) => path.toLowerCase())
      assert.deepStrictEqual(made.toSorted(), ["work", "work/a", "work/b"])
      assert.strictEqual(createdBy(exchange), 3)
      const ids = yield* Effect.forEach(
        [
          ["Work", "A"],
          ["WORK", " a "]
        ] as const,
        (path) => book.idOf("append", path)
      )
      assert.strictEqual(new Set(ids).size, 1)
    })
  )

  it.live("one that somebody else made meanwhile is adopted, in whatever spelling", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      yield* book.list
      const { account } = exchange
      const work = account.addFolder("WORK", account.root)
      yield* book.ensure(["Work", "A"], plain)
      assert.strictEqual(yield* book.idOf("append", ["Work"]), work.id)
      assert.deepStrictEqual(
        pathsOf(exchange),
        ["WORK", "WORK/A"].filter((path) => path.startsWith("Work"))
      )
      assert.isDefined(account.folderAt("WORK/A"))
    })
  )

  it.live("the answer of a folder that was made got lost: the next try adopts it", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      exchange.commitThenDrop(1, ({ call }) => call === "mailFolders.create")
      assert.deepInclude(yield* reasonOf(book.ensure(["Work"], plain)), { _tag: "Transient", applied: "no" })
      yield* book.ensure(["Work"], plain)
      assert.deepStrictEqual(pathsOf(exchange), ["Work"])
    })
  )

  it.live("a folder that only Exchange uses is not taken for ours", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      const { account } = exchange
      account.addFolder("Work", account.root, { isHidden: true })
      for (const path of [["Outbox"], ["Work"], ["Work", "A"]] as const) {
        assert.deepInclude(yield* reasonOf(book.ensure(path, plain)), {
          _tag: "MailboxRejected",
          why: "name",
          instead: [`_${path[0]}`, ...path.slice(1)]
        })
      }
      assert.strictEqual(createdBy(exchange), 0)
    })
  )

  it.live("nothing is put below Deleted Items, nor taken for ours there", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      const { account } = exchange
      account.addFolder("Work", account.folder("deleteditems"))
      for (const path of [
        ["Deleted Items", "Work"],
        ["Deleted Items", "New"]
      ] as const) {
        assert.deepInclude(yield* reasonOf(book.ensure(path, plain)), {
          _tag: "MailboxRejected",
          why: "name"
        })
      }
      yield* book.ensure(["Work"], plain)
      assert.isDefined(account.folderAt("Work"))
    })
  )

  it.live("something that no list shows is in the way: the name is refused, and another is proposed", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      exchange.onRequest(({ call }) =>
        call === "mailFolders.create"
          ? { status: 409, body: '{"error":{"code":"ErrorFolderExists","message":"A folder exists."}}' }
          : undefined
      )
      assert.deepInclude(yield* reasonOf(book.ensure(["Kalender"], plain)), {
        _tag: "MailboxRejected",
        why: "name",
        instead: ["_Kalender"]
      })
    })
  )

  it.live("a name that Exchange does not take is refused as a name", () =>
    Effect.gen(function* () {
      const { book } = yield* opened()
      const reason = yield* reasonOf(book.ensure(["x".repeat(256)], plain))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "name" })
    })
  )

  it.live("a folder that vanished is made again, with what was below it", () =>
    Effect.gen(function* () {
      const { book, exchange } = yield* opened()
      yield* book.ensure(["Work", "A"], plain)
      const { account } = exchange
      const work = account.folderAt("Work")
      if (work !== undefined) account.removeFolder(work)
      book.forget(["work"])
      assert.deepInclude(yield* reasonOf(book.idOf("append", ["Work", "A"])), { why: "missing" })
      yield* book.ensure(["Work", "A"], plain)
      assert.strictEqual(yield* book.idOf("append", ["Work", "A"]), account.folderAt("Work/A")?.id)
    })
  )
})
