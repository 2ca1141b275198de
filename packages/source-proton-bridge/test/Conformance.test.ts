import type { StoredAt } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { Source } from "@mailferry/core/Source.ts"
import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import { RehearsalBridge } from "@mailferry/rehearsal/RehearsalBridge.ts"
import { protonId } from "@mailferry/rehearsal/sample/ProtonId.ts"
import { ProtonBridgeSource } from "@mailferry/source-proton-bridge/BridgeAdapter.ts"
import { sourceConformance } from "@mailferry/testkit/SourceConformance.ts"
import { layer as trustStoreMemory } from "@mailferry/testkit/TrustStoreMemory.ts"
import { DateTime, Effect, Layer, Option } from "effect"
import { afterAll } from "vitest"

import { certificate, configFor } from "./support/Rehearsed.ts"
import { labels, message, smallAccount } from "./support/SmallAccount.ts"

const account = smallAccount()
account.messages.push(...Array.from({ length: 1100 }, (_, i) => message(`long-${i}`, ["0"])))
const known = message("known", [labels.slash.id], { unread: true, forwarded: true })
account.messages.push(known)

const bridge = await RehearsalBridge.start(account, { certificate: await certificate, seed: 3 })
const starting = await RehearsalBridge.start(smallAccount(), {
  certificate: await certificate,
  sync: "nothing"
})
afterAll(() => Promise.all([bridge.stop(), starting.stop()]))

const layerOn = (server: RehearsalBridge, password = server.password) =>
  Layer.unwrap(Effect.map(configFor(server, { port: server.port, password }), ProtonBridgeSource.layer)).pipe(
    Layer.provide(trustStoreMemory)
  )

const scratch: MailboxPath = ["Folders", "Work", "Deep"]
let delivered = 0

/** Removes it at Proton, as the web client would: nothing writes through Bridge. */
const expunge = ({ locator, mailbox }: StoredAt) =>
  Source.pipe(
    Effect.flatMap((source) => source.describe(mailbox, [locator])),
    Effect.map((found) => {
      const ids = new Set(found.map(({ stableId }) => Option.getOrUndefined(stableId)))
      account.messages.splice(0, Infinity, ...account.messages.filter(({ id }) => !ids.has(id)))
    }),
    Effect.provide(layerOn(bridge)),
    Effect.orDie
  )

bridge.failFetchOf(protonId("binned"))

sourceConformance("proton-bridge on the rehearsal Bridge", layerOn(bridge), {
  skip: {
    "fetch of a message that is gone is MessageRejected(gone)":
      "cannot: an IMAP server may go on serving an expunged message to a session that has not polled (RFC 2180 section 4.1.1)"
  },
  long: { mailbox: ["INBOX"], messages: 1100 + 4 },
  known: {
    mailbox: ["Folders", "a/b"],
    messageId: "<known@example.net>",
    internalDate: DateTime.makeUnsafe(known.time * 1000),
    flags: new Set(),
    keywords: new Set(["$Forwarded"]),
    bytes: buildLiteral(known)
  },
  shared: {
    messageId: "<everywhere@example.net>",
    mailboxes: [["Labels", "Blue"], ["Labels", "in/out"], ["Starred"]]
  },
  unreadable: { mailbox: ["Trash"], place: 0 },
  scratch,
  deliver: () =>
    Effect.sync(() => {
      account.messages.push(message(`delivered-${delivered++}`, [labels.deep.id]))
    }),
  expunge,
  renew: () => Effect.sync(() => bridge.resync()),
  writes: Effect.sync(() => bridge.writes.length + account.messages.filter(({ unread }) => !unread).length),
  starting: layerOn(starting),
  wrongSecret: layerOn(bridge, "A".repeat(22)),
  // Bridge hears a moment later that a socket was closed.
  openSockets: Effect.delay(
    Effect.sync(() => bridge.stats.openSessions),
    "30 millis"
  ),
  secrets: [bridge.password]
})
