import type {
  Client,
  Context,
  GraphRequest as GraphRequestOfClient,
  Middleware,
  MiddlewareOptions
} from "@microsoft/microsoft-graph-client"
import * as Redacted from "effect/Redacted"

import type { Connections } from "./Connections.ts"
import { elsewhere, type HttpAnswer, NoAnswer, sendRequest } from "./HttpRequest.ts"

/** What one request is sent with and what came of it, as Microsoft's client carries it along its chain. */
class Sending implements MiddlewareOptions {
  readonly token: Redacted.Redacted
  readonly signal: AbortSignal
  answer: HttpAnswer | undefined
  failure: NoAnswer | undefined

  constructor(token: Redacted.Redacted, signal: AbortSignal) {
    this.token = token
    this.signal = signal
  }
}

export interface GraphRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** Below `/v1.0`, encoded, with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly token: Redacted.Redacted
  readonly signal: AbortSignal
}

export type GraphClient = (request: GraphRequest) => Promise<HttpAnswer>

const sendingOf = ({ middlewareControl }: Context): Sending => {
  const sending = middlewareControl?.getMiddlewareOptions(Sending)
  if (sending instanceof Sending) return sending
  throw new Error("a request came without what it is to be sent with")
}

/** Fields as the client hands them on: it was given them as an object. */
const fieldsOf = (context: Context): Record<string, string> =>
  Object.fromEntries(new Headers(context.options?.headers).entries())

/** Puts the token on, for this host alone: the client's own link leaves it out for every host but Microsoft's. */
class Authorizing implements Middleware {
  private next: Middleware | undefined

  setNext(next: Middleware): void {
    this.next = next
  }

  async execute(context: Context): Promise<void> {
    const token = Redacted.value(sendingOf(context).token)
    context.options = {
      ...context.options,
      headers: { ...fieldsOf(context), authorization: `Bearer ${token}` }
    }
    await this.next?.execute(context)
  }
}

/** The last link: our own connections, and no other server than this one, whatever a path may say. */
class Sender implements Middleware {
  private readonly connections: Connections
  private readonly root: string

  constructor(connections: Connections, root: string) {
    this.connections = connections
    this.root = root
  }

  async execute(context: Context): Promise<void> {
    const sending = sendingOf(context)
    try {
      sending.answer = await this.send(context, sending.signal)
      // The client wants one of these, and does nothing with it but hand it on.
      context.response = new Response(null)
    } catch (error) {
      sending.failure = error instanceof NoAnswer ? error : new NoAnswer(error, "no")
      throw error
    }
  }

  private send(context: Context, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(typeof context.request === "string" ? context.request : context.request.url)
    if (!url.href.startsWith(this.root)) throw new NoAnswer(elsewhere(), "no")
    const { body, method = "GET" } = context.options ?? {}
    return sendRequest(this.connections, {
      url,
      method,
      headers: fieldsOf(context),
      signal,
      ...(Buffer.isBuffer(body) ? { body } : {})
    })
  }
}

/** Has the client make a request; what it answers is known by another way. */
const asked = async (
  request: GraphRequestOfClient,
  method: GraphRequest["method"],
  body: Buffer | undefined
): Promise<{ readonly failure?: unknown }> => {
  try {
    switch (method) {
      case "GET":
        await request.get()
        break
      case "POST":
        await request.post(body)
        break
      case "PATCH":
        await request.patch(body)
        break
      case "DELETE":
        await request.delete()
    }
    return {}
  } catch (failure) {
    return { failure }
  }
}

/**
 * Microsoft's client with a chain of two links and nothing else: it repeats nothing, follows nothing, and gives answers
 * as they are. `graphUrl` ends in no slash. Rejects with {@link NoAnswer}.
 */
export const openGraphClient = async (connections: Connections, graphUrl: string): Promise<GraphClient> => {
  const library = await import("@microsoft/microsoft-graph-client")
  const client: Client = library.Client.initWithMiddleware({
    baseUrl: graphUrl,
    defaultVersion: "v1.0",
    middleware: [
      new Authorizing(),
      new Sender(connections, `${new URL(graphUrl).href.replace(/\/+$/u, "")}/v1.0/`)
    ]
  })
  return async ({ body, headers, method, path, signal, token }) => {
    const sending = new Sending(token, signal)
    const request = client
      .api(path)
      .headers(headers)
      .responseType(library.ResponseType.RAW)
      .middlewareOptions([sending])
    const { failure } = await asked(request, method, body)
    if (sending.answer !== undefined) return sending.answer
    // The client tells what went wrong in an error of its own, which forgets what it was.
    throw sending.failure ?? new NoAnswer(failure, "no")
  }
}
