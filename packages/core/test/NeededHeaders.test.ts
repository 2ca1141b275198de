import { assert, describe, it } from "@effect/vitest"
import type { NeededHeader } from "@mailferry/core/Capabilities.ts"
import { fingerprintOf } from "@mailferry/core/Fingerprint.ts"
import { dateOf, fitHeaders, type FitOptions } from "@mailferry/core/NeededHeaders.ts"
import { isSentWithMore } from "@mailferry/core/SameMail.ts"
import { DateTime, Option } from "effect"

const internalDate = DateTime.makeUnsafe("2011-12-13T14:15:16Z")
const all: ReadonlySet<NeededHeader> = new Set(["Message-ID", "From", "Date"])

const octets = (text: string) => Buffer.from(text, "latin1")
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")

const fitted = (text: string, options: Partial<FitOptions> = {}) => {
  const bytes = octets(text)
  return fitHeaders(bytes, {
    needs: all,
    mend: false,
    internalDate,
    fingerprint: fingerprintOf(bytes),
    ...options
  })
}

const good = "From: ada@x.net\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\nMessage-ID: <1@x>\r\n"

describe("a message that has what a service insists on", () => {
  it("is not touched, not even copied", () => {
    const bytes = octets(`${good}\r\nhello`)
    const result = fitHeaders(bytes, { needs: all, mend: true, internalDate, fingerprint: "f" })
    assert.strictEqual(result.bytes, bytes)
    assert.deepStrictEqual(result.changes, [])
    assert.deepStrictEqual(result.messageId, Option.some("<1@x>"))
    assert.strictEqual(DateTime.formatIso(Option.getOrThrow(result.date)), "2003-07-01T08:52:37.000Z")
  })
})

describe("a missing Message-ID", () => {
  const lacking = "From: ada@x.net\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\n\r\nh\xe9llo\n\0"

  it("is one line before everything else, made from the octets as they were", () => {
    const { bytes, changes, messageId } = fitted(lacking)
    const id = `<${fingerprintOf(octets(lacking))}@import.invalid>`
    assert.strictEqual(textOf(bytes), `Message-ID: ${id}\r\n${lacking}`)
    assert.deepStrictEqual(messageId, Option.some(id))
    assert.deepStrictEqual(changes, [{ kind: "message-id-added", detail: id }])
  })

  it("is the same on every try, and another for another message", () => {
    assert.deepStrictEqual(fitted(lacking).bytes, fitted(lacking).bytes)
    assert.notDeepEqual(fitted(lacking).messageId, fitted(`${lacking}!`).messageId)
  })

  it("is added where there is one with nothing in it, which is kept under another name", () => {
    const { bytes } = fitted(`Message-ID: \r\n${lacking}`)
    assert.match(
      textOf(bytes),
      /^Message-ID: <[0-9a-f]{64}@import\.invalid>\r\nX-Mailferry-Original-Message-ID: \r\nFrom/u
    )
  })

  it("is not added where the service does not insist on it", () => {
    assert.strictEqual(textOf(fitted(lacking, { needs: new Set() }).bytes), lacking)
  })

  it("does not replace one that nobody could quote: such a message has none to be found by", () => {
    const odd = lacking.replace("From", "Message-ID: not an id\r\nFrom")
    const { bytes, messageId } = fitted(odd)
    assert.strictEqual(textOf(bytes), odd)
    assert.deepStrictEqual(messageId, Option.none())
  })
})

