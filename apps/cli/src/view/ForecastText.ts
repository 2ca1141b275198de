import type { Forecast } from "@mailferry/core/Forecast.ts"

import { counted, duration, octets } from "./Wording.ts"

const day = 86_400

/** Below this, signing in and listing take longer than the limits do. Seconds. */
const worthComparing = 10

/** Nobody plans by the hours of a forecast of weeks, nor by one that is over at once. */
const span = (seconds: number): string => {
  if (seconds < worthComparing) return "less than 10 s"
  return seconds >= 2 * day ? `${Math.round(seconds / day)} days` : duration(seconds)
}

/** `92,110 messages, 18.4 GB: 7 h 06 min by the API, 37 days by IMAP`. */
export const forecastLine = ({ messages, octets: size, otherWays, seconds }: Forecast): string => {
  const ways = otherWays.map((way) => `, ${span(way.seconds)} by ${way.name}`).join("")
  const own = ways === "" ? "" : " by the API"
  return `${counted(messages, "message")}, ${octets(size)}: ${span(seconds)}${own}${ways}`
}

/** What a forecast came to. */
export interface Foretold {
  readonly forecast: Forecast
  /** Seconds that it took in truth, once everything that was forecast is done. */
  readonly took: number | undefined
}

/** How much longer it took, as a share: 0.06 is 6 % longer. None of a forecast that was over before it began. */
const longer = ({ forecast, took }: Foretold): number | undefined =>
  took === undefined || forecast.seconds < worthComparing ? undefined : took / forecast.seconds - 1

/** `Forecast 7 h 06 min, took 7 h 31 min: 6 % longer.` */
export const foretoldLines = (foretold: Foretold | undefined): ReadonlyArray<string> => {
  const off = foretold === undefined ? undefined : longer(foretold)
  if (foretold?.took === undefined || off === undefined) return []
  const percent = Math.round(Math.abs(off) * 100)
  const verdict = percent === 0 ? "as foretold" : `${percent} % ${off > 0 ? "longer" : "shorter"}`
  return [`Forecast ${span(foretold.forecast.seconds)}, took ${span(foretold.took)}: ${verdict}.`]
}

/** `bytes` are octets; `boundBy` is the limit that makes it so long: `amount` of `of` in `perSeconds`. */
export interface ForecastJson {
  readonly messages: number
  readonly bytes: number
  readonly seconds: number
  readonly boundBy: Forecast["boundBy"]
  readonly otherWays: Forecast["otherWays"]
}

/** Null where the destination publishes no limits. */
export const forecastJson = (forecast: Forecast | undefined): ForecastJson | null => {
  if (forecast === undefined) return null
  const { boundBy, messages, octets: bytes, otherWays, seconds } = forecast
  return { messages, bytes, seconds, boundBy, otherWays }
}

/** `took` is null while something of the plan is left, `longer` also where there was nothing to forecast. */
export interface ForetoldJson extends ForecastJson {
  readonly took: number | null
  readonly longer: number | null
}

export const foretoldJson = (foretold: Foretold | undefined): ForetoldJson | null => {
  const json = forecastJson(foretold?.forecast)
  if (foretold === undefined || json === null) return null
  return { ...json, took: foretold.took ?? null, longer: longer(foretold) ?? null }
}
