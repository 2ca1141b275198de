import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import type { MailError } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import { type Call, faultyReader, type Script, scripted } from "./Fault.ts"

const nowhere = { locator: Option.none() }

/** A destination whose calls go wrong as the script says, and the calls made so far, in order. */
export const make = (
  good: DestinationService,
  script: Script
): { readonly service: DestinationService; readonly calls: ReadonlyArray<Call> } => {
  const { calls, around } = scripted(good.kind, script)
  const named = (messageId: Option.Option<string>) =>
    Option.match(messageId, { onNone: () => ({}), onSome: (id) => ({ messageId: id }) })
  const service: DestinationService = {
    ...faultyReader(good, around),
    capabilities: good.capabilities,
    ensureMailbox: (mailbox, specialUse) =>
      around({ operation: "ensureMailbox", mailbox }, good.ensureMailbox(mailbox, specialUse)),
    append: (request) => {
      const { mailbox, messageId } = request
      return around({ operation: "append", mailbox, ...named(messageId) }, good.append(request), nowhere)
    },
    copy: (message, into) =>
      around(
        { operation: "copy", mailbox: into, locators: [message.locator] },
        good.copy(message, into),
        nowhere
      ),
    recall: (ticket) => around({ operation: "recall" }, good.recall(ticket), Option.none()),
    discard: (ticket) => around({ operation: "discard" }, good.discard(ticket), undefined),
    addFlags: (message, flags) =>
      around(
        { operation: "addFlags", mailbox: message.mailbox, locators: [message.locator] },
        good.addFlags(message, flags)
      ),
    find: (mailbox, identity) =>
      around({ operation: "find", mailbox, ...named(identity.messageId) }, good.find(mailbox, identity), [])
  }
  return { service, calls }
}

/** The same around a layer; calls are counted for each connection. */
export const layer = <E = MailError, R = never>(
  good: Layer.Layer<Destination, E, R>,
  script: Script
): Layer.Layer<Destination, E, R> =>
  Layer.effect(
    Destination,
    Effect.map(Destination, (service) => make(service, script).service)
  ).pipe(Layer.provide(good))
