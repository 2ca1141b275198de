import { assert, describe, it } from "@effect/vitest"

import { greeted, signedIn, withBridge } from "./RawClient.ts"
import { tinyAccount } from "./TinyAccount.ts"

describe("bad commands", () => {
  it("names the offset and what it does not know", async () => {
    await withBridge(tinyAccount([{ name: "one" }]), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      assert.deepStrictEqual(await client.command("NAMESPACE"), [
        "T BAD [Error offset=3]: unknown command 'namespace'"
      ])
      assert.deepStrictEqual(await client.command("FETCH 1 (MODSEQ)"), [
        "T BAD [Error offset=17]: unknown fetch attribute 'modseq'"
      ])
    })
  })

  it("closes without BYE after twenty in a row, and a good one starts the count anew", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      for (let count = 0; count < 19; count += 1) await client.command("NAMESPACE")
      await client.command("NOOP")
      for (let count = 0; count < 19; count += 1) {
        assert.match((await client.command("ENABLE X")).join("|"), /^T BAD/u)
      }
      assert.match((await client.command("ENABLE X")).join("|"), /^T BAD/u)
      assert.deepStrictEqual(await client.rest(), [])
    })
  })

  it("counts malformed answers to AUTHENTICATE among them", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      for (let count = 0; count < 20; count += 1) {
        client.send("a AUTHENTICATE PLAIN\r\n*\r\n")
        await client.line()
        assert.match((await client.line()) ?? "", /^a BAD .*client aborted authentication$/u)
      }
      assert.deepStrictEqual(await client.rest(), [])
    })
  })

  it.each([0, 30 * 1024 * 1024])("drops the connection over a literal of %i octets", async (size) => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send(`a LOGIN {${size}}\r\n`)
      assert.deepStrictEqual(await client.rest(), [])
    })
  })

  it("asks for a literal with + Ready", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send(`a LOGIN {${bridge.user.length}}\r\n`)
      assert.strictEqual(await client.line(), "+ Ready")
      client.send(`${bridge.user} {${bridge.password.length}}\r\n`)
      assert.strictEqual(await client.line(), "+ Ready")
      client.send(`${bridge.password}\r\n`)
      assert.match((await client.line()) ?? "", /^a OK /u)
    })
  })

  it("does not know non-synchronising literals, and takes their octets for commands", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send("a LOGIN {3+}\r\nb NOOP\r\n")
      assert.strictEqual(await client.line(), "a BAD [Error offset=9]: expected '}' for literal end")
      assert.match((await client.line()) ?? "", /^b OK command completed/u)
    })
  })

  it("refuses a command before it asks for the literal of it", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send("a XAPPEND INBOX {5}\r\n")
      assert.match((await client.line()) ?? "", /^a BAD /u)
    })
  })
})
