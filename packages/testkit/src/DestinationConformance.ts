import type { Destination } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import type * as Layer from "effect/Layer"

import { conformance, type ConformanceOptions } from "./Conformance.ts"
import type { DestinationProbes } from "./destination/Subject.ts"
import { destinationLaws } from "./DestinationLaws.ts"

export interface DestinationConformanceOptions extends ConformanceOptions, DestinationProbes {}

/**
 * Holds a destination to the contract: one test per law.
 *
 * `layer` must not bring up the server: each build is a new connection to one account.
 */
export const destinationConformance = (
  name: string,
  layer: Layer.Layer<Destination, MailError>,
  options: DestinationConformanceOptions = {}
): void => conformance(`destination: ${name}`, destinationLaws, layer, { ...options, layer }, options)
