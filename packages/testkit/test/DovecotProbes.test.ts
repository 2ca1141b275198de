import { assert, it } from "@effect/vitest"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { dovecotAccess, dovecotProbes } from "@mailferry/testkit/DovecotProbes.ts"
import { dovecotSuite } from "@mailferry/testkit/DovecotSuite.ts"
import { fillMailboxes } from "@mailferry/testkit/FillMailboxes.ts"
import { dumpMailboxes } from "@mailferry/testkit/MailboxDump.ts"
import { sampleMessage } from "@mailferry/testkit/SampleMessage.ts"
import { DateTime, Effect } from "effect"

const scratch = ["Büro & more", "scratch"] as const

dovecotSuite("probes on Dovecot", (dovecot) => {
  it.live("an account is filled as told, and changed as another client would", () =>
    Effect.gen(function* () {
      const server = yield* dovecot
      const user = "probes@example.net"
      const access = dovecotAccess(server, user, "tls")
      const uids = Effect.promise(async () => {
        const dump = await dumpMailboxes(access)
        return (dump.get(scratch.join("/")) ?? []).map(({ uid }) => uid)
      })
      const { bytes } = sampleMessage()
      const internalDate = DateTime.makeUnsafe("1999-12-31T23:59:59Z")
      const messages = [{ bytes, internalDate, flags: ["\\Seen"], keywords: ["$Forwarded"] } as const]
      yield* Effect.promise(() => fillMailboxes(access, [{ path: ["INBOX"], messages }, { path: scratch }]))
      const filled = yield* Effect.promise(() => dumpMailboxes(access))
      assert.deepInclude(filled.get("INBOX")?.[0], {
        flags: ["$Forwarded", "\\Seen"],
        internalDate: "1999-12-31T23:59:59.000Z",
        size: bytes.length
      })

      const probes = dovecotProbes(dovecot, user)
      const quiet = yield* probes.writes
      assert.strictEqual(yield* probes.writes, quiet)
      yield* probes.deliver(scratch)
      yield* probes.deliver(scratch)
      assert.isAbove(yield* probes.writes, quiet)
      yield* probes.expunge({ mailbox: scratch, locator: MessageLocator("1:1") })
      assert.deepStrictEqual(yield* uids, [2])

      const status = () => server.doveadm("mailbox", "status", "-u", user, "uidvalidity", scratch.join("/"))
      const before = yield* Effect.promise(status)
      yield* probes.renew(scratch)
      assert.notStrictEqual(yield* Effect.promise(status), before)
    })
  )
})
