import { assert, describe, it } from "@effect/vitest"
import type { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { bridgeScoped } from "@mailferry/rehearsal/RehearsalBridgeScoped.ts"
import * as Effect from "effect/Effect"

import { greeted, RawClient, sharedCertificate, signedIn, untimed, withBridge } from "./RawClient.ts"
import { protonId, tinyAccount } from "./TinyAccount.ts"

const account = () =>
  tinyAccount(
    [
      { name: "one", time: 3 },
      { name: "two", time: 2 },
      { name: "filed", time: 1, labels: ["F"] }
    ],
    [{ id: "F", kind: "folder", path: ["f"] }]
  )

const connects = (port: number): Promise<boolean> =>
  RawClient.plain(port).then(
    (client) => {
      client.close()
      return true
    },
    () => false
  )

/** UIDVALIDITY, then the Gluon and Internal ids of message 1. */
const identityOf = async (client: RawClient): Promise<ReadonlyArray<string | undefined>> => {
  const opened = (await client.command("EXAMINE INBOX")).join("|")
  const header = (await client.command("FETCH 1 BODY.PEEK[HEADER]")).join("|")
  return [
    /UIDVALIDITY (\d+)/u.exec(opened)?.[1],
    /X-Pm-Gluon-Id: (\S+)/u.exec(header)?.[1],
    /X-Pm-Internal-Id: (\S+)/u.exec(header)?.[1]
  ]
}

describe("the listener", () => {
  it("refuses connections while offline, serves those it has, and comes back on the same port", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      bridge.goOffline()
      assert.isFalse(await connects(bridge.port))
      assert.include(await client.command("EXAMINE INBOX"), "* 2 EXISTS")
      await bridge.goOnline()
      assert.isTrue(await connects(bridge.port))
    })
  })

  it("moves to another port and keeps its sessions", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const before = bridge.port
      const client = await signedIn(bridge)
      const after = await bridge.movePort()
      assert.strictEqual(bridge.port, after)
      assert.isFalse(await connects(before))
      assert.isTrue(await connects(after))
      assert.include(await client.command("NOOP").then(untimed), "T OK command completed in N microsec.")
    })
  })

  it("restarts with its database and counts sessions from 1", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      const before = await identityOf(client)
      await bridge.restart()
      assert.deepStrictEqual(await client.rest(), [])
      const again = await RawClient.plain(bridge.port)
      assert.match((await again.line()) ?? "", /gluon session ID 1$/u)
      assert.deepStrictEqual(await identityOf(await signedIn(bridge)), before)
    })
  })

  it("shows a new certificate to whoever connects after", async () => {
    await withBridge(account(), { security: "ssl" }, async (bridge) => {
      const old = bridge.certificate
      const before = bridge.fingerprint
      await bridge.newCertificate()
      assert.notStrictEqual(bridge.fingerprint, before)
      assert.match((await (await RawClient.tls(bridge.port, bridge.certificate)).line()) ?? "", /^\* OK/u)
      const trusted = await RawClient.tls(bridge.port, old).then(
        () => true,
        () => false
      )
      assert.isFalse(trusted)
    })
  })

  it("dies of the user name that makes every Bridge panic", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await greeted(bridge)
      assert.deepStrictEqual(await client.command("LOGIN crash@bandicoot x"), [])
      assert.isFalse(await connects(bridge.port))
    })
  })
})

describe("sessions", () => {
  it("are cut without BYE", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      bridge.cutSessions()
      assert.deepStrictEqual(await client.rest(), [])
    })
  })

  it("are cut when the command after so many comes", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      bridge.cutAfterCommands(2)
      assert.lengthOf(await client.command("NOOP"), 1)
      assert.lengthOf(await client.command("NOOP"), 1)
      assert.lengthOf(await client.command("NOOP"), 0)
      const next = await signedIn(bridge)
      assert.lengthOf(await next.command("NOOP"), 1)
    })
  })

  it("are cut in the middle of a message, once", async () => {
    await withBridge(account(), {}, async (bridge) => {
      bridge.cutMidLiteral(protonId("one"))
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      client.send("a FETCH 1 BODY.PEEK[]\r\n")
      const sent = (await client.rest()).join("\r\n")
      assert.match(sent, /^\* 1 FETCH \(BODY\[\] \{\d+\}\r\nX-Pm-Gluon-Id/u)
      assert.notInclude(sent, "This is one.")
      const next = await signedIn(bridge)
      await next.command("EXAMINE INBOX")
      assert.include((await next.command("FETCH 1 BODY.PEEK[]")).join(""), "This is one.")
    })
  })

  it("are counted, and so is what they do", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      await client.command("FETCH 1:2 BODY.PEEK[]")
      await client.command("FETCH 1:2 BODY.PEEK[HEADER]")
      assert.deepStrictEqual(bridge.stats, {
        logins: 1,
        refusedLogins: 0,
        commands: 4,
        fetchedBodies: 2,
        openSessions: 1
      })
    })
  })
})

