import { randomUUID } from "node:crypto"

import { MailError, type Operation } from "@mailferry/core/MailError.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

import type { AccessTokens } from "../auth/MicrosoftTokens.ts"
import { type Connections, isThisMachine, openConnections } from "./Connections.ts"
import { openGraphClient } from "./GraphClient.ts"
import { failureOfAnswer, failureOfConnection, type GraphFailure, jsonOf } from "./GraphFailure.ts"
import { elsewhere, type HttpAnswer, NoAnswer, sendRequest } from "./HttpRequest.ts"

/** Called with the octets of the body before each attempt; it may wait. */
export type Spend = (octets: number) => Effect.Effect<void, MailError>

export interface GraphCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** Below `/v1.0`, as in `/me/messages`; encoded, with query. */
  readonly path: string
  readonly json?: unknown
  /** In place of `json`. */
  readonly body?: { readonly octets: Buffer; readonly contentType: string }
  /** What the answer is to be like, besides ids that do not change: `outlook.allow-unsafe-html`. */
  readonly prefer?: ReadonlyArray<string>
  readonly spend?: Spend
  /** The one status that is success where another 2xx means that nothing was done: 201. */
  readonly expects?: number
}

export interface GraphAnswer {
  readonly status: number
  readonly headers: Headers
  /** Undefined when there is none. */
  readonly json: unknown
}

/** A part of a large attachment. */
export interface UploadPart {
  /** Of the session, as Graph gave it. A key to the mailbox: never shown. */
  readonly url: string
  readonly octets: Buffer
  /** Where the part begins in the attachment, and how long all of that is. In octets. */
  readonly start: number
  readonly size: number
  readonly spend?: Spend
}

type Answered<A> = Effect.Effect<A, GraphFailure | MailError>

/** Sends requests to Graph and no other server, each with a token and once, or twice when the token had expired. */
export interface GraphWire {
  readonly call: (operation: Operation, call: GraphCall) => Answered<GraphAnswer>
  /** What `$value` gives. */
  readonly octets: (operation: Operation, call: GraphCall) => Answered<Uint8Array>
  /** To the server that a session names, without a token: that one would refuse it. */
  readonly put: (operation: Operation, part: UploadPart) => Answered<GraphAnswer>
  /** How far a session has come. */
  readonly session: (operation: Operation, url: string) => Answered<GraphAnswer>
}

export interface WireOptions {
  /** Where `/v1.0` is. */
  readonly graphUrl: string
  readonly tokens: AccessTokens
  /** For one request and its answer. */
  readonly timeout: Duration.Duration
}

/** Survives a move within the mailbox. On every call, or ids of one would not be those of the next. */
const immutableIds = 'IdType="ImmutableId"'

const bodyOf = ({
  body,
  json
}: GraphCall): { readonly octets: Buffer; readonly contentType: string } | undefined =>
  json === undefined ? body : { octets: Buffer.from(JSON.stringify(json)), contentType: "application/json" }

/** Octets where the session is; nothing goes in the clear but to this machine. */
const sessionUrl = (text: string): URL => {
  const url = URL.parse(text)
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isThisMachine(url))) return url
  throw new NoAnswer(elsewhere(), "no")
}

/** A token that could not be had, told of the call that needed it. */
const during = (operation: Operation) => (error: MailError) =>
  new MailError({ adapter: error.adapter, operation, reason: error.reason })

const isExpired = (error: GraphFailure | MailError): boolean =>
  error._tag === "GraphFailure" && error.status === 401

/** An answer of success, its JSON read; a page of a network that wants a sign-in must not pass for one. */
const read = (answer: HttpAnswer, id: string, expects?: number): Effect.Effect<GraphAnswer, GraphFailure> => {
  const { isPage, json } = jsonOf(answer)
  const { headers, status } = answer
  return isPage || (expects !== undefined && status !== expects)
    ? Effect.fail(failureOfAnswer(answer, id))
    : Effect.succeed({ status, headers, json })
}

