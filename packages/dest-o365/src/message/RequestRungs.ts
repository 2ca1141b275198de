import { propertyIds } from "./GraphProperties.ts"
import type { GraphRequest } from "./GraphRequest.ts"
import type { MessageLoss } from "./MessageLoss.ts"

/** The request with less in it, to be sent after a 400 about the one before; `losses` are all it lacks. */
export interface Rung {
  readonly request: GraphRequest
  readonly losses: ReadonlyArray<MessageLoss>
}

interface Step {
  readonly loss: MessageLoss
  readonly without: (request: GraphRequest) => GraphRequest
}

/** What Exchange Web Services state for a subject; Graph states nothing, so longer ones are tried. */
const longestSubject = 255

const steps: ReadonlyArray<Step> = [
  {
    loss: { kind: "internet-headers", detail: "Exchange refused the message with its internet headers" },
    without: (request) => ({
      ...request,
      singleValueExtendedProperties: request.singleValueExtendedProperties.filter(
        ({ id }) => id !== propertyIds.headers
      )
    })
  },
  {
    loss: { kind: "x-headers", detail: "Exchange refused the message with its x- headers" },
    without: (request) => {
      const { internetMessageHeaders: _headers, ...rest } = request
      return rest
    }
  },
  {
    loss: { kind: "reply-to", detail: "Exchange refused the message with its Reply-To and Sender" },
    without: (request) => {
      const { replyTo: _replyTo, sender: _sender, ...rest } = request
      return rest
    }
  },
  {
    loss: {
      kind: "subject-cut",
      detail: "Exchange refused the message with its subject of more than 255 characters"
    },
    without: (request) => ({ ...request, subject: request.subject.slice(0, longestSubject).toWellFormed() })
  }
]

/**
 * What to send instead when Exchange answers 400, one after the other, each with less than the one before. Never without
 * the flags and the two dates: a draft, or mail of today, is not what was there. A step that would change nothing is left out.
 */
export const rungs = (request: GraphRequest): ReadonlyArray<Rung> => {
  const found: Array<Rung> = []
  let current: Rung = { request, losses: [] }
  for (const { loss, without } of steps) {
    const less = without(current.request)
    if (JSON.stringify(less).length === JSON.stringify(current.request).length) continue
    current = { request: less, losses: [...current.losses, loss] }
    found.push(current)
  }
  return found
}