describe("From and Date", () => {
  it("stay as they are unless mending is asked for, and a message without a date is reported", () => {
    const text = "Message-ID: <1@x>\r\nFrom: nobody\r\n\r\nhello"
    const { bytes, changes } = fitted(text)
    assert.strictEqual(textOf(bytes), text)
    assert.deepStrictEqual(
      changes.map(({ kind }) => kind),
      ["date-of-arrival"]
    )
  })

  it.each([
    ["no From", "", "From: <unknown@sender.invalid>\r\n", ""],
    [
      "a From without an address",
      "From: nobody\r\n",
      "From: <unknown@sender.invalid>\r\n",
      "From: nobody\r\n"
    ],
    ["no From but a Sender", "Sender: Bob <bob@x.net>\r\n", "From: <bob@x.net>\r\n", ""],
    [
      "a folded From without an address",
      "From: a\r\n b\r\n",
      "From: <unknown@sender.invalid>\r\n",
      "From: a\r\n b\r\n"
    ]
  ])("are mended when asked: %s", (_, header, mended, kept) => {
    const rest = "Date: Tue, 1 Jul 2003 10:52:37 +0200\r\nMessage-ID: <1@x>\r\n\r\nhello\n"
    const { bytes, changes } = fitted(`${header}${rest}`, { mend: true })
    const original = kept === "" ? header : `X-Mailferry-Original-${kept}`
    assert.strictEqual(textOf(bytes), `${mended}${original}${rest}`)
    assert.deepStrictEqual(
      changes.map(({ kind }) => kind),
      ["header-mended"]
    )
  })

  it("are mended when there are several, of which each is kept", () => {
    const text = `From: a@x.net\r\nFrom: b@x.net\r\n${good.slice(good.indexOf("Date"))}\r\nhello`
    assert.match(
      textOf(fitted(text, { mend: true }).bytes),
      /^From: <a@x\.net>\r\nX-Mailferry-Original-From: a@x\.net\r\nX-Mailferry-Original-From: b@x\.net\r\nDate/u
    )
  })

  it("take the INTERNALDATE when there is no date to be read", () => {
    const text = "From: ada@x.net\r\nDate: yesterday\r\nMessage-ID: <1@x>\r\n\r\nhello"
    const { bytes, date } = fitted(text, { mend: true })
    assert.match(textOf(bytes), /^Date: Tue, 13 Dec 2011 14:15:16 \+0000\r\nFrom/u)
    assert.include(textOf(bytes), "X-Mailferry-Original-Date: yesterday\r\n")
    assert.deepStrictEqual(date, Option.some(internalDate))
  })
})

describe("the instant of a Date header", () => {
  it.each([
    ["Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37.000Z"],
    ["1 Jul 2003 10:52 +0000", "2003-07-01T10:52:00.000Z"],
    ["Tue, 01 Jul 2003 10:52:37 -0730 (PDT)", "2003-07-01T18:22:37.000Z"],
    ["Fri, 21 Nov 97 09:55:06 EST", "1997-11-21T14:55:06.000Z"],
    ["Sat, 31 Dec 05 23:59:59 GMT", "2005-12-31T23:59:59.000Z"],
    ["Tue,  1 Jul (a comment) 2003 10:52:37 UT", "2003-07-01T10:52:37.000Z"],
    ["Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59.000Z"]
  ])("is read as RFC 5322 says: %s", (text, instant) => {
    assert.strictEqual(Option.getOrUndefined(Option.map(dateOf(text), DateTime.formatIso)), instant)
  })

  it.each([
    "",
    "yesterday",
    "32 Jul 2003 10:52:37 +0000",
    "1 Foo 2003 10:52:37 +0000",
    "1 Jul 2003 25:00:00 +0000",
    "Thu, 31 Feb 2019 12:00:00 +0000"
  ])("is none where there is none: %s", (text) => assert.deepStrictEqual(dateOf(text), Option.none()))
})

describe("a message that a service has added header fields to", () => {
  const sent = octets(`${good}Subject: a\r\n b\r\n\r\nbody\r\n`)

  it.each([
    ["before", `Received: x\r\n${good}Subject: a\r\n b\r\n\r\nbody\r\n`, true],
    ["in between", good.replace("Date", "X-Gm: 1\r\nDate") + "Subject: a\r\n b\r\n\r\nbody\r\n", true],
    ["and a field changed", `Received: x\r\n${good}Subject: a\r\n  b\r\n\r\nbody\r\n`, false],
    ["and a field taken away", `Received: x\r\n${good}\r\nbody\r\n`, false],
    ["and the body changed", `Received: x\r\n${good}Subject: a\r\n b\r\n\r\nBody\r\n`, false]
  ])("is the one that was sent exactly when nothing else has changed: %s", (_, there, same) => {
    assert.strictEqual(isSentWithMore(sent, octets(there)), same)
  })
})
