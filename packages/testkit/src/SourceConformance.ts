import type { MailError } from "@mailferry/core/MailError.ts"
import type { Source } from "@mailferry/core/Source.ts"
import type * as Layer from "effect/Layer"

import { conformance, type ConformanceOptions } from "./Conformance.ts"
import type { SourceProbes } from "./source/Subject.ts"
import { sourceLaws } from "./SourceLaws.ts"

export interface SourceConformanceOptions extends ConformanceOptions, SourceProbes {}

/**
 * Holds a source to the contract: one test per law.
 *
 * `layer` must not bring up the server: each build is a new connection to one account.
 */
export const sourceConformance = (
  name: string,
  layer: Layer.Layer<Source, MailError>,
  options: SourceConformanceOptions = {}
): void => conformance(`source: ${name}`, sourceLaws, layer, { ...options, layer }, options)
