import { assert, describe, it } from "@effect/vitest"
import { SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { ImapFlow } from "imapflow"

import { sharedCertificate } from "./RawClient.ts"
import { protonId, tinyAccount } from "./TinyAccount.ts"

const labels = [
  { id: "L1", kind: "label", path: ["Steuer & Überblick"] },
  { id: "F1", kind: "folder", path: ["a/b"] }
] as const

const account = () =>
  tinyAccount(
    [
      { name: "old", time: 1_600_000_000, unread: false },
      { name: "new", time: 1_700_000_000, labels: [SystemLabel.inbox, "L1", SystemLabel.starred] },
      { name: "filed", time: 1_650_000_000, labels: ["F1"] }
    ],
    labels
  )

const withClient = async <A>(
  options: { readonly security?: "starttls" | "ssl"; readonly loginMethod?: "LOGIN" },
  use: (client: ImapFlow, bridge: RehearsalBridge) => Promise<A>
): Promise<A> => {
  const bridge = await RehearsalBridge.start(account(), {
    certificate: await sharedCertificate(),
    seed: 1,
    security: options.security ?? "starttls"
  })
  const client = new ImapFlow({
    host: bridge.host,
    port: bridge.port,
    secure: options.security === "ssl",
    tls: { ca: bridge.certificate },
    auth: {
      user: bridge.user,
      pass: bridge.password,
      ...(options.loginMethod === undefined ? {} : { loginMethod: options.loginMethod })
    },
    logger: false
  })
  try {
    await client.connect()
    return await use(client, bridge)
  } finally {
    client.close()
    await bridge.stop()
  }
}

describe("imapflow against the rehearsal Bridge", () => {
  it.each([
    ["STARTTLS and AUTHENTICATE PLAIN", {}],
    ["STARTTLS and LOGIN", { loginMethod: "LOGIN" }],
    ["TLS from the first octet", { security: "ssl" }]
  ] as const)("logs in over %s, with the exported certificate as its only trust", async (_, options) => {
    await withClient(options, async (client, bridge) => {
      assert.isTrue(client.usable)
      assert.strictEqual(bridge.stats.logins, 1)
      assert.strictEqual(client.serverInfo?.["vendor"], "TODO")
    })
  })

  it("lists mailboxes with their attributes and their names in Unicode", async () => {
    await withClient({}, async (client) => {
      const listed = new Map((await client.list()).map((entry) => [entry.path, entry]))
      assert.isTrue(listed.get("All Mail")?.flags.has("\\All"))
      assert.isTrue(listed.has("Labels/Steuer & Überblick"))
      assert.strictEqual(listed.get("Folders/a\\/b")?.parentPath, "Folders/a\\")
    })
  })

  it("examines and fetches, newest first by UID, and leaves no trace", async () => {
    await withClient({}, async (client, bridge) => {
      const mailbox = await client.mailboxOpen("INBOX", { readOnly: true })
      assert.deepInclude(mailbox, { exists: 2, uidNext: 3, readOnly: true })
      const messages = await client.fetchAll("1:*", {
        uid: true,
        flags: true,
        size: true,
        source: true,
        internalDate: true
      })
      const newest = messages.find((message) => message.uid === 1)
      assert.include(newest?.source?.toString(), `X-Pm-Internal-Id: ${protonId("new")}`)
      assert.strictEqual(newest?.source?.length, newest?.size)
      assert.deepStrictEqual(newest?.internalDate, new Date(1_700_000_000_000))
      assert.deepStrictEqual([...(newest?.flags ?? [])].toSorted(), ["\\Flagged", "\\Recent"])
      assert.deepStrictEqual(bridge.writes, [])
      assert.strictEqual(bridge.stats.fetchedBodies, 2)
    })
  })

  it("searches", async () => {
    await withClient({}, async (client) => {
      await client.mailboxOpen("All Mail", { readOnly: true })
      assert.deepStrictEqual(await client.search({ flagged: true }, { uid: true }), [1])
      assert.deepStrictEqual(
        await client.search({ header: { "x-pm-internal-id": protonId("filed") } }, { uid: true }),
        [2]
      )
    })
  })

  it("is told no such user for a wrong password", async () => {
    await withClient({}, async (_, bridge) => {
      const stranger = new ImapFlow({
        host: bridge.host,
        port: bridge.port,
        secure: false,
        tls: { ca: bridge.certificate },
        auth: { user: bridge.user, pass: "wrong" },
        logger: false
      })
      const failure = await stranger.connect().then(
        () => undefined,
        (error: unknown) => error
      )
      assert.include(failure, { authenticationFailed: true, responseText: "no such user" })
      assert.isUndefined((failure as { serverResponseCode?: string }).serverResponseCode)
    })
  })
})
