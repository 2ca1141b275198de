import type { X509Certificate } from "node:crypto"
import { connect, type Socket } from "node:net"
import { connect as connectTls, type TLSSocket } from "node:tls"

import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import { readGreeting } from "./BridgeGreeting.ts"

export type Security = "starttls" | "tls"

/** A Bridge that answered. */
export interface FoundBridge {
  readonly _tag: "Bridge"
  /** An address, never `localhost`. */
  readonly host: string
  readonly port: number
  readonly security: Security
  /** As Bridge writes it: `03.21.01`. */
  readonly version: string
  /** SHA-256 of the certificate, in upper-case hex pairs joined by `:`. */
  readonly fingerprint: string
  /** The certificate it showed, as PEM. Not yet trusted. */
  readonly certificate: string
}

/** What one port says. `Silent`: it accepts connections and then neither greets nor speaks TLS. */
export type ProbeAnswer =
  | FoundBridge
  | { readonly _tag: "Stranger"; readonly port: number; readonly says: string }
  | { readonly _tag: "Closed"; readonly port: number }
  | { readonly _tag: "Silent"; readonly port: number }
  | { readonly _tag: "Unreachable"; readonly port: number; readonly detail: string }

export interface Probe {
  readonly host: string
  readonly port: number
  /** Only this mode is tried; both when absent. */
  readonly security?: Security | undefined
  /** How long a server may take to greet before it is taken to wait for a TLS handshake. */
  readonly greetingWait: Duration.Duration
}

/** Bridge listens on IPv4 only, and many systems resolve `localhost` to `::1` first. */
const addressOf = (host: string): string => (host.toLowerCase() === "localhost" ? "127.0.0.1" : host)

class WireFailure extends Data.TaggedError("WireFailure")<{
  readonly why: "refused" | "silent" | "plain" | "unreachable"
  readonly detail: string
}> {}

/** Longer than any greeting of Bridge; a stranger that sends no line end is not listened to for ever. */
const longestLine = 4096

const whyOf = (code: string | undefined): WireFailure["why"] => {
  if (code === "ECONNREFUSED") return "refused"
  if (code === "ECONNRESET" || code === "EPIPE") return "silent"
  // OpenSSL's "wrong version number": what came back is no TLS record.
  return code === "EPROTO" || code?.startsWith("ERR_SSL_") === true ? "plain" : "unreachable"
}

const failureOf = (error: NodeJS.ErrnoException): WireFailure =>
  new WireFailure({ why: whyOf(error.code), detail: error.message })

/** A socket that is destroyed with the scope. Errors nobody waits for are dropped: the next read fails by itself. */
const held = <S extends Socket>(open: () => S): Effect.Effect<S, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => open().on("error", () => {})),
    (socket) => Effect.sync(() => socket.destroy())
  )

const ready = (socket: Socket, event: "connect" | "secureConnect"): Effect.Effect<void, WireFailure> =>
  Effect.callback((resume) => {
    socket.once(event, () => resume(Effect.void))
    socket.once("error", (error) => resume(Effect.fail(failureOf(error))))
    socket.once("close", () => resume(Effect.fail(new WireFailure({ why: "silent", detail: "closed" }))))
  })

const readLine = (socket: Socket): Effect.Effect<string, WireFailure> =>
  Effect.callback((resume) => {
    let line = ""
    const settle = (outcome: Effect.Effect<string, WireFailure>): void => {
      socket.off("data", listen)
      socket.pause()
      resume(outcome)
    }
    const listen = (chunk: Buffer): void => {
      line += chunk.toString("latin1")
      const end = line.indexOf("\n")
      if (end !== -1 || line.length > longestLine)
        settle(Effect.succeed(line.slice(0, end === -1 ? longestLine : end).trimEnd()))
    }
    socket.on("data", listen).resume()
    socket.once("error", (error) => settle(Effect.fail(failureOf(error))))
    socket.once("close", () =>
      settle(Effect.fail(new WireFailure({ why: "silent", detail: "closed without a greeting" })))
    )
  })

const patiently = <A>(wait: Duration.Duration, effect: Effect.Effect<A, WireFailure>) =>
  effect.pipe(
    Effect.timeoutOrElse({
      duration: wait,
      orElse: () =>
        Effect.fail(new WireFailure({ why: "silent", detail: `silent for ${Duration.format(wait)}` }))
    })
  )

/**
 * Takes whatever certificate is shown, because this connection ends before a single secret could be sent over it:
 * it only learns which certificate there is to judge. Sessions that log in verify it.
 */
