import { assert, describe, it } from "@effect/vitest"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"

import { greeted, withBridge } from "./RawClient.ts"
import { tinyAccount } from "./TinyAccount.ts"

const capabilities = "AUTH=PLAIN ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT"

describe("login", () => {
  it("takes any enabled address in any case, over a connection in the clear", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.match(bridge.password, /^[A-Za-z0-9_-]{22}$/u)
      assert.match(
        (await client.command(`LOGIN "Alias@PROTON.example" "${bridge.password}"`)).join("|"),
        /^T OK /u
      )
      assert.deepStrictEqual(await client.command(`LOGIN ${bridge.user} ${bridge.password}`), [
        "T BAD session is already authenticated"
      ])
    })
  })

  it.each([
    ["a wrong password", (bridge: RehearsalBridge) => `LOGIN ${bridge.user} wrong`],
    ["an unknown address", (bridge: RehearsalBridge) => `LOGIN other@proton.example ${bridge.password}`],
    ["a bare user name", (bridge: RehearsalBridge) => `LOGIN user ${bridge.password}`],
    ["a plus alias", (bridge: RehearsalBridge) => `LOGIN user+x@proton.example ${bridge.password}`]
  ])("says no such user to %s", async (_, command) => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.deepStrictEqual(await client.command(command(bridge)), ["T NO no such user"])
      assert.strictEqual(bridge.stats.refusedLogins, 1)
    })
  })

  it("says too many login attempts every third time, over all sessions, until a login succeeds", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const answers: Array<string> = []
      for (let attempt = 0; attempt < 7; attempt += 1) {
        const client = await greeted(bridge)
        answers.push(...(await client.command(`LOGIN ${bridge.user} wrong`)))
        if (attempt === 4) await client.command(`LOGIN ${bridge.user} ${bridge.password}`)
        client.close()
      }
      const no = "T NO no such user"
      const enough = "T NO too many login attempts"
      assert.deepStrictEqual(answers, [no, no, enough, no, no, no, no])
    })
  })

  it("lets logins hang in jail after the third failure, the right password too", async () => {
    await withBridge(tinyAccount(), { loginJail: 600_000 }, async (bridge) => {
      const client = await greeted(bridge)
      for (let attempt = 0; attempt < 3; attempt += 1) await client.command(`LOGIN ${bridge.user} wrong`)
      client.send(`a LOGIN ${bridge.user} ${bridge.password}\r\n`)
      const other = await greeted(bridge)
      assert.lengthOf(await other.command("NOOP"), 1)
      assert.strictEqual(bridge.stats.logins, 0)
    })
  })

  it("lets them go when the time is up", async () => {
    await withBridge(tinyAccount(), { loginJail: 1 }, async (bridge) => {
      const client = await greeted(bridge)
      for (let attempt = 0; attempt < 3; attempt += 1) await client.command(`LOGIN ${bridge.user} wrong`)
      assert.match((await client.command(`LOGIN ${bridge.user} ${bridge.password}`)).join("|"), /^T OK /u)
    })
  })

  it("continues AUTHENTICATE with a plus and no space", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send("a AUTHENTICATE PLAIN\r\n")
      assert.strictEqual(await client.line(), "+")
      client.send(`${Buffer.from(`\0${bridge.user}\0${bridge.password}`).toString("base64")}\r\n`)
      assert.strictEqual(await client.line(), `a OK [CAPABILITY ${capabilities}] Logged in`)
    })
  })

  it("knows PLAIN only, and no initial response", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.match(
        (await client.command("AUTHENTICATE LOGIN")).join("|"),
        /BAD .*unsupported authentication mechanism/u
      )
      assert.deepStrictEqual(await client.command("AUTHENTICATE PLAIN AGEAYg=="), [
        "T BAD [Error offset=20]: expected CR"
      ])
      client.send("a AUTHENTICATE PLAIN\r\n*\r\n")
      assert.strictEqual(await client.line(), "+")
      assert.match((await client.line()) ?? "", /^a BAD .*client aborted authentication$/u)
    })
  })

  it("refuses everything else before login", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      for (const command of [
        'LIST "" "*"',
        "EXAMINE INBOX",
        "STATUS INBOX (MESSAGES)",
        "FETCH 1 FLAGS",
        "IDLE"
      ]) {
        assert.deepStrictEqual(await client.command(command), ["T NO session is not authenticated"])
      }
    })
  })
})
