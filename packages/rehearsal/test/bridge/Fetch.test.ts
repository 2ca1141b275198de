import { assert, describe, it } from "@effect/vitest"
import { SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"

import { signedIn, untimed, withBridge } from "./RawClient.ts"
import { protonId, tinyAccount } from "./TinyAccount.ts"

describe("fetch", () => {
  const many = (count: number) =>
    tinyAccount(
      Array.from({ length: count }, (_, index) => ({ name: `m${index + 1}`, time: 1_700_000_000 - index }))
    )

  it("numbers the newest message 1", async () => {
    await withBridge(many(3), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const [line = ""] = await client.command("FETCH 1 (INTERNALDATE BODY.PEEK[HEADER.FIELDS (subject)])")
      assert.strictEqual(
        line,
        '* 1 FETCH (INTERNALDATE "14-Nov-2023 22:13:20 +0000" BODY[HEADER.FIELDS (SUBJECT)] {15}\r\nSubject: m1\r\n\r\n)'
      )
    })
  })

  it("adds the UID at the end when nobody asked for it", async () => {
    await withBridge(many(1), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      await client.command("EXAMINE INBOX")
      assert.deepStrictEqual(untimed(await client.command("UID FETCH 1 (FLAGS)")), [
        "* 1 FETCH (FLAGS () UID 1)",
        "T OK command completed in N microsec."
      ])
      assert.include(await client.command("UID FETCH 1 (UID FLAGS)"), "* 1 FETCH (UID 1 FLAGS ())")
      assert.include(await client.command("FETCH 1 FLAGS"), "* 1 FETCH (FLAGS ())")
    })
  })

  it("answers in any order when several messages are asked for", async () => {
    await withBridge(many(40), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const lines = (await client.command("FETCH 1:* (UID)")).slice(0, -1)
      const numbers = lines.map((line) => Number(/^\* (\d+) FETCH/u.exec(line)?.[1]))
      assert.notDeepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b)
      )
      assert.deepStrictEqual(
        numbers.toSorted((a, b) => a - b),
        Array.from({ length: 40 }, (_, index) => index + 1)
      )
    })
  })

  it("sends some messages and then NO when one cannot be loaded", async () => {
    await withBridge(many(12), {}, async (bridge) => {
      bridge.failFetchOf(protonId("m9"))
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const lines = await client.command("UID FETCH 1:* (BODY.PEEK[])")
      assert.isAbove(lines.length, 1)
      assert.isBelow(lines.length, 12)
      assert.match(
        lines.at(-1) ?? "",
        /^T NO message failed to load from cache \(.+\), failed to download from connector: .+$/u
      )
      const headers = await client.command("UID FETCH 9 (FLAGS RFC822.SIZE ENVELOPE)")
      assert.match(headers.join("|"), /^\* 9 FETCH .*T OK/u)
    })
  })

  it("calls a sequence number that does not exist BAD, and a UID that does not exist nothing", async () => {
    await withBridge(many(2), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      assert.deepStrictEqual(await client.command("FETCH 3 FLAGS"), ["T BAD no such message"])
      assert.deepStrictEqual(untimed(await client.command("UID FETCH 3:9 FLAGS")).slice(-1), [
        "T OK command completed in N microsec."
      ])
      await client.command("EXAMINE Archive")
      assert.deepStrictEqual(await client.command("FETCH 1:* FLAGS"), ["T BAD no such message"])
      assert.deepStrictEqual(untimed(await client.command("UID FETCH 1:* FLAGS")), [
        "T OK command completed in N microsec."
      ])
    })
  })

  it("marks a message read on Proton when its body is read without PEEK, but not after EXAMINE", async () => {
    const account = many(1)
    await withBridge(account, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      await client.command("FETCH 1 BODY[]")
      await client.command("SELECT INBOX")
      await client.command("FETCH 1 (BODY.PEEK[] RFC822.HEADER)")
      assert.isTrue(account.messages[0]?.unread)
      assert.deepStrictEqual(bridge.writes, [])
      const [line = ""] = await client.command("FETCH 1 BODY[TEXT]")
      assert.match(line, /FLAGS \(\\Recent \\Seen\)\)$/u)
      assert.isFalse(account.messages[0]?.unread)
      assert.deepStrictEqual(bridge.writes, [{ command: "FETCH", mailbox: "INBOX", session: 1 }])
    })
  })

  it("quotes ENVELOPE as Go does, so that a zero-width space becomes u200b", async () => {
    const subject = "zérou\u200bwidth\ttab"
    const raw = `From: Jörg <j@example.com>\r\nSubject: =?utf-8?B?${Buffer.from(subject).toString("base64")}?=\r\nDate: Fri, 01 Mar 2024 10:00:00 +0000\r\nMessage-ID: <x@example.com>\r\n\r\nHi\r\n`
    await withBridge(tinyAccount([{ name: "odd", raw }]), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const [line = ""] = await client.command("FETCH 1 ENVELOPE")
      assert.include(line, '"zérou\\u200bwidth\\ttab"')
      assert.include(line, '(("Jörg" NIL "j" "example.com"))')
    })
  })

  it("refuses a part that is not there", async () => {
    await withBridge(many(1), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      assert.include((await client.command("FETCH 1 BODY.PEEK[1]")).join("|"), "This is m1.")
      assert.deepStrictEqual(await client.command("FETCH 1 BODY.PEEK[2]"), ["T NO no such parts exists"])
    })
  })

  it("shows one message under one literal in every mailbox", async () => {
    const account = tinyAccount(
      [{ name: "one", labels: [SystemLabel.archive, "L", SystemLabel.starred] }],
      [{ id: "L", kind: "label", path: ["l"] }]
    )
    await withBridge(account, {}, async (bridge) => {
      const client = await signedIn(bridge)
      const seen = new Set<string>()
      for (const name of ["Archive", "Labels/l", "Starred", '"All Mail"']) {
        await client.command(`EXAMINE ${name}`)
        const [line = ""] = await client.command("FETCH 1 (RFC822.SIZE FLAGS BODY.PEEK[])")
        seen.add(line)
      }
      assert.strictEqual(seen.size, 1)
      const [line = ""] = seen
      const size = Number(/RFC822\.SIZE (\d+)/u.exec(line)?.[1])
      assert.include(line, `BODY[] {${size}}\r\nX-Pm-Gluon-Id: `)
      assert.include(line, "FLAGS (\\Flagged \\Recent)")
    })
  })
})
