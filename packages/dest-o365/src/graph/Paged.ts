import { Fatal, MailError, type Operation, Transient } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { GraphAnswer, GraphWire, Spend } from "./GraphWire.ts"
import type { Told } from "./Told.ts"

const strange = (operation: Operation, detail: string) =>
  new MailError({
    adapter: "o365",
    operation,
    reason: new Fatal({
      detail,
      advice: "See whether this network wants a sign-in of its own, and whether endpoint.graph is right."
    })
  })

/** Reads what Graph answered; an answer of another shape is not Graph's. */
export const readAs = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (operation: Operation, json: unknown): Effect.Effect<A, MailError> =>
    Effect.mapError(decode(json), () =>
      strange(operation, "Microsoft Graph answered something that is not what was asked for")
    )
}

/** Reads what a creating request was answered. One that says nothing of use may have created it all the same. */
export const readCreatedAs = <A>(schema: Schema.Codec<A, unknown>) => {
  const read = readAs(schema)
  return (operation: Operation, json: unknown): Effect.Effect<A, MailError> =>
    Effect.mapError(read(operation, json), ({ reason: { detail } }) => {
      const reason = new Transient({ detail, applied: "unknown" })
      return new MailError({ adapter: "o365", operation, reason })
    })
}

const Page = Schema.Struct({
  value: Schema.Array(Schema.Unknown),
  "@odata.nextLink": Schema.optionalKey(Schema.String)
})

const readPage = readAs(Page)

/**
 * What stands below `/v1.0` in the link to a next page; whatever host it names is left behind. None on the last page.
 * Fails where the link cannot be followed: half a list must not pass for all of it.
 */
export const nextPath = (
  operation: Operation,
  link: string | undefined
): Effect.Effect<string | undefined, MailError> => {
  if (link === undefined) return Effect.succeed(undefined)
  const url = URL.parse(link)
  const at = url?.pathname.indexOf("/v1.0/") ?? -1
  return url === null || at < 0
    ? Effect.fail(strange(operation, "Microsoft Graph gave a link to a next page that leads nowhere"))
    : Effect.succeed(url.pathname.slice(at + "/v1.0".length) + url.search)
}

/** All that a list holds, page after page: ten make a page unless the path asks for more. */
export const listAll =
  (wire: GraphWire, told: Told) =>
  (operation: Operation, path: string, spend?: Spend): Effect.Effect<ReadonlyArray<unknown>, MailError> =>
    Effect.gen(function* () {
      const all: Array<unknown> = []
      const call = { method: "GET" as const, ...(spend === undefined ? {} : { spend }) }
      const seen = new Set<string>()
      for (let next: string | undefined = path; next !== undefined;) {
        if (seen.has(next)) {
          return yield* strange(operation, "Microsoft Graph gave the same page as the next one")
        }
        seen.add(next)
        const asked = wire.call(operation, { ...call, path: next })
        const answer: GraphAnswer = yield* told(operation, asked, { notRepeatable: false })
        const page: typeof Page.Type = yield* readPage(operation, answer.json)
        all.push(...page.value)
        next = yield* nextPath(operation, page["@odata.nextLink"])
      }
      return all
    })
