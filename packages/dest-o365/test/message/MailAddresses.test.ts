import { describe, expect, it } from "vitest"

import { mailAddresses } from "../../src/message/MailAddresses.ts"
import { mimeTree } from "../../src/message/MimeTree.ts"
import { violations } from "./GraphContract.ts"
import { built, everyday, letter } from "./Letters.ts"

const addresses = (...lines: ReadonlyArray<string>) => mailAddresses(mimeTree(letter(lines)))
const kinds = ({ losses }: ReturnType<typeof mailAddresses>) => losses.map(({ kind }) => kind)

describe("who a message is from", () => {
  it("is the first author, and the sender where it is another", () => {
    const found = addresses("From: Ann <ann@a.example>", "Sender: post@a.example")
    expect(found.from).toEqual({ emailAddress: { address: "ann@a.example", name: "Ann" } })
    expect(found.sender).toEqual({ emailAddress: { address: "post@a.example" } })
  })

  it("is the sender too when none is named, never the mailbox's owner", () => {
    const { from, sender } = addresses("From: ann@a.example")
    expect(sender).toEqual(from)
  })

  it("is a stand-in with the name that is there when there is no address, and told", () => {
    const found = addresses('From: "The Boss"')
    expect(found.from.emailAddress).toEqual({ address: "unknown@sender.invalid", name: "The Boss" })
    expect(kinds(found)).toEqual(["sender-missing"])
  })

  it("is the Sender when From holds nothing, and told", () => {
    const found = addresses("From: undisclosed", "Sender: s@a.example")
    expect(found.from.emailAddress.address).toBe("s@a.example")
    expect(kinds(found)).toEqual(["sender-missing"])
  })

  it("tells of further authors", () => {
    expect(kinds(addresses("From: a@a.example, b@b.example"))).toEqual(["address-dropped"])
  })
})

describe("recipients", () => {
  it("come out of groups, in order, with their names as text", () => {
    const found = addresses(
      "From: a@a.example",
      "To: Team: =?iso-8859-1?Q?Fran=E7ois?= <f@b.example>, g@b.example;, h@b.example"
    )
    expect(found.toRecipients.map(({ emailAddress }) => emailAddress)).toEqual([
      { address: "f@b.example", name: "François" },
      { address: "g@b.example" },
      { address: "h@b.example" }
    ])
  })

  it("are none where they are undisclosed, and nothing is told of it", () => {
    const found = addresses("From: a@a.example", "To: undisclosed-recipients:;")
    expect(found.toRecipients).toEqual([])
    expect(found.losses).toEqual([])
  })

  it("are those of both fields when there are two", () => {
    const found = addresses("From: a@a.example", "Cc: b@b.example", "Cc: c@c.example")
    expect(found.ccRecipients).toHaveLength(2)
  })

  it.each(["nobody", "a@", "@b.example", "<a@b@c>", '"x" <>'])(
    "without a usable address are left in the internet headers, and told: %s",
    (who) => {
      const found = addresses("From: a@a.example", `To: ok@b.example, ${who}`)
      expect(found.toRecipients).toEqual([{ emailAddress: { address: "ok@b.example" } }])
      expect(kinds(found)).toEqual(["address-dropped"])
    }
  )

  it("of Reply-To are left out when they are the author", () => {
    expect(addresses("From: a@a.example", "Reply-To: A <A@a.example>").replyTo).toEqual([])
    expect(addresses("From: a@a.example", "Reply-To: l@l.example").replyTo).toHaveLength(1)
  })

  it("may be 5,000", () => {
    const all = Array.from({ length: 5000 }, (_, index) => `"Member, ${index}" <m${index}@choir.example>`)
    const { losses, request } = built(letter([...everyday, `Cc: ${all.join(",\r\n ")}`]))
    expect(request.ccRecipients).toHaveLength(5000)
    expect(request.ccRecipients[4999]?.emailAddress).toEqual({
      address: "m4999@choir.example",
      name: "Member, 4999"
    })
    expect(violations("message", request)).toBe("")
    expect(losses.map(({ kind }) => kind)).toEqual(["headers-cut"])
  })
})
