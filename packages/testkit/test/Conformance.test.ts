import { destinationConformance } from "@mailferry/testkit/DestinationConformance.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import { sourceConformance } from "@mailferry/testkit/SourceConformance.ts"

import { memoryProbes } from "./memoryProbes.ts"
import { memorySource } from "./memorySource.ts"

const rich = MemoryAccount.make()
destinationConformance("memory", MemoryDestination.layer(rich), memoryProbes(rich))

const poor = MemoryAccount.make()
const poorOptions = { capabilities: MemoryDestination.poorCapabilities, pageSize: 7 }
destinationConformance("memory, poor server", MemoryDestination.layer(poor, poorOptions), memoryProbes(poor))

const labels = MemoryAccount.make()
const labelOptions = { capabilities: { placement: "labels" } } as const
destinationConformance("memory, labels", MemoryDestination.layer(labels, labelOptions), {
  ...memoryProbes(labels)
})

const joining = MemoryAccount.make()
const joiningOptions = { capabilities: MemoryDestination.joiningCapabilities, tickets: true }
destinationConformance("memory, joining service", MemoryDestination.layer(joining, joiningOptions), {
  ...memoryProbes(joining)
})

const { layer, ...probes } = memorySource()
sourceConformance("memory", layer, probes)
