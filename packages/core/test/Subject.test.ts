import { assert, describe, it } from "@effect/vitest"
import { subjectOf } from "@mailferry/core/Subject.ts"
import { Option } from "effect"

const subject = (header: string | Uint8Array) =>
  Option.getOrUndefined(subjectOf(typeof header === "string" ? Buffer.from(header) : header))

const of = (value: string) =>
  subject(`From: a@b.c\r\nSubject: ${value}\r\nTo: d@e.f\r\n\r\nSubject: body\r\n`)

describe("subjectOf", () => {
  it.each<[field: string, shown: string | undefined]>([
    ["plain", "plain"],
    ["  blanks around  ", "blanks around"],
    ["folded\r\n over two lines", "folded over two lines"],
    ["folded\r\n\twith a tab", "folded with a tab"],
    ["\r\n only on the next line", "only on the next line"],
    ["=?utf-8?Q?caf=C3=A9?=", "café"],
    ["=?UTF-8?b?Y2Fmw6k=?=", "café"],
    ["=?utf8?Q?caf=C3=A9?=", "café"],
    ["=?iso-8859-1?q?caf=E9_au_lait?=", "café au lait"],
    ["=?windows-1252?q?=80_5?=", "€ 5"],
    ["=?cp1252?q?=80_5?=", "€ 5"],
    ["=?iso-8859-2?q?=B3=F3d=BC?=", "łódź"],
    ["=?koi8-r?B?79TXxdQ=?=", "Ответ"],
    ["=?windows-1250?q?=9Alut?=", "šlut"],
    ["=?gb18030?B?1tDOxA==?=", "中文"],
    ["=?shift_jis?B?k/qWew==?=", "日本"],
    ["=?utf-8*en?q?tagged?=", "tagged"],
    ["=?utf-8?q?one?= =?utf-8?q?_two?=", "one two"],
    ["=?utf-8?q?one?=\r\n =?utf-8?q?two?=", "onetwo"],
    ["=?utf-8?q?one?= two", "one two"],
    ["a =?utf-8?q?b?= c", "a b c"],
    ["=?x-unknown?q?abc?=", "abc"],
    ["=?utf-8?q?broken", "=?utf-8?q?broken"],
    ["=?utf-8?b?!!!?=", undefined],
    ["with\u0007bell", "with bell"],
    ["grüße 💌", "grüße 💌"],
    ["", undefined],
    ["   ", undefined]
  ])("shows %j as %j", (field, shown) => {
    assert.strictEqual(of(field), shown)
  })

  it("finds the field whatever its case and place, and only in the header", () => {
    assert.strictEqual(subject("SUBJECT:x\r\n\r\n"), "x")
    assert.strictEqual(subject("A: b\nsubject: y\n\nbody"), "y")
    assert.isUndefined(subject("From: a@b.c\r\n\r\nSubject: in the body\r\n"))
    assert.isUndefined(subject("X-Subject: other\r\n\r\n"))
    assert.isUndefined(subject(""))
  })

  it("shows the first of several", () => {
    assert.strictEqual(subject("Subject: first\r\nSubject: second\r\n\r\n"), "first")
  })

  it("does not take the next field for a continuation", () => {
    assert.strictEqual(subject("Subject:\r\nFrom: a@b.c\r\n\r\n"), undefined)
  })

  it("cuts at 200 characters, never within one", () => {
    assert.strictEqual(of("💌".repeat(300)), "💌".repeat(200))
  })

  it("survives octets that are no text", () => {
    const octets = Buffer.concat([
      Buffer.from("Subject: a"),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from("b\r\n\r\n")
    ])
    assert.match(subject(octets) ?? "", /^a.*b$/u)
  })

  it("reads a part of a larger buffer", () => {
    const whole = Buffer.from("garbageSubject: x\r\n\r\n")
    assert.strictEqual(subject(whole.subarray(7)), "x")
  })

  it("is quick on a header made to be slow", () => {
    assert.isUndefined(subject("\r\n ".repeat(30_000)))
    assert.isDefined(of("=?".repeat(20_000)))
    assert.isDefined(of(`=?utf-8?q?${" ".repeat(60_000)}`))
  })
})
