import { Fatal, type MailErrorReason, Transient } from "@mailferry/core/MailError.ts"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import type { BridgeConfig } from "./BridgeConfig.ts"
import { startBridge } from "./BridgeErrors.ts"
import { type FoundBridge, type ProbeAnswer, probePort } from "./BridgeProbe.ts"

/** Where a Bridge is looked for and how patiently, when its config does not say. A reference, so that a rehearsal can look elsewhere. */
export const BridgeSearch = Context.Reference<{
  /** In this order. */
  readonly ports: ReadonlyArray<number>
  readonly greetingWait: Duration.Duration
}>("@mailferry/source-proton-bridge/BridgeSearch", {
  defaultValue: () => ({
    // Bridge takes the first free port from 1143 at its first start, and 1201 or 1202 when 1143-1200 are taken
    // (Bridge's ports.go). Beyond 1163 nobody has ever been: twenty other things would have to run.
    ports: [...Arr.range(1143, 1163), 1201, 1202],
    greetingWait: Duration.seconds(3)
  })
})

const isBridge = (answer: ProbeAnswer): answer is FoundBridge => answer._tag === "Bridge"

const said = (answer: ProbeAnswer): ReadonlyArray<string> => {
  if (answer._tag === "Stranger") return [`on port ${answer.port} ${answer.says}`]
  if (answer._tag === "Silent") return [`port ${answer.port} accepts connections but says nothing`]
  return answer._tag === "Unreachable" ? [`port ${answer.port}: ${answer.detail}`] : []
}

/**
 * Why no Bridge was found, for the person who has to find it. A stranger on the one port the config names is `Fatal`:
 * it will not turn into Bridge. Everything else may pass, a Bridge that is just starting included.
 */
export const notFound = (host: string, answers: ReadonlyArray<ProbeAnswer>): MailErrorReason => {
  const [only, ...others] = answers
  if (only?._tag === "Stranger" && others.length === 0) {
    return new Fatal({
      detail: `on ${host}:${only.port} ${only.says}; nothing was sent to it`,
      advice: "Copy the IMAP port from Bridge's settings, or leave the port out: it is then looked for."
    })
  }
  const ports =
    only !== undefined && others.length === 0
      ? `port ${only.port}`
      : `any of the ${answers.length} usual ports`
  return new Transient({
    detail: [
      `no Bridge on ${host}, ${ports}: not running, on another port, or offline`,
      ...answers.flatMap(said)
    ].join("; "),
    advice: startBridge,
    applied: "no"
  })
}

/**
 * The Bridges that answer, best first: an acceptable one alone as soon as it is found, else all of them, so that the caller can
 * say what is wrong with each. Two users of one machine run two Bridges, and only the certificate tells them apart.
 */
export const findBridges = Effect.fnUntraced(function* (
  config: BridgeConfig,
  isAcceptable: (bridge: FoundBridge) => boolean
): Effect.fn.Return<Arr.NonEmptyReadonlyArray<FoundBridge>, MailErrorReason> {
  const search = yield* BridgeSearch
  const { host, security } = config
  const probe = (port: number) => probePort({ host, port, security, greetingWait: search.greetingWait })
  const [first, ...rest] = config.port === undefined ? search.ports : [config.port]
  const answers: Array<ProbeAnswer> = first === undefined ? [] : [yield* probe(first)]
  if (!answers.some((answer) => isBridge(answer) && isAcceptable(answer))) {
    answers.push(...(yield* Effect.forEach(rest, probe, { concurrency: 8 })))
  }
  const bridges = answers.filter(isBridge)
  const acceptable = bridges.filter(isAcceptable)
  const best = acceptable.length > 0 ? acceptable : bridges
  return Arr.isReadonlyArrayNonEmpty(best) ? best : yield* Effect.fail(notFound(host, answers))
})
