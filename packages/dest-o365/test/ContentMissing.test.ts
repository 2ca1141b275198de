import { assert, describe, it } from "@effect/vitest"
import { MessageLocator } from "@mailferry/core/Message.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { corpus } from "@mailferry/testkit/Corpus.ts"
import { Effect, Option } from "effect"

import { contentMissing } from "../src/ContentMissing.ts"
import { tortures } from "./message/Torture.ts"
import { connected } from "./support/connected.ts"
import { journaled } from "./support/journaled.ts"
import { mailWithFiles } from "./support/mailWithFiles.ts"
import { onlyMessage } from "./support/onlyMessage.ts"

const unhurried = { requestsPer10Minutes: Infinity, octetsPer5Minutes: Infinity } as const

/** Stores each and says what is missing of it when it is read back. */
const missingOf = Effect.fnUntraced(function* (
  all: ReadonlyArray<{ readonly name: string; readonly octets: Uint8Array }>
) {
  const server = yield* graphScoped(unhurried)
  const destination = yield* connected(server)
  const found: Array<string> = []
  for (const { name, octets } of all) {
    const { locator } = yield* destination.append(journaled(server, ["INBOX"], octets).request)
    const there = yield* destination.fetch(["INBOX"], Option.getOrThrow(locator))
    found.push(...contentMissing(there)(octets).map((missing) => `${name}: ${missing}`))
  }
  assert.lengthOf(server.account.messages, all.length)
  return found
})

describe("what Exchange gives back for a message", () => {
  it.live("has nothing missing, for torturous mail", () =>
    Effect.gen(function* () {
      const all = tortures.map(({ name, octets }) => ({ name, octets: octets() }))
      assert.deepStrictEqual(yield* missingOf(all), [])
    })
  )

  it.live("has nothing missing, for mail that movers have got wrong", () =>
    Effect.gen(function* () {
      const all = corpus.filter(({ large }) => !large).map(({ bytes, name }) => ({ name, octets: bytes() }))
      assert.deepStrictEqual(yield* missingOf(all), [])
    })
  )

  it.live("has nothing missing, for a sample of ten years of mail", () =>
    Effect.gen(function* () {
      const { messages, peculiar } = sampleMailbox({ messages: 150, largest: 3_200_000 })
      const names = new Map([...peculiar].flatMap(([name, ids]) => ids.map((id) => [id, name] as const)))
      const all = messages.map(({ id, raw }, n) => ({ name: names.get(id) ?? `number ${n}`, octets: raw }))
      assert.deepStrictEqual(yield* missingOf(all), [])
    })
  )
})

const text = "Ein Brief mit Umlauten: äöü, und <spitzen> Klammern & mehr."

const mail = () => Buffer.from(mailWithFiles([1000, 2000, 30], { body: text }))

/** What is missing when somebody changed the stored message before it is read back. */
const missingAfter = (change: (server: RehearsalGraph) => void, bytes: Uint8Array = mail()) =>
  Effect.gen(function* () {
    const server = yield* graphScoped()
    const destination = yield* connected(server)
    yield* destination.append(journaled(server, ["INBOX"], bytes).request)
    change(server)
    const { immutableId } = onlyMessage(server)
    return contentMissing(yield* destination.fetch(["INBOX"], MessageLocator(immutableId)))(bytes)
  })

const changingFile = (server: RehearsalGraph, at: number, change: (octets: Buffer) => Buffer) => {
  const { attachments } = onlyMessage(server)
  const attachment = attachments[at]
  if (attachment === undefined) throw new Error(`there is no file ${at}`)
  attachments[at] = { ...attachment, octets: server.account.keep(change(attachment.octets.read())) }
}

describe("what is missing is named", () => {
  it.live("one octet of one file", () =>
    Effect.gen(function* () {
      const missing = yield* missingAfter((server) =>
        changingFile(server, 1, (octets) => {
          octets[1999] = (octets[1999] ?? 0) ^ 1
          return octets
        })
      )
      assert.deepStrictEqual(missing, ["1 of its files is not there as sent"])
    })
  )

  it.live("the end of a file, and a file that is gone", () =>
    Effect.gen(function* () {
      const cut = yield* missingAfter((server) => changingFile(server, 2, (octets) => octets.subarray(0, 29)))
      assert.deepStrictEqual(cut, ["1 of its files is not there as sent"])
      const gone = yield* missingAfter((server) => void onlyMessage(server).attachments.splice(0, 2))
      assert.deepStrictEqual(gone, ["2 of its files are not there as sent"])
    })
  )

  it.live("one of two files that are alike", () =>
    Effect.gen(function* () {
      const twins = mailWithFiles([0, 0])
      const missing = yield* missingAfter((server) => void onlyMessage(server).attachments.pop(), twins)
      assert.deepStrictEqual(missing, ["1 of its files is not there as sent"])
    })
  )

  it.live("a letter of its text, and all of it", () =>
    Effect.gen(function* () {
      for (const content of [text.replace("äöü", "aöü"), text.replace("&", "and"), ""]) {
        const missing = yield* missingAfter((server) =>
          onlyMessage(server).change({ body: { contentType: "text", content } })
        )
        assert.deepStrictEqual(missing, ["its text is not the one that was sent"], content)
      }
    })
  )

  it.live("words of HTML, and nothing for what Exchange writes around them", () =>
    Effect.gen(function* () {
      const html = Buffer.from(
        mail().toString().replace("text/plain", "text/html").replace(text, "<p>one &amp; <b>two</b></p>")
      )
      const around = yield* missingAfter((server) => {
        const content =
          "<html><head><meta name=x><style>p{}</style></head>\r\n<body><p>one\r\n&amp;&nbsp;<b>two</b></p></body></html>"
        onlyMessage(server).change({ body: { contentType: "html", content } })
      }, html)
      assert.deepStrictEqual(around, [])
      const other = yield* missingAfter((server) => {
        onlyMessage(server).change({
          body: { contentType: "html", content: "<p>one &amp; <b>three</b></p>" }
        })
      }, html)
      assert.deepStrictEqual(other, ["its text is not the one that was sent"])
    })
  )

  it.live("nothing, for letters that are written as numbers now or were before", () =>
    Effect.gen(function* () {
      const sent = (body: string) =>
        Buffer.from(mail().toString().replace("text/plain", "text/html").replace(text, body))
      for (const [before, after] of [
        ["<p>\u2019s ist \u{1F600}</p>", "<p>&#8217;s ist &#x1F600;</p>"],
        ["<p>caf\u00E9 \u2013 10 \u20AC</p>", "<p>caf&eacute; &ndash; 10 &euro;</p>"],
        ["<p>&#8217;s &#XFC; &amp;#65;</p>", "<p>\u2019s \u00FC &amp;#65;</p>"]
      ] as const) {
        const missing = yield* missingAfter(
          (server) => onlyMessage(server).change({ body: { contentType: "html", content: after } }),
          sent(before)
        )
        assert.deepStrictEqual(missing, [], before)
      }
      const other = yield* missingAfter(
        (server) =>
          onlyMessage(server).change({ body: { contentType: "html", content: "&#1114112;&amp;#65;" } }),
        sent("A")
      )
      assert.deepStrictEqual(other, ["its text is not the one that was sent"])
    })
  )

  it.live("its Message-ID and its subject", () =>
    Effect.gen(function* () {
      const missing = yield* missingAfter((server) =>
        onlyMessage(server).change({ internetMessageId: "<another@x>", subject: "" })
      )
      assert.deepStrictEqual(missing, ["its Message-ID is another", "its subject is gone"])
    })
  )
})
