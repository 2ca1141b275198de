import { assert, describe, it } from "@effect/vitest"
import type { HeaderValue } from "@mailferry/imap/HeaderFields.ts"
import {
  bridgeKeywords,
  receivedAt,
  stableIdOf,
  withoutGluonId
} from "@mailferry/source-proton-bridge/BridgeIdentity.ts"
import { DateTime, Option } from "effect"

const header =
  (fields: Record<string, string>): HeaderValue =>
  (name) =>
    Option.fromUndefinedOr(fields[name])
const none = "1970-01-01T00:00:00.000Z"
const received = (internalDate: string, fields: Record<string, string>) =>
  DateTime.formatIso(receivedAt(DateTime.makeUnsafe(internalDate), header(fields)))

const id = "x".repeat(86) + "=="

describe("stableIdOf", () => {
  it("is Proton's id, and never gluon's, which a resync renews", () => {
    assert.deepStrictEqual(stableIdOf(header({ "X-Pm-Internal-Id": ` ${id}` })), Option.some(id))
    assert.deepStrictEqual(stableIdOf(header({ "X-Pm-Gluon-Id": "00000000-0000-0000" })), Option.none())
    assert.deepStrictEqual(stableIdOf(header({ "X-Pm-Internal-Id": " " })), Option.none())
  })
})

describe("receivedAt", () => {
  const internal = "2024-05-06T07:08:09.000Z"

  it("is INTERNALDATE, whatever Date claims", () => {
    const fields = { "X-Pm-Date": "Mon, 06 May 2024 07:08:09 +0000", Date: "Fri, 01 Jan 1999 00:00:00 +0000" }
    assert.strictEqual(received(internal, fields), "2024-05-06T07:08:09.000Z")
  })

  it("falls back to X-Pm-Date, then to Date", () => {
    const fields = { "X-Pm-Date": "Mon, 06 May 2024 07:08:09 +0000", Date: "Fri, 1 Jan 1999 00:00:00 +0200" }
    assert.strictEqual(received(none, fields), "2024-05-06T07:08:09.000Z")
    assert.strictEqual(received(none, { Date: fields.Date }), "1998-12-31T22:00:00.000Z")
  })

  it("is Date where Proton has no time and INTERNALDATE is only the moment of the sync", () => {
    const fields = { "X-Pm-Date": "Thu, 01 Jan 1970 00:00:00 +0000", Date: "Fri, 1 Jan 1999 00:00:00 -0130" }
    assert.strictEqual(received(internal, fields), "1999-01-01T01:30:00.000Z")
    assert.strictEqual(received(internal, { "X-Pm-Date": fields["X-Pm-Date"] }), "2024-05-06T07:08:09.000Z")
  })

  it.each([
    ["1 Jan 2020 10:00 GMT", "2020-01-01T10:00:00.000Z"],
    ["Wed, 1 Jan 2020 10:00:00 +0530 (IST)", "2020-01-01T04:30:00.000Z"],
    ["Wed, 1 Jan 2020 10:00:00", "2020-01-01T10:00:00.000Z"],
    ["yesterday", none],
    ["Wed, 1 Foo 2020 10:00:00 +0000", none]
  ])("reads the date %s without asking for the machine's time zone", (date, expected) => {
    assert.strictEqual(received(none, { Date: date }), expected)
  })

  it("stays 1970 when nothing says when", () => {
    assert.strictEqual(received(none, {}), none)
  })
})

describe("bridgeKeywords", () => {
  it("joins Bridge's two marks for a forwarded message into the registered one", () => {
    assert.deepStrictEqual(bridgeKeywords(new Set(["Forwarded", "$Forwarded"])), new Set(["$Forwarded"]))
    assert.deepStrictEqual(bridgeKeywords(new Set(["forwarded", "$Junk"])), new Set(["$Forwarded", "$Junk"]))
    assert.deepStrictEqual(bridgeKeywords(new Set()), new Set())
  })
})

describe("withoutGluonId", () => {
  const without = (message: string) =>
    Buffer.from(withoutGluonId(Buffer.from(message, "latin1"))).toString("latin1")
  const rest = `X-Pm-Internal-Id: ${id}\r\nSubject: \xff raw 8-bit\r\n\r\nX-Pm-Gluon-Id: in the body\r\n\x00`

  it("takes out the first line gluon writes and not an octet more", () => {
    assert.strictEqual(without(`X-Pm-Gluon-Id: 0b1c\r\n${rest}`), rest)
  })

  it("takes out the field where it is folded, further down, or in other letters", () => {
    assert.strictEqual(without(`X-Pm-Gluon-Id:\r\n 0b1c\r\n\tmore\r\n${rest}`), rest)
    assert.strictEqual(without(`From: a\r\nx-pm-gluon-id: 0b1c\r\n${rest}`), `From: a\r\n${rest}`)
    assert.strictEqual(without(`From: a\nX-PM-GLUON-ID : 0b1c\n\nbody`), "From: a\n\nbody")
  })

  it("leaves a second one, which came with the mail, and a body that mentions it", () => {
    assert.strictEqual(without(`X-Pm-Gluon-Id: 1\r\nX-Pm-Gluon-Id: 2\r\n\r\n`), "X-Pm-Gluon-Id: 2\r\n\r\n")
    assert.strictEqual(without(rest), rest)
  })

  it("survives a message that is nothing but that line, or nothing at all", () => {
    assert.strictEqual(without("X-Pm-Gluon-Id: 1"), "")
    assert.strictEqual(without(""), "")
    assert.strictEqual(without("no colon\r\nX-Pm-Gluon-Id: 1\r\n\r\nbody"), "no colon\r\n\r\nbody")
  })

  it("makes no second copy of a large message when the line comes first", () => {
    const octets = Buffer.from(`X-Pm-Gluon-Id: 1\r\n${rest}`)
    assert.strictEqual(withoutGluonId(octets).buffer, octets.buffer)
  })
})