describe("the account", () => {
  it.each([
    ["signs out", (bridge: RehearsalBridge) => bridge.signOut()],
    ["is locked", (bridge: RehearsalBridge) => bridge.lock()],
    ["meets a bad event", (bridge: RehearsalBridge) => bridge.badEvent()]
  ])("%s: sessions are cut, logins refused, and the database outlives it", async (_, fault) => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      const before = await identityOf(client)
      fault(bridge)
      assert.deepStrictEqual(await client.rest(), [])
      const refused = await greeted(bridge)
      assert.deepStrictEqual(await refused.command(`LOGIN ${bridge.user} ${bridge.password}`), [
        "T NO no such user"
      ])
      bridge.signIn()
      assert.deepStrictEqual(await identityOf(await signedIn(bridge)), before)
    })
  })

  it("gets other UIDVALIDITYs and Gluon ids by a resync, but keeps its Internal ids", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      const [validity, gluonId, internalId] = await identityOf(client)
      bridge.resync()
      assert.deepStrictEqual(await client.rest(), [])
      const after = await identityOf(await signedIn(bridge))
      assert.notStrictEqual(after[0], validity)
      assert.notStrictEqual(after[1], gluonId)
      assert.strictEqual(after[2], internalId)
    })
  })

  it("shows each address its own mail in split mode", async () => {
    const split = tinyAccount([{ name: "mine" }, { name: "other", address: "alias@proton.example" }])
    await withBridge(split, {}, async (bridge) => {
      bridge.setAddressMode("split")
      const client = await signedIn(bridge, "alias@proton.example")
      assert.include(await client.command("EXAMINE INBOX"), "* 1 EXISTS")
      assert.strictEqual((await identityOf(client))[2], protonId("other"))
    })
  })

  it("refuses the next logins on request, and takes a new password when its vault is lost", async () => {
    await withBridge(account(), {}, async (bridge) => {
      bridge.failNextLogins(1)
      const client = await greeted(bridge)
      const login = `LOGIN ${bridge.user} ${bridge.password}`
      assert.deepStrictEqual(await client.command(login), ["T NO no such user"])
      assert.match((await client.command(login)).join(""), /^T OK/u)
      bridge.newPassword()
      assert.deepStrictEqual(await (await greeted(bridge)).command(login), ["T NO no such user"])
    })
  })
})

describe("mailboxes", () => {
  it("hide All Mail from LIST and still open it", async () => {
    await withBridge(account(), {}, async (bridge) => {
      bridge.hideAllMail()
      const client = await signedIn(bridge)
      assert.notInclude((await client.command('LIST "" "*"')).join("|"), "All Mail")
      assert.include(await client.command('EXAMINE "All Mail"'), "* 3 EXISTS")
    })
  })

  it("show nothing although All Mail has it", async () => {
    await withBridge(account(), {}, async (bridge) => {
      bridge.emptyMailbox("Folders/f")
      const client = await signedIn(bridge)
      assert.include(await client.command("EXAMINE Folders/f"), "* 0 EXISTS")
      assert.include((await client.command("STATUS Folders/f (MESSAGES)")).join("|"), "MESSAGES 0")
      assert.include(await client.command('EXAMINE "All Mail"'), "* 3 EXISTS")
    })
  })

  it("never show a message Bridge could not build", async () => {
    const skipped = tinyAccount([{ name: "good" }, { name: "bad", trouble: "skipped" }])
    await withBridge(skipped, {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.include(await client.command('EXAMINE "All Mail"'), "* 1 EXISTS")
    })
  })
})

describe("fetching", () => {
  it("fails for one message so many times, and then works", async () => {
    await withBridge(account(), {}, async (bridge) => {
      bridge.failFetchOf(protonId("two"), 2)
      const client = await signedIn(bridge)
      await client.command("EXAMINE INBOX")
      const fetch = async (): Promise<string> => (await client.command("FETCH 2 BODY.PEEK[]")).at(-1) ?? ""
      assert.match(await fetch(), /^T NO message failed to load from cache/u)
      assert.match(await fetch(), /^T NO message failed to load from cache/u)
      assert.match(await fetch(), /^T OK/u)
      assert.match((await client.command("FETCH 1 BODY.PEEK[]")).at(-1) ?? "", /^T OK/u)
    })
  })

  it("waits before each command on a slow disk, without holding other sessions up", async () => {
    await withBridge(account(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      bridge.slow(600_000)
      client.send("a NOOP\r\n")
      while (bridge.stats.commands < 2) await greeted(bridge)
      bridge.slow(1)
      const other = await greeted(bridge)
      assert.lengthOf(await other.command("NOOP"), 1)
      bridge.cutSessions()
      assert.deepStrictEqual(await client.rest(), [])
    })
  })
})

describe("bridgeScoped", () => {
  it("runs a Bridge as long as its scope", async () => {
    const certificate = await sharedCertificate()
    const port = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const bridge = yield* bridgeScoped(account(), { certificate })
          assert.isTrue(yield* Effect.promise(() => connects(bridge.port)))
          return bridge.port
        })
      )
    )
    assert.isFalse(await connects(port))
  })
})
