import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import type { Readable } from "node:stream"

import type { gmail_v1 } from "@googleapis/gmail"
import { MailError, type Operation } from "@mailferry/core/MailError.ts"
import { isLoopback } from "@mailferry/imap/Loopback.ts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { gaxios } from "google-auth-library"

import type { GoogleTokens } from "./auth/GoogleTokens.ts"
import { failureOf, type GmailFailure } from "./GmailFailure.ts"

/** What every request is sent with. Given per call, since the client forgets `rootUrl` for uploads otherwise. */
export interface CallOptions {
  /** Ends in no slash. */
  readonly rootUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly agent: HttpAgent | HttpsAgent
  readonly signal: AbortSignal
  /** Milliseconds for all of the request, its body included. */
  readonly timeout: number
  readonly retry: false
  readonly redirect: "manual"
}

/** One try of one request. */
export interface Sending {
  readonly client: gmail_v1.Gmail
  /** For what the client cannot do: upload sessions. */
  readonly http: gaxios.Gaxios
  readonly options: CallOptions
}

export interface WireOptions {
  /** Where `/gmail/v1` and `/upload/gmail/v1` are. */
  readonly rootUrl: string
  readonly tokens: GoogleTokens
  /** Connections at the most. */
  readonly sockets: number
  readonly timeout: Duration.Duration
}

/** Sends requests to one server and no other, each with a token and once, or twice when the token had expired. */
export interface GmailWire {
  readonly rootUrl: string
  readonly request: <A>(
    operation: Operation,
    send: (sending: Sending) => Promise<A>
  ) => Effect.Effect<A, GmailFailure | MailError>
  /** The same with a body, which is made anew for each try, since a stream can be sent once. */
  readonly upload: <A>(
    operation: Operation,
    body: () => Readable,
    send: (sending: Sending, body: Readable) => Promise<A>
  ) => Effect.Effect<A, GmailFailure | MailError>
}

/** Ends a call whose body breaks: the client does not notice, and would wait for ever. */
const whileWhole = <A>(
  body: Readable,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<A>
): Promise<A> => {
  const broken = new AbortController()
  return new Promise<A>((resolve, reject) => {
    body.once("error", (error) => {
      reject(error)
      broken.abort(error)
    })
    send(AbortSignal.any([signal, broken.signal])).then(resolve, reject)
  })
}

const isExpired = (error: GmailFailure | MailError): boolean =>
  error._tag === "GmailFailure" && error.status === 401

/** A token that could not be had, told of the call that needed it. */
const during = (operation: Operation) => (error: MailError) =>
  new MailError({ adapter: error.adapter, operation, reason: error.reason })

/** Connections to the server itself; a proxy of this network is used where the environment names one. */
const openAgent = (rootUrl: string, sockets: number): HttpAgent | HttpsAgent => {
  const { hostname, protocol } = new URL(rootUrl)
  const options = { keepAlive: true, maxSockets: sockets }
  if (protocol === "http:") return new HttpAgent(options)
  return new HttpsAgent(isLoopback(hostname) ? options : { ...options, proxyEnv: process.env })
}

/** Loads the client library: 60 to 110 ms that only a connection to Gmail costs. The scope closes its connections. */
export const makeGmailWire = Effect.fnUntraced(function* (wire: WireOptions) {
  const { rootUrl, tokens } = wire
  const [library, auth] = yield* Effect.promise(() =>
    Promise.all([import("@googleapis/gmail"), import("google-auth-library")])
  )
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() => openAgent(rootUrl, wire.sockets)),
    (opened) => Effect.sync(() => opened.destroy())
  )
  // With the default universe said outright, GOOGLE_CLOUD_UNIVERSE_DOMAIN cannot send requests to another host.
  const client = library.gmail({ version: "v1", universeDomain: "googleapis.com" })
  const http = new auth.gaxios.Gaxios()

  const sendingAs = (token: Redacted.Redacted, signal: AbortSignal): Sending => ({
    client,
    http,
    options: {
      rootUrl,
      headers: { Authorization: `Bearer ${Redacted.value(token)}` },
      agent,
      signal,
      timeout: Duration.toMillis(wire.timeout),
      // One schedule repeats calls, and it is core's: the library knows neither quotas nor what became of a message.
      retry: false,
      // A session's 308 is an answer; any other redirect would carry mail and token to another host.
      redirect: "manual"
    }
  })

  /** Tries once, and once more with a new token when the first had expired. */
  const withToken = <A>(
    operation: Operation,
    attempt: (token: Redacted.Redacted) => Effect.Effect<A, GmailFailure>
  ): Effect.Effect<A, GmailFailure | MailError> =>
    Effect.mapError(tokens.accessToken, during(operation)).pipe(
      Effect.flatMap((token): Effect.Effect<A, GmailFailure | MailError> => attempt(token)),
      Effect.catchIf(isExpired, () =>
        Effect.flatMap(Effect.mapError(tokens.refreshed, during(operation)), attempt)
      )
    )

  const wired: GmailWire = {
    rootUrl,
    request: (operation, send) =>
      withToken(operation, (token) =>
        Effect.tryPromise({ try: (signal) => send(sendingAs(token, signal)), catch: failureOf })
      ),
    upload: (operation, make, send) =>
      withToken(operation, (token) =>
        Effect.acquireUseRelease(
          Effect.sync(make),
          (body) =>
            Effect.tryPromise({
              try: (signal) => whileWhole(body, signal, (coupled) => send(sendingAs(token, coupled), body)),
              catch: failureOf
            }),
          // The client leaves it open when it is interrupted or refused early.
          (body) => Effect.sync(() => body.destroy())
        )
      )
  }
  return wired
})
