import { Fatal, MailError, type Operation } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { GraphAnswer, GraphWire } from "./GraphWire.ts"
import type { Told } from "./Told.ts"

/** Reads what Graph answered; an answer of another shape is not Graph's. */
export const readAs = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (operation: Operation, json: unknown): Effect.Effect<A, MailError> =>
    Effect.catch(decode(json), () => {
      const reason = new Fatal({
        detail: "Microsoft Graph answered something that is not what was asked for",
        advice: "See whether this network wants a sign-in of its own, and whether endpoint.graph is right."
      })
      return Effect.fail(new MailError({ adapter: "o365", operation, reason }))
    })
}

const Page = Schema.Struct({
  value: Schema.Array(Schema.Unknown),
  "@odata.nextLink": Schema.optionalKey(Schema.String)
})

const readPage = readAs(Page)

/** What stands below `/v1.0` in the link to a next page. Whatever host it names is left behind. */
export const pathOfLink = (link: string): string | undefined => {
  const url = URL.parse(link)
  const at = url === null ? -1 : url.pathname.indexOf("/v1.0/")
  return url === null || at < 0 ? undefined : url.pathname.slice(at + "/v1.0".length) + url.search
}

/** All that a list holds, page after page: ten make a page unless the path asks for more. */
export const listAll =
  (wire: GraphWire, told: Told) =>
  (operation: Operation, path: string): Effect.Effect<ReadonlyArray<unknown>, MailError> =>
    Effect.gen(function* () {
      const all: Array<unknown> = []
      const seen = new Set<string>()
      let next: string | undefined = path
      while (next !== undefined && !seen.has(next)) {
        seen.add(next)
        const answer: GraphAnswer = yield* told(
          operation,
          wire.call(operation, { method: "GET", path: next })
        )
        const page: typeof Page.Type = yield* readPage(operation, answer.json)
        all.push(...page.value)
        const link: string | undefined = page["@odata.nextLink"]
        next = link === undefined ? undefined : pathOfLink(link)
      }
      return all
    })
