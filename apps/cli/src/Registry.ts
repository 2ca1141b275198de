import type { Destination } from "@mailferry/core/Destination.ts"
import type { Source } from "@mailferry/core/Source.ts"
import { ImapDestinationAdapter } from "@mailferry/dest-imap/ImapAdapter.ts"
import { ImapSourceAdapter } from "@mailferry/source-imap/ImapSourceAdapter.ts"
import { ProtonBridgeSource } from "@mailferry/source-proton-bridge/BridgeAdapter.ts"

import { type Provider, providerOf } from "./Provider.ts"

/** Every account mail can be taken from. A new one is a line here. */
export const sources: ReadonlyArray<Provider<Source>> = [
  providerOf("source", ProtonBridgeSource),
  providerOf("source", ImapSourceAdapter)
]

/** Every account mail can be brought to. */
export const destinations: ReadonlyArray<Provider<Destination>> = [
  providerOf("destination", ImapDestinationAdapter)
]
