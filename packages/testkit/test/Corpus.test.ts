import { assert, describe, it } from "@effect/vitest"
import { corpus, wellFormedCorpus } from "@mailferry/testkit/Corpus.ts"
import { sampleAccount } from "@mailferry/testkit/SampleAccount.ts"
import { Option } from "effect"

import { headerField } from "../src/internal/headerField.ts"

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")

describe("the corpus", () => {
  it("has each message once, told apart by name and octets", () => {
    const small = corpus.filter(({ large }) => !large)
    assert.strictEqual(new Set(corpus.map(({ name }) => name)).size, corpus.length)
    assert.strictEqual(new Set(small.map(({ bytes }) => text(bytes()))).size, small.length)
  })

  it("tells the Message-ID that is in the message", () => {
    for (const { name, bytes, messageId, large } of corpus) {
      if (large) continue
      assert.strictEqual(headerField(bytes(), "Message-ID"), Option.getOrUndefined(messageId), name)
    }
  })

  it("is well-formed where it says so: CRLF line ends, no NUL, 7-bit header, lines within 998 octets", () => {
    for (const { name, bytes } of wellFormedCorpus) {
      const message = text(bytes())
      assert.notMatch(message, /(?<!\r)\n|\r(?!\n)|\0/u, name)
      assert.match(message.slice(0, message.indexOf("\r\n\r\n")), /^[\t\r\n\u0020-\u007e]*$/u, name)
      assert.isAtMost(Math.max(...message.split("\r\n").map(({ length }) => length)), 998, name)
    }
  })

  it("holds 25 MiB only for as long as somebody asks for it", () => {
    const large = corpus.filter((message) => message.large)
    for (const { bytes } of large) {
      assert.notStrictEqual(bytes(), bytes())
      assert.strictEqual(bytes().length, 25 * 1024 * 1024)
    }
    assert.strictEqual(large.length, 1)
  })
})

describe("the sample account", () => {
  it("holds what the laws are told it holds", () => {
    const { mailboxes, facts } = sampleAccount()
    const messagesOf = (path: ReadonlyArray<string>) => [
      ...(mailboxes.find((mailbox) => mailbox.path.join("/") === path.join("/"))?.messages ?? [])
    ]
    assert.strictEqual(messagesOf(facts.long.mailbox).length, facts.long.messages)
    const known = messagesOf(facts.known.mailbox).filter(({ bytes }) => bytes === facts.known.bytes)
    assert.strictEqual(known.length, 1)
    for (const path of facts.shared.mailboxes) {
      const shown = messagesOf(path).filter(
        ({ bytes }) => headerField(bytes, "Message-ID") === facts.shared.messageId
      )
      assert.strictEqual(shown.length, 1, path.join("/"))
    }
    assert.strictEqual(messagesOf(facts.scratch).length, 0)
  })
})
