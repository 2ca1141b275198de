import { assert, describe, it } from "@effect/vitest"

import { signedIn, withBridge } from "./RawClient.ts"
import { tinyAccount } from "./TinyAccount.ts"

describe("updates", () => {
  it("tells an idling session of new mail in bulk", async () => {
    const account = tinyAccount([{ name: "one" }])
    await withBridge(account, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      client.send("a IDLE\r\n")
      assert.strictEqual(await client.line(), "+ Ready")
      account.messages.push(...tinyAccount([{ name: "two" }]).messages)
      assert.strictEqual(await client.line(), "* 2 EXISTS")
      assert.strictEqual(await client.line(), "* 2 RECENT")
      client.send("DONE\r\n")
      assert.strictEqual(await client.line(), "a OK IDLE")
    })
  })

  it("says BYE to a session whose mailbox was deleted elsewhere", async () => {
    const account = tinyAccount([], [{ id: "F", kind: "folder", path: ["f"] }])
    await withBridge(account, {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE Folders/f")
      account.labels.length = 0
      bridge.pollEvents()
      assert.deepStrictEqual(await client.command("NOOP"), [
        "* BYE IMAP session state is inconsistent, please re-login."
      ])
      assert.deepStrictEqual(await client.rest(), [])
    })
  })
})
