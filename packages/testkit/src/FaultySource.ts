import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { type Call, faultyReader, type Script, scripted } from "./Fault.ts"

/**
 * A source whose calls go wrong as the script says, and the calls made so far, in order. A connection lost at
 * the nth page is `onCall("list", n, notSent)`; a message nobody can read is `unreadable` in the account itself.
 */
export const make = (
  good: MailboxReader,
  script: Script
): { readonly service: MailboxReader; readonly calls: ReadonlyArray<Call> } => {
  const { calls, around } = scripted(good.kind, script)
  return { service: faultyReader(good, around), calls }
}

/** The same around a layer; calls are counted for each connection. */
export const layer = <E = MailError, R = never>(
  good: Layer.Layer<Source, E, R>,
  script: Script
): Layer.Layer<Source, E, R> =>
  Layer.effect(
    Source,
    Effect.map(Source, (service) => make(service, script).service)
  ).pipe(Layer.provide(good))