/** Octets are anything, but a page is a network's that wants a sign-in. */
const octetsIn = (answer: HttpAnswer, id: string): Effect.Effect<Uint8Array, GraphFailure> =>
  /^text\/html\b/iu.test(answer.headers.get("content-type") ?? "")
    ? Effect.fail(failureOfAnswer(answer, id))
    : Effect.succeed(answer.octets)

/** Loads Microsoft's client, which only a connection costs. The scope closes its connections. */
export const makeGraphWire = Effect.fnUntraced(function* ({ graphUrl, timeout, tokens }: WireOptions) {
  const connections: Connections = yield* openConnections
  const client = yield* Effect.promise(() => openGraphClient(connections, graphUrl))

  /** One request; the signal ends it with the fiber or with its time. */
  const attempt = (id: string, send: (signal: AbortSignal) => Promise<HttpAnswer>) =>
    Effect.tryPromise({
      try: async (interrupted): Promise<HttpAnswer> => {
        const ending = new AbortController()
        const end = () => ending.abort(interrupted.reason)
        const timer = setTimeout(
          () => ending.abort(new DOMException("no answer in time", "TimeoutError")),
          Duration.toMillis(timeout)
        )
        interrupted.addEventListener("abort", end, { once: true })
        try {
          return await send(ending.signal)
        } finally {
          clearTimeout(timer)
          interrupted.removeEventListener("abort", end)
        }
      },
      catch: (error) => failureOfConnection(error, id)
    }).pipe(
      Effect.filterOrFail(
        ({ status }) => status >= 200 && status < 300,
        (answer) => failureOfAnswer(answer, id)
      )
    )

  const spent = ({ spend }: { readonly spend?: Spend }, octets: number) => spend?.(octets) ?? Effect.void

  /** Tries once, and once more with a new token when the first had expired. Each attempt has a name of its own. */
  const authorized = <A>(
    operation: Operation,
    call: GraphCall,
    use: (answer: HttpAnswer, id: string) => Effect.Effect<A, GraphFailure>
  ): Answered<A> =>
    Effect.suspend(() => {
      const body = bodyOf(call)
      const prefer = [immutableIds, ...(call.prefer ?? [])].join(", ")
      const sendAs = (tokenOf: Effect.Effect<Redacted.Redacted, MailError>) =>
        Effect.gen(function* () {
          yield* spent(call, body?.octets.length ?? 0)
          const token = yield* Effect.mapError(tokenOf, during(operation))
          const id = randomUUID()
          const answer = yield* attempt(id, (signal) =>
            client({
              method: call.method,
              path: call.path,
              headers: {
                prefer,
                "client-request-id": id,
                ...(body === undefined ? {} : { "content-type": body.contentType })
              },
              ...(body === undefined ? {} : { body: body.octets }),
              token,
              signal
            })
          )
          return yield* use(answer, id)
        })
      return Effect.catchIf(sendAs(tokens.accessToken), isExpired, () => sendAs(tokens.refreshed))
    })

  const toSession = (
    url: string,
    method: "GET" | "PUT",
    sent: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer } = {}
  ) =>
    Effect.suspend(() => {
      const id = randomUUID()
      const headers = { ...sent.headers, "client-request-id": id }
      return Effect.flatMap(
        attempt(id, async (signal) => {
          const request = { ...sent, url: sessionUrl(url), method, headers, signal }
          return await sendRequest(connections, request)
        }),
        (answer) => read(answer, id)
      )
    })

  const wire: GraphWire = {
    call: (operation, call) => authorized(operation, call, (answer, id) => read(answer, id, call.expects)),
    octets: (operation, call) => authorized(operation, call, octetsIn),
    put: (_operation, part) => {
      const { octets, size, start, url } = part
      const headers = {
        "content-type": "application/octet-stream",
        "content-range": `bytes ${start}-${start + octets.length - 1}/${size}`
      }
      return Effect.andThen(spent(part, octets.length), toSession(url, "PUT", { headers, body: octets }))
    },
    session: (_operation, url) => toSession(url, "GET")
  }
  return wire
})
