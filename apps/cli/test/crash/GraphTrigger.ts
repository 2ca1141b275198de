import type { RequestHook } from "@mailferry/rehearsal/http/RequestHook.ts"
import type { SeenRequest } from "@mailferry/rehearsal/http/SeenRequest.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"

import type { When } from "./KillingProxy.ts"
import type { Killable } from "./Kills.ts"

/** A moment of the conversation with Graph, by what the server itself makes of each request. */
export interface GraphMoment extends Omit<When, "when"> {
  readonly is: (request: SeenRequest) => boolean
  /** `during`: `afterMillis` after its header came, wherever everything is by then. */
  readonly when: When["when"] | "during"
}

/** A part of an attachment takes as long as this, so that there is a time within it. Milliseconds. */
const partMillis = 400

/** Octets of a part, as mailferry cuts attachments. */
const partOctets = 3_276_800

/** Kills at a moment that the server sees; what the program had on the way besides is carried out or not, as it falls. */
export const graphTrigger = (server: RehearsalGraph): Killable<GraphMoment>["trigger"] => ({
  arm: ({ afterMillis = 0, is, nth, when }, kill) => {
    let seen = 0
    let number: number | undefined
    const hook: RequestHook = (request, phase) => {
      if (phase === "arrived" && number === undefined && is(request) && ++seen === nth) {
        number = request.number
        if (when === "before") {
          kill()
          return "drop"
        }
        if (when === "during") setTimeout(kill, afterMillis)
        if (when === "partly") {
          server.slowRead((partOctets / partMillis) * 1000)
          setTimeout(() => {
            kill()
            server.slowRead(0)
          }, partMillis / 2)
        }
      }
      if (phase === "committed" && request.number === number) {
        if (when === "unanswered") {
          kill()
          return "drop"
        }
        if (when === "answered") setTimeout(kill, afterMillis)
      }
      return undefined
    }
    server.onRequest(hook)
  }
})
