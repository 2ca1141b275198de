import { Agent as HttpAgent, type IncomingMessage, request as requestInTheClear } from "node:http"
import { Agent as HttpsAgent, request as requestByTls } from "node:https"

import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node"
import { isLoopback } from "@mailferry/imap/Loopback.ts"

/** Milliseconds without a word. */
const patience = 30_000

/** Of an answer of a token endpoint no more is read. Octets. */
const longest = 1_048_576

/** What the sign-in answered. */
export interface AuthorityAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Undefined where it is no JSON. */
  readonly body: unknown
}

/** The name by which msal knows the server whose address it would not take: it wants https. */
const standIn = "https://login.microsoftonline.com"

/** The server itself, or the proxy that HTTPS_PROXY names for it; never one for this machine. */
const optionsFor = ({ hostname, protocol }: URL) =>
  protocol === "http:"
    ? { agent: new HttpAgent(), send: requestInTheClear }
    : {
        agent: new HttpsAgent(isLoopback(hostname) ? {} : { proxyEnv: process.env }),
        send: requestByTls
      }

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const textOf = async (incoming: IncomingMessage): Promise<string> => {
  const parts: Array<Buffer> = []
  let size = 0
  for await (const part of incoming) {
    if (!Buffer.isBuffer(part)) continue
    size += part.length
    if (size > longest) break
    parts.push(part)
  }
  return Buffer.concat(parts).toString("utf8")
}

/**
 * Carries msal's questions to one server and to no other. Follows no redirect, which would carry the secrets elsewhere,
 * repeats nothing, since repeating is core's, and remembers the last answer: msal keeps the refresh token out of what it
 * returns, and the numbers of a refusal out of what it throws.
 */
export class AuthorityWire implements INetworkModule {
  readonly #authority: string
  #last: AuthorityAnswer | undefined
  #failure: unknown

  /** `authority`: what stands before the tenant; ends in no slash. */
  constructor(authority: string) {
    this.#authority = authority
  }

  /** What msal is to call the server. */
  get name(): string {
    return this.#authority.startsWith("https:") ? this.#authority : standIn
  }

  get last(): AuthorityAnswer | undefined {
    return this.#last
  }

  /** What was thrown instead of an answer: msal may hide it in an error of its own. */
  get failure(): unknown {
    return this.#failure
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#exchange("GET", url, options)
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#exchange("POST", url, options)
  }

  /** A form to a page below the authority: `/common/oauth2/v2.0/devicecode`. */
  async post(path: string, form: Readonly<Record<string, string>>): Promise<AuthorityAnswer> {
    await this.#exchange("POST", `${this.name}${path}`, {
      body: new URLSearchParams(form).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded;charset=utf-8" }
    })
    return this.#last ?? { status: 0, headers: {}, body: undefined }
  }

  async #exchange<T>(
    method: string,
    asked: string,
    { body = "", headers = {} }: NetworkRequestOptions = {}
  ): Promise<NetworkResponse<T>> {
    if (!asked.startsWith(`${this.name}/`)) throw new Error("the sign-in is asked and nobody else")
    this.#last = undefined
    this.#failure = undefined
    const url = new URL(`${this.#authority}${asked.slice(this.name.length)}`)
    const { agent, send } = optionsFor(url)
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        const length = method === "POST" ? { "content-length": Buffer.byteLength(body) } : {}
        const signal = AbortSignal.timeout(patience)
        const outgoing = send(url, { method, agent, signal, headers: { ...headers, ...length } }, resolve)
        outgoing.on("error", reject)
        outgoing.end(method === "POST" ? body : undefined)
      })
      const text = await textOf(incoming)
      const answered = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
      const answer = {
        status: incoming.statusCode ?? 0,
        headers: Object.fromEntries(answered) as Record<string, string>,
        body: parsed(text)
      }
      this.#last = answer
      return { ...answer, body: answer.body as T }
    } catch (cause) {
      this.#failure = cause
      throw cause
    } finally {
      agent.destroy()
    }
  }
}
