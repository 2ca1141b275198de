import { assert, describe, it } from "@effect/vitest"
import { SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"

import { type RawClient, signedIn, untimed, withBridge } from "./RawClient.ts"
import { protonId, tinyAccount } from "./TinyAccount.ts"

const account = () =>
  tinyAccount(
    [
      { name: "one", time: 2 },
      { name: "two", time: 1 }
    ],
    [
      { id: "F", kind: "folder", path: ["f"] },
      { id: "L", kind: "label", path: ["l"] }
    ]
  )

const append = async (client: RawClient, mailbox: string, octets: string): Promise<string> => {
  client.send(`a APPEND ${mailbox} (\\Seen) "01-Mar-2024 10:00:00 +0100" {${octets.length}}\r\n`)
  const answer = await client.line()
  if (answer !== "+ Ready") return answer ?? ""
  client.send(`${octets}\r\n`)
  for (let line = await client.line(); line !== undefined; line = await client.line()) {
    if (line.startsWith("a ")) return line
  }
  return ""
}

describe("a write", () => {
  it("changes flags on Proton, in every mailbox at once", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      assert.deepStrictEqual(untimed(await client.command("STORE 1 +FLAGS (\\Seen \\Flagged)")), [
        "* 1 FETCH (FLAGS (\\Flagged \\Recent \\Seen))",
        "T OK command completed in N microsec."
      ])
      assert.lengthOf(await client.command("STORE 1 -FLAGS.SILENT (\\Flagged)"), 1)
      assert.isFalse(live.messages[0]?.unread)
      assert.isFalse(live.messages[0]?.labelIds.has(SystemLabel.starred))
      assert.deepStrictEqual(
        bridge.writes.map((write) => write.command),
        ["STORE", "STORE"]
      )
    })
  })

  it("is refused after EXAMINE, and is on record all the same", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      for (const command of ["STORE 1 +FLAGS \\Seen", "COPY 1 Archive", "MOVE 1 Archive", "EXPUNGE"]) {
        assert.deepStrictEqual(await client.command(command), ["T NO the mailbox is read-only"])
      }
      assert.lengthOf(bridge.writes, 4)
      assert.isTrue(live.messages[0]?.unread)
    })
  })

  it("imports an appended message, with its flags and its date", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.match(
        await append(client, "Folders/f", "Subject: new\r\n\r\nHi\r\n"),
        /^a OK \[APPENDUID \d+ 1\] APPEND$/u
      )
      const added = live.messages[2]
      assert.match(added?.id ?? "", /^[A-Za-z0-9_-]{86}==$/u)
      assert.strictEqual(added?.time, Date.UTC(2024, 2, 1, 9) / 1000)
      assert.isFalse(added?.unread)
      assert.deepStrictEqual([...(added?.labelIds ?? [])], ["F"])
    })
  })

  it("files a message that came back with its Gluon id instead of importing it again", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const [fetched = ""] = await client.command("FETCH 1 BODY.PEEK[]")
      const literal = fetched.slice(fetched.indexOf("\r\n") + 2, -1)
      assert.match(await append(client, "Labels/l", literal), /APPENDUID/u)
      assert.lengthOf(live.messages, 2)
      assert.isTrue(live.messages[0]?.labelIds.has("L"))
    })
  })

  it("goes into neither All Mail nor a placeholder nor nowhere", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.strictEqual(await append(client, '"All Mail"', "x: y\r\n\r\n"), "a NO operation not allowed")
      assert.strictEqual(await append(client, "Labels", "x: y\r\n\r\n"), "a NO operation not allowed")
      assert.strictEqual(await append(client, "Nowhere", "x: y\r\n\r\n"), "a NO [TRYCREATE] no such mailbox")
      assert.lengthOf(bridge.writes, 3)
    })
  })

  it("copies a label on and moves between folders", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      assert.match(
        (await client.command("UID COPY 1:2 Labels/l")).at(-1) ?? "",
        /^T OK \[COPYUID \d+ 1:2 1:2\] /u
      )
      assert.include(await client.command("UID MOVE 1 Folders/f"), "* 1 EXPUNGE")
      assert.deepStrictEqual([...(live.messages[0]?.labelIds ?? [])].toSorted(), ["F", "L"])
      assert.deepStrictEqual([...(live.messages[1]?.labelIds ?? [])].toSorted(), ["0", "L"])
    })
  })

  it("keeps an expunged message in All Mail, except from Trash", async () => {
    const live = account()
    live.messages.push(...tinyAccount([{ name: "old", labels: [SystemLabel.trash] }]).messages)
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      await client.command("STORE 1 +FLAGS.SILENT \\Deleted")
      assert.deepStrictEqual(await client.command("EXPUNGE"), ["* 1 EXPUNGE", "T OK EXPUNGE"])
      await client.command("SELECT Trash")
      await client.command("STORE 1 +FLAGS.SILENT \\Deleted")
      assert.deepStrictEqual(await client.command("UID EXPUNGE 1"), ["* 1 EXPUNGE", "T OK EXPUNGE"])
      assert.deepStrictEqual(
        live.messages.map((message) => message.id),
        [protonId("one"), protonId("two")]
      )
      assert.include(await client.command('EXAMINE "All Mail"'), "* 2 EXISTS")
    })
  })

  it("makes, renames and deletes mailboxes only where Proton has them", async () => {
    const live = account()
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.deepStrictEqual(await client.command("CREATE Folders/new/deep"), ["T OK CREATE"])
      assert.deepStrictEqual(await client.command("CREATE elsewhere"), ["T NO operation not allowed"])
      assert.deepStrictEqual(await client.command("CREATE Folders/f"), [
        "T NO a mailbox with that name already exists"
      ])
      assert.deepStrictEqual(await client.command("RENAME Folders/f Folders/g"), ["T OK RENAME"])
      assert.deepStrictEqual(await client.command("DELETE Labels/l"), ["T OK DELETE"])
      assert.deepStrictEqual(await client.command("DELETE inbox"), ["T NO cannot delete INBOX"])
      assert.deepStrictEqual(await client.command("DELETE Archive"), ["T NO operation not allowed"])
      assert.deepStrictEqual(
        live.labels.map((label) => label.path.join("/")),
        ["g", "new", "new/deep"]
      )
    })
  })

  it("ends the session that deletes its own mailbox", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT Folders/f")
      await client.command("DELETE Folders/f")
      assert.deepStrictEqual(await client.rest(), ["* BYE Mailbox was deleted, have to disconnect."])
    })
  })
})
