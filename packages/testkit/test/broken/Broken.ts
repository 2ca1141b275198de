import type { DestinationCapabilities } from "@mailferry/core/Capabilities.ts"
import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import type { DestinationSubject } from "@mailferry/testkit/destination/Subject.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import { connect } from "@mailferry/testkit/MemorySource.ts"
import { Effect, Layer } from "effect"

import { memoryProbes } from "../memoryProbes.ts"

/** A destination that breaks one law and keeps all others. */
export interface BrokenDestination {
  readonly law: string
  /** What it does wrong. */
  readonly name: string
  /** Breaks each connection of an account. */
  readonly service?: (good: DestinationService, account: MemoryAccount.MemoryAccount) => DestinationService
  /** Breaks what is around the service. */
  readonly subject?: (good: DestinationSubject, account: MemoryAccount.MemoryAccount) => DestinationSubject
  readonly capabilities?: Partial<DestinationCapabilities>
  /** Whether its service gives tickets. */
  readonly tickets?: boolean
}

export const broken = (
  law: string,
  name: string,
  service: BrokenDestination["service"]
): BrokenDestination => ({
  law,
  name,
  ...(service === undefined ? {} : { service })
})

/** A fresh account behind the broken destination. */
export const subjectOf = (it: BrokenDestination): DestinationSubject => {
  const account = MemoryAccount.make()
  const options = { pageSize: 40, capabilities: it.capabilities ?? {}, tickets: it.tickets ?? false }
  const service = () => {
    const good = MemoryDestination.make(account, options)
    return it.service?.(good, account) ?? good
  }
  const good: DestinationSubject = {
    ...memoryProbes(account),
    layer: Layer.effect(
      Destination,
      Effect.map(connect(account, account.password), () => service())
    ),
    listingSize: 100
  }
  return it.subject?.(good, account) ?? good
}
