import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"

import { isLoopback } from "@mailferry/imap/Loopback.ts"
import type { OAuth2Client, OAuth2ClientOptions } from "google-auth-library"

import type { GoogleUrls } from "./GoogleEndpoint.ts"

const timeoutMillis = 30_000

/** The token endpoint itself, or the proxy that HTTPS_PROXY names for it; never one for this machine. */
const agentFor = (url: string): HttpAgent | HttpsAgent => {
  const { hostname, protocol } = new URL(url)
  if (protocol === "http:") return new HttpAgent()
  return new HttpsAgent(isLoopback(hostname) ? {} : { proxyEnv: process.env })
}

/**
 * A client of google-auth-library, loaded when the first token is needed. It knows these URLs and no other: the library
 * looks for a metadata server only through GoogleAuth, which is not used. It repeats nothing, since repeating is core's,
 * and follows no redirect, which would carry the secrets to another host.
 */
export const openLibrary = async (
  urls: GoogleUrls,
  options: OAuth2ClientOptions = {}
): Promise<OAuth2Client> => {
  const { OAuth2Client } = await import("google-auth-library")
  const client = new OAuth2Client({
    ...options,
    endpoints: {
      oauth2AuthBaseUrl: urls.authorize,
      oauth2TokenUrl: urls.token,
      oauth2RevokeUrl: urls.revoke
    },
    transporterOptions: { timeout: timeoutMillis, agent: agentFor(urls.token), redirect: "manual" }
  })
  client.transporter.interceptors.request.add({
    resolved: (request) => {
      // The library asks for three tries of every token request by this key.
      delete request.retryConfig
      return Promise.resolve(Object.assign(request, { retry: false }))
    }
  })
  return client
}
