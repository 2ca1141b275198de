import { X509Certificate } from "node:crypto"

import { assert, describe, it } from "@effect/vitest"
import { bridge38 } from "@mailferry/rehearsal/bridge/BridgeProfile.ts"

import { RawClient, greeted, sharedCertificate, untimed, withBridge } from "./RawClient.ts"
import { tinyAccount } from "./TinyAccount.ts"

const capabilities = "AUTH=PLAIN ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT"

describe("greeting and capabilities", () => {
  it("greets with all capabilities in alphabetical order, its padded version and the number of the session", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const first = await RawClient.plain(bridge.port)
      assert.strictEqual(
        await first.line(),
        `* OK [CAPABILITY ${capabilities}] Proton Mail Bridge 03.21.01 - gluon session ID 1`
      )
      const second = await RawClient.plain(bridge.port)
      assert.match((await second.line()) ?? "", /gluon session ID 2$/u)
    })
  })

  it("knows no AUTHENTICATE as 3.8", async () => {
    await withBridge(tinyAccount(), { profile: bridge38 }, async (bridge) => {
      const client = await RawClient.plain(bridge.port)
      assert.strictEqual(
        await client.line(),
        "* OK [CAPABILITY ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT] Proton Mail Bridge 03.08.01 - gluon session ID 1"
      )
      assert.deepStrictEqual(await client.command("AUTHENTICATE PLAIN"), [
        "T BAD [Error offset=3]: unknown command 'authenticate'"
      ])
    })
  })

  it("answers CAPABILITY with a part of them before LOGIN and with all after, STARTTLS included", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.deepStrictEqual(await client.command("CAPABILITY"), [
        "* CAPABILITY AUTH=PLAIN ID IDLE IMAP4rev1 STARTTLS",
        "T OK CAPABILITY"
      ])
      assert.deepStrictEqual(await client.command("STARTTLS"), ["T OK Begin TLS negotiation now"])
      await client.startTls(bridge.certificate)
      assert.deepStrictEqual(await client.command(`LOGIN ${bridge.user} ${bridge.password}`), [
        `T OK [CAPABILITY ${capabilities}] Logged in`
      ])
      assert.deepStrictEqual(await client.command("CAPABILITY"), [
        `* CAPABILITY ${capabilities}`,
        "T OK CAPABILITY"
      ])
    })
  })

  it("says who it is, vendor TODO, before and after login", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      const answer = [
        '* ID ("name" "Proton Mail Bridge" "version" "03.21.01" "os" "linux" "vendor" "TODO" "support-url" "TODO")',
        "T OK ID"
      ]
      assert.deepStrictEqual(await client.command('ID ("name" "test" "version" NIL)'), answer)
      await client.command(`LOGIN ${bridge.user} ${bridge.password}`)
      assert.deepStrictEqual(await client.command("ID NIL"), answer)
    })
  })

  it("says BYE without a word", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.deepStrictEqual(await client.command("LOGOUT"), ["* BYE", "T OK LOGOUT"])
      assert.deepStrictEqual(await client.rest(), [])
    })
  })
})

describe("transport", () => {
  it("closes in silence when TLS begins on the STARTTLS port", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const failure = await RawClient.tls(bridge.port, bridge.certificate).then(
        () => "let in",
        () => "refused"
      )
      assert.strictEqual(failure, "refused")
      const client = await greeted(bridge)
      client.send("\u0016\u0003\u0001\u0002\u0000\u0001")
      assert.deepStrictEqual(await client.rest(), [])
    })
  })

  it("speaks TLS from the first octet in SSL mode, STARTTLS still in the list", async () => {
    await withBridge(tinyAccount(), { security: "ssl" }, async (bridge) => {
      const client = await RawClient.tls(bridge.port, bridge.certificate)
      assert.include(await client.line(), "STARTTLS")
    })
  })

  it("forgets what was sent in the clear behind STARTTLS", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await greeted(bridge)
      client.send("a STARTTLS\r\nb CAPABILITY\r\n")
      assert.strictEqual(await client.line(), "a OK Begin TLS negotiation now")
      await client.startTls(bridge.certificate)
      assert.deepStrictEqual(await client.command("NOOP").then(untimed), [
        "T OK command completed in N microsec."
      ])
    })
  })

  it("has a certificate for the address 127.0.0.1 and for no name", async () => {
    const { certificate } = await sharedCertificate()
    const parsed = new X509Certificate(certificate)
    assert.strictEqual(parsed.subject, "C=CH\nO=Proton AG\nOU=Proton Mail\nCN=127.0.0.1")
    assert.strictEqual(parsed.subjectAltName, "IP Address:127.0.0.1")
    assert.isTrue(parsed.ca)
    assert.strictEqual(parsed.checkIP("127.0.0.1"), "127.0.0.1")
    assert.isUndefined(parsed.checkHost("localhost"))
    assert.strictEqual(parsed.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
  })
})