const shownCertificate = (socket: TLSSocket): Effect.Effect<X509Certificate, WireFailure> =>
  Effect.suspend(() => {
    const certificate = socket.getPeerX509Certificate()
    return certificate === undefined
      ? Effect.fail(new WireFailure({ why: "unreachable", detail: "no certificate was shown" }))
      : Effect.succeed(certificate)
  })

const found = (
  probe: Probe,
  security: Security,
  version: string,
  certificate: X509Certificate
): FoundBridge => ({
  _tag: "Bridge",
  host: addressOf(probe.host),
  port: probe.port,
  security,
  version,
  fingerprint: certificate.fingerprint256,
  certificate: certificate.toString()
})

/** Nothing on this machine takes longer to accept or refuse a connection than a greeting may take. */
const connected = (socket: Socket, wait: Duration.Duration) =>
  ready(socket, "connect").pipe(
    Effect.timeoutOrElse({
      duration: wait,
      orElse: () => {
        const detail = `no answer to a connection in ${Duration.format(wait)}; a firewall may be in between`
        return Effect.fail(new WireFailure({ why: "unreachable", detail }))
      }
    })
  )

const throughStartTls = Effect.fnUntraced(function* (
  probe: Probe
): Effect.fn.Return<ProbeAnswer, WireFailure, Scope.Scope> {
  const { greetingWait, port } = probe
  const plain = yield* held(() => connect({ host: addressOf(probe.host), port }))
  yield* connected(plain, greetingWait)
  const greeting = readGreeting(yield* patiently(greetingWait, readLine(plain)))
  if (greeting._tag === "Stranger") return { _tag: "Stranger", port, says: greeting.says }
  if (!greeting.startTls) return { _tag: "Stranger", port, says: "a Bridge answers that offers no STARTTLS" }
  plain.write("a STARTTLS\r\n")
  const reply = yield* patiently(greetingWait, readLine(plain))
  if (!/^a OK\b/iu.test(reply))
    return { _tag: "Stranger", port, says: "a Bridge answers that refuses STARTTLS" }
  const secure = yield* held(() =>
    connectTls({ socket: plain, rejectUnauthorized: false, minVersion: "TLSv1.2" })
  )
  yield* patiently(greetingWait, ready(secure, "secureConnect"))
  return found(probe, "starttls", greeting.version, yield* shownCertificate(secure))
})

const throughTls = Effect.fnUntraced(function* (
  probe: Probe
): Effect.fn.Return<ProbeAnswer, WireFailure, Scope.Scope> {
  const { greetingWait, port } = probe
  const secure = yield* held(() =>
    connectTls({ host: addressOf(probe.host), port, rejectUnauthorized: false, minVersion: "TLSv1.2" })
  )
  yield* patiently(greetingWait, ready(secure, "secureConnect"))
  const greeting = readGreeting(yield* patiently(greetingWait, readLine(secure)))
  if (greeting._tag === "Stranger") return { _tag: "Stranger", port, says: greeting.says }
  return found(probe, "tls", greeting.version, yield* shownCertificate(secure))
})

const answerOf = (port: number, { detail, why }: WireFailure): ProbeAnswer => {
  if (why === "unreachable") return { _tag: "Unreachable", port, detail }
  if (why === "plain")
    return { _tag: "Stranger", port, says: "a server answers that is not in SSL mode (security: tls)" }
  return { _tag: why === "refused" ? "Closed" : "Silent", port }
}

const settled = (
  port: number,
  attempt: Effect.Effect<ProbeAnswer, WireFailure, Scope.Scope>
): Effect.Effect<ProbeAnswer> =>
  Effect.scoped(attempt).pipe(Effect.catch((failure) => Effect.succeed(answerOf(port, failure))))

/**
 * Asks one port who is there, and logs in nowhere. A port in Bridge's SSL mode sends no greeting, because it
 * waits for a TLS handshake: after the wait that is tried. A TLS handshake on a STARTTLS port would be answered by
 * a silent close, so the order matters.
 */
export const probePort = Effect.fnUntraced(function* (probe: Probe): Effect.fn.Return<ProbeAnswer> {
  if (probe.security === "tls") return yield* settled(probe.port, throughTls(probe))
  const answer = yield* settled(probe.port, throughStartTls(probe))
  if (answer._tag !== "Silent" || probe.security === "starttls") return answer
  const overTls = yield* settled(probe.port, throughTls(probe))
  return overTls._tag === "Unreachable" ? answer : overTls
})
