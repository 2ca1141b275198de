import * as Effect from "effect/Effect"

import type { Kinds } from "./JobFile.ts"
import { providerOf } from "./Provider.ts"
import type { Rehearsal } from "./rehearsal/RehearsalDestination.ts"

/**
 * Every account mail can be taken from and brought to. A new one is an import and a line here; nothing else in the CLI
 * knows a kind by its name. Adapters are loaded when a command needs one, since they bring their protocols along.
 */
export const loadKinds: Effect.Effect<Kinds> = Effect.promise(() =>
  Promise.all([
    import("@mailferry/source-proton-bridge/BridgeAdapter.ts"),
    import("@mailferry/source-imap/ImapSourceAdapter.ts"),
    import("@mailferry/dest-imap/ImapAdapter.ts"),
    import("@mailferry/dest-gmail/GmailAdapter.ts"),
    import("@mailferry/dest-o365/O365Adapter.ts")
  ])
).pipe(
  Effect.map(([bridge, imapSource, imap, gmail, o365]) => ({
    sources: [
      providerOf("source", bridge.ProtonBridgeSource),
      providerOf("source", imapSource.ImapSourceAdapter)
    ],
    destinations: [
      providerOf("destination", imap.ImapDestinationAdapter),
      providerOf("destination", gmail.GmailDestination),
      providerOf("destination", o365.O365Destination)
    ]
  }))
)

/** Destinations that `rehearse` can embed. */
export const rehearsals = ["imap", "gmail", "o365"] as const
export type RehearsalKind = (typeof rehearsals)[number]

/** The servers for a rehearsal with each of them. */
export const loadRehearsal: Readonly<
  Record<RehearsalKind, () => Promise<{ readonly rehearsal: Rehearsal }>>
> = {
  imap: () => import("./rehearsal/ImapRehearsal.ts"),
  gmail: () => import("./rehearsal/GmailRehearsal.ts"),
  o365: () => import("./rehearsal/O365Rehearsal.ts")
}

/** Kinds that a person signs in to by a web page. */
export const signIns = ["gmail", "o365"] as const

/** The kind of source that a rehearsal's job names. */
export const rehearsalSource = "proton-bridge"

/** What help shows to begin with. A test reads it as a job. */
export const jobExample = `source:      { kind: proton-bridge, user: you@proton.me, password: "env:BRIDGE_PASSWORD" }
destination: { kind: imap, host: imap.example.net, user: you@example.net, password: "env:DEST_PASSWORD" }`
