import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { Effect, Option } from "effect"

import { makeLabelBook } from "../../src/labels/LabelBook.ts"
import type { LabelRefused } from "../../src/labels/LabelPort.ts"
import { ToyLabels } from "./ToyLabels.ts"

const names = ({ created }: ToyLabels) => created.map(({ name }) => name)

const refusal = (effect: Effect.Effect<unknown, MailError>) =>
  Effect.map(Effect.flip(effect), ({ reason }) =>
    reason._tag === "MailboxRejected"
      ? { why: reason.why, detail: reason.detail, instead: reason.instead }
      : { why: reason._tag, detail: reason.detail, instead: undefined }
  )

const answer = (why: LabelRefused["why"], detail: string): LabelRefused => ({
  _tag: "LabelRefused",
  why,
  detail
})

describe("the book of labels", () => {
  it.effect("asks for the labels once, however many want to know", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels("Work")
      const book = makeLabelBook(gmail.port)
      const asked = Array.from({ length: 20 }, () => book.labelIds(["Work"]))
      const ids = yield* Effect.all(asked, { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(ids.map((id) => Option.getOrUndefined(id)?.[0])), new Set(["Label_1"]))
      assert.strictEqual(gmail.lists, 1)
    })
  )

  it.effect(
    "makes a label and its parents, parents first, each once, shown in the list and with messages",
    () =>
      Effect.gen(function* () {
        const gmail = new ToyLabels()
        const book = makeLabelBook(gmail.port)
        const wanted: ReadonlyArray<MailboxPath> = [
          ["A", "B", "C"],
          ["A", "B"],
          ["a", "b", "D"],
          ["A"],
          ["A", "B", "C"]
        ]
        yield* Effect.forEach(wanted, book.ensure, { concurrency: "unbounded" })
        assert.deepStrictEqual(names(gmail), ["A", "A/B", "A/B/C", "A/B/D"])
        assert.deepStrictEqual(gmail.created[0], {
          name: "A",
          labelListVisibility: "labelShow",
          messageListVisibility: "show"
        })
        yield* Effect.forEach(wanted, book.ensure)
        assert.lengthOf(gmail.created, 4)
        assert.strictEqual(gmail.lists, 1)
      })
  )

  it.effect("uses a label in the spelling it has, and builds below it so", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels("WORK")
      const book = makeLabelBook(gmail.port)
      yield* book.ensure(["Work"])
      yield* book.ensure(["Work", "2019"])
      assert.deepStrictEqual(names(gmail), ["WORK/2019"])
      assert.deepStrictEqual(yield* book.labelIds(["work", "2019"]), Option.some(["Label_2"]))
    })
  )

  it.effect("makes nothing of Gmail's own places, and knows their labels without asking", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port)
      for (const path of [["INBOX"], ["Sent"], ["Spam"], ["Trash"], ["All Mail"]] as const)
        yield* book.ensure(path)
      assert.deepStrictEqual(yield* book.labelIds(["INBOX"]), Option.some(["INBOX"]))
      assert.deepStrictEqual(yield* book.labelIds(["All Mail"]), Option.some([]))
      assert.strictEqual(gmail.lists, 0)
      assert.lengthOf(gmail.created, 0)
    })
  )

  it.effect("does not take a system label for the mailbox that is called like it", () =>
    Effect.gen(function* () {
      const book = makeLabelBook(new ToyLabels().port)
      assert.deepStrictEqual(yield* book.labelIds(["Unread"]), Option.none())
    })
  )

  it.effect("after a 409 takes the label that somebody else made in another spelling", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port)
      yield* book.labelIds(["Work"])
      const { id } = gmail.add("wORK")
      yield* book.ensure(["Work"])
      assert.strictEqual(gmail.lists, 2)
      assert.deepStrictEqual(yield* book.labelIds(["Work"]), Option.some([id]))
    })
  )

  it.effect("after a 409 without such a label rejects the name by name, and says what to try instead", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      gmail.refusals.set("Póstur", answer("exists", "Label name exists or conflicts"))
      const book = makeLabelBook(gmail.port)
      const rejected = yield* refusal(book.ensure(["Póstur", "2019"]))
      assert.strictEqual(rejected.why, "name")
      assert.include(rejected.detail, '"Póstur"')
      assert.include(rejected.detail, "Label name exists or conflicts")
      assert.deepStrictEqual(rejected.instead, ["_Póstur", "2019"])
      yield* book.ensure(["_Póstur", "2019"])
      assert.deepStrictEqual(names(gmail), ["Póstur", "_Póstur", "_Póstur/2019"])
    })
  )

  it.effect(
    "proposes nothing where a name below another label, or one with a prefix already, is refused",
    () =>
      Effect.gen(function* () {
        const gmail = new ToyLabels("Work")
        gmail.refusals.set("Work/x", answer("name", "Invalid label name"))
        gmail.refusals.set("_x", answer("name", "Invalid label name"))
        const book = makeLabelBook(gmail.port)
        assert.isUndefined((yield* refusal(book.ensure(["Work", "x"]))).instead)
        assert.isUndefined((yield* refusal(book.ensure(["_x"]))).instead)
      })
  )

  it.effect("proposes another apostrophe where one is refused, since it is the likely reason", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      gmail.refusals.set("Mum's", answer("name", "Invalid label name"))
      const book = makeLabelBook(gmail.port)
      const rejected = yield* refusal(book.ensure(["Mum's", "2019"]))
      assert.deepStrictEqual(rejected.instead, ["Mum\u2019s", "2019"])
    })
  )

  it.effect("does not ask for a name that is too long with its parents", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port)
      const level = "x".repeat(100)
      const rejected = yield* refusal(book.ensure([level, level, level]))
      assert.strictEqual(rejected.why, "name")
      assert.include(rejected.detail, "225")
      assert.lengthOf(gmail.created, 0)
    })
  )

  it.effect("gives a label the colour that was named, and makes it without when Gmail does not take it", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port, {
        colourOf: (path) =>
          path.at(-1) === "Red" ? "#fa4b2e" : path.at(-1) === "Odd" ? "reddish" : undefined
      })
      yield* book.ensure(["Red"])
      yield* book.ensure(["Grey"])
      yield* book.ensure(["Odd"])
      assert.deepStrictEqual(
        gmail.created.map(({ color }) => color),
        [{ backgroundColor: "#fb4c2f", textColor: "#000000" }, undefined, undefined]
      )
      gmail.refusesColours = true
      yield* book.ensure(["More", "Red"])
      assert.deepStrictEqual(
        gmail.created.slice(3).map(({ color, name }) => [name, color !== undefined]),
        [
          ["More", false],
          ["More/Red", true],
          ["More/Red", false]
        ]
      )
      assert.strictEqual(Option.isSome(yield* book.labelIds(["More", "Red"])), true)
    })
  )

  it.effect("stops at 10,000 labels before Gmail does, with a word about it", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels(...Array.from({ length: 9999 }, (_, n) => `L${n}`))
      const book = makeLabelBook(gmail.port)
      yield* book.ensure(["Last"])
      const rejected = yield* refusal(book.ensure(["One too many"]))
      assert.deepStrictEqual(rejected, {
        why: "name",
        detail: 'the account has 10000 labels, which is all that Gmail holds: "One too many" is one too many',
        instead: undefined
      })
      yield* book.ensure(["L17"])
      assert.deepStrictEqual(names(gmail), ["Last"])
    })
  )

  it.effect("forgets a label that a person deleted, so that it can be made again", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels("Work")
      const book = makeLabelBook(gmail.port)
      yield* book.labelIds(["Work"])
      const id = gmail.remove("Work")
      const error = yield* Effect.flip(book.deleted("append", id, `Invalid label: ${id}`))
      assert.deepInclude(error.reason, { _tag: "MailboxRejected", why: "missing", mailbox: ["Work"] })
      assert.deepStrictEqual(yield* book.labelIds(["Work"]), Option.none())
      yield* book.ensure(["Work"])
      assert.deepStrictEqual(yield* book.labelIds(["Work"]), Option.some(["Label_2"]))
    })
  )

  it.effect("hands on what has nothing to do with the name, and makes the label when asked again", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port)
      gmail.hiccups = 1
      assert.strictEqual((yield* refusal(book.ensure(["A"]))).why, "Transient")
      yield* book.ensure(["A"])
      assert.deepStrictEqual(names(gmail), ["A"])
    })
  )

  it.effect("a label whose making was lost on the way is found by its 409", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels()
      const book = makeLabelBook(gmail.port)
      yield* book.labelIds(["A"])
      // Made, and the answer never came.
      gmail.add("A")
      yield* book.ensure(["A", "B"])
      assert.deepStrictEqual(
        gmail.labels.map(({ name }) => name),
        ["INBOX", "UNREAD", "A", "A/B"]
      )
    })
  )

  it.effect("keeps a label that was made while a list without it was on its way", () =>
    Effect.gen(function* () {
      const gmail = new ToyLabels("Old")
      const book = makeLabelBook(gmail.port)
      yield* book.labelIds(["Old"])
      gmail.listTurns = 20
      yield* Effect.all([book.list, book.ensure(["New"])], { concurrency: "unbounded" })
      assert.strictEqual(Option.isSome(yield* book.labelIds(["New"])), true)
      assert.strictEqual(gmail.lists, 2)
    })
  )
})
