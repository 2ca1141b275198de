import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

import { assert, describe, it } from "@effect/vitest"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"

import { signedIn, withBridge } from "./RawClient.ts"
import { protonId, tinyAccount } from "./TinyAccount.ts"

const account = (count: number) =>
  tinyAccount(
    Array.from({ length: count }, (_, index) => ({ name: `m${index + 1}`, time: 1_700_000_000 - index }))
  )

const exists = async (bridge: RehearsalBridge): Promise<string> => {
  const client = await signedIn(bridge)
  const [line = ""] = await client.command('STATUS "All Mail" (MESSAGES)')
  client.close()
  return line
}

describe("a first sync", () => {
  it("has no mailbox at first, not even INBOX, though login works", async () => {
    await withBridge(account(1), { sync: "nothing" }, async (bridge) => {
      const client = await signedIn(bridge)
      assert.deepStrictEqual(await client.command('LIST "" "*"'), ["T OK LIST"])
      assert.deepStrictEqual(await client.command("SELECT INBOX"), ["T NO no such mailbox"])
    })
  })

  it("then has all mailboxes and no mail, then grows by 64, newest first, and ends", async () => {
    await withBridge(account(150), { sync: "nothing" }, async (bridge) => {
      const seen: Array<string> = []
      while (bridge.advanceSync() !== "done") seen.push(await exists(bridge))
      seen.push(await exists(bridge))
      const counts = seen.map((line) => Number(/MESSAGES (\d+)/u.exec(line)?.[1]))
      assert.deepStrictEqual(counts, [0, 64, 128, 150])
      const client = await signedIn(bridge)
      await client.command('EXAMINE "All Mail"')
      const [first = ""] = await client.command("FETCH 1 BODY.PEEK[HEADER.FIELDS (X-Pm-Internal-Id)]")
      assert.include(first, protonId("m1"))
    })
  })

  it("tells an open session how it grows", async () => {
    await withBridge(account(70), { sync: "nothing" }, async (bridge) => {
      bridge.advanceSync()
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      bridge.advanceSync()
      assert.include(await client.command("NOOP"), "* 64 EXISTS")
    })
  })

  it("never brings the last batch when it is told so", async () => {
    await withBridge(account(70), { sync: "nothing", syncNeverFinishes: true }, async (bridge) => {
      for (let step = 0; step < 10; step += 1) bridge.advanceSync()
      assert.strictEqual(bridge.syncPhase, "messages")
      assert.include(await exists(bridge), "MESSAGES 64")
    })
  })

  it("freezes flags until it is done", async () => {
    const frozen = account(70)
    await withBridge(frozen, { sync: "nothing" }, async (bridge) => {
      bridge.advanceSync()
      bridge.advanceSync()
      for (const message of frozen.messages) message.unread = false
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      assert.include(await client.command("FETCH 1 FLAGS"), "* 1 FETCH (FLAGS (\\Recent))")
      bridge.advanceSync()
      await client.command("NOOP")
      assert.include(await client.command("FETCH 1 FLAGS"), "* 1 FETCH (FLAGS (\\Recent \\Seen))")
    })
  })

  it("moves on by itself when it is given a pace", async () => {
    await withBridge(account(3), { sync: "nothing", syncEvery: 5 }, async (bridge) => {
      const client = await signedIn(bridge)
      while (bridge.syncPhase !== "done") await client.command("NOOP")
      assert.include(await exists(bridge), "MESSAGES 3")
    })
  })

  it("keeps its place in Bridge's sync file, with the messages it had to skip", async () => {
    const configFolder = fs.mkdtempSync(path.join(os.tmpdir(), "rehearsal-sync-"))
    const some = account(70)
    some.messages.push(...tinyAccount([{ name: "broken", time: 1_800_000_000, trouble: "skipped" }]).messages)
    const status = (bridge: RehearsalBridge): unknown => {
      const text = fs.readFileSync(path.join(configFolder, "imap-sync", `sync-${bridge.userId}`), "utf8")
      const outer = JSON.parse(text) as { Version: number; Data: string }
      assert.strictEqual(outer.Version, 1)
      return (JSON.parse(outer.Data) as { Status: unknown }).Status
    }
    try {
      await withBridge(some, { sync: "nothing", configFolder }, async (bridge) => {
        assert.include(status(bridge), { HasLabels: false, HasMessages: false, HasMessageCount: false })
        bridge.advanceSync()
        bridge.advanceSync()
        assert.deepStrictEqual(status(bridge), {
          HasLabels: true,
          HasMessages: false,
          HasMessageCount: true,
          FailedMessages: { [protonId("broken")]: {} },
          LastSyncedMessageID: protonId("m63"),
          NumSyncedMessages: 64,
          TotalMessageCount: 71
        })
        bridge.advanceSync()
        assert.include(status(bridge), { HasMessages: true, NumSyncedMessages: 71 })
      })
    } finally {
      fs.rmSync(configFolder, { recursive: true })
    }
  })
})

describe("events", () => {
  it("show at the next NOOP, or only on request", async () => {
    const live = account(1)
    await withBridge(live, { events: "on request" }, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      live.messages.push(...tinyAccount([{ name: "late" }]).messages)
      assert.lengthOf(await client.command("NOOP"), 1)
      bridge.pollEvents()
      assert.include(await client.command("NOOP"), "* 2 EXISTS")
    })
  })

  it("take a deleted message out of every mailbox", async () => {
    const live = account(3)
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      live.messages.splice(1, 1)
      assert.include(await client.command("NOOP"), "* 2 EXPUNGE")
      assert.include(await exists(bridge), "MESSAGES 2")
    })
  })

  it("give an edited draft another UID and another Gluon id", async () => {
    const live = tinyAccount([{ name: "draft", labels: ["8"] }])
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE Drafts")
      const gluonId = async (uid: number): Promise<string | undefined> => {
        const fetched = await client.command(`UID FETCH ${uid} (BODY.PEEK[HEADER])`)
        return /X-Pm-Gluon-Id: ([\da-f-]{36})/u.exec(fetched.join("|"))?.[1]
      }
      const before = await gluonId(1)
      const edited = tinyAccount([{ name: "draft", labels: ["8"], raw: "Subject: b\r\n\r\n" }])
      live.messages.splice(0, 1, ...edited.messages)
      assert.include(await client.command("EXAMINE Drafts"), "* OK [UIDNEXT 3]")
      const after = await gluonId(2)
      assert.isDefined(after)
      assert.notStrictEqual(after, before)
    })
  })

  it("rename a mailbox without touching its UIDs", async () => {
    const live = tinyAccount(
      [{ name: "one", labels: ["F"] }],
      [{ id: "F", kind: "folder", path: ["before"] }]
    )
    await withBridge(live, {}, async (bridge) => {
      const client = await signedIn(bridge)
      const validity = /UIDVALIDITY (\d+)/u.exec(
        (await client.command("EXAMINE Folders/before")).join("|")
      )?.[1]
      live.labels[0] = { id: "F", kind: "folder", path: ["after"] }
      assert.include((await client.command("EXAMINE Folders/after")).join("|"), `UIDVALIDITY ${validity}`)
      assert.deepStrictEqual(await client.command("EXAMINE Folders/before"), ["T NO no such mailbox"])
    })
  })
})
