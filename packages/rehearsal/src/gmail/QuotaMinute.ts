import { ApiError } from "./ApiError.ts"

interface Spent {
  readonly at: number
  readonly units: number
}

/**
 * Units in any minute that ends now: stricter than a minute of the clock, at whose turn twice the quota would pass. With
 * `burst` it is a bucket of that many units instead, which fills at the same rate.
 */
export class QuotaMinute {
  private readonly perMinute: number
  private readonly burst: number | undefined
  private readonly scale: number
  private spent: Array<Spent> = []
  private sum = 0
  private level: number
  private filledAt: number

  /** `scale`: how many times faster than the clock its minute passes. */
  constructor(perMinute: number, burst: number | undefined, scale: number) {
    this.perMinute = perMinute
    this.burst = burst
    this.scale = scale
    this.level = burst ?? 0
    this.filledAt = this.now()
  }

  /** Whether there was room; what is refused costs nothing. */
  take(units: number): boolean {
    if (this.perMinute === Infinity) return true
    return this.burst === undefined ? this.takeFromMinute(units) : this.takeFromBucket(units, this.burst)
  }

  private takeFromMinute(units: number): boolean {
    const now = this.now()
    const begin = now - 60_000
    let gone = 0
    for (; gone < this.spent.length; gone += 1) {
      const entry = this.spent[gone]
      if (entry === undefined || entry.at > begin) break
      this.sum -= entry.units
    }
    if (gone > 0) this.spent = this.spent.slice(gone)
    if (this.sum + units > this.perMinute) return false
    this.spent.push({ at: now, units })
    this.sum += units
    return true
  }

  private takeFromBucket(units: number, burst: number): boolean {
    const now = this.now()
    this.level = Math.min(burst, this.level + ((now - this.filledAt) * this.perMinute) / 60_000)
    this.filledAt = now
    if (this.level < units) return false
    this.level -= units
    return true
  }

  /** Milliseconds of the quota's own time. */
  private now(): number {
    return performance.now() * this.scale
  }
}

const limitExceeded = (limit: string, project: string): ApiError => {
  const message = `Quota exceeded for quota metric 'Queries' and limit '${limit}' of service 'gmail.googleapis.com' for consumer 'project_number:${project}'.`
  return new ApiError({
    code: 403,
    message,
    reason: "rateLimitExceeded",
    domain: "usageLimits",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "RATE_LIMIT_EXCEEDED",
        domain: "googleapis.com",
        metadata: {
          service: "gmail.googleapis.com",
          consumer: `projects/${project}`,
          quota_metric: "gmail.googleapis.com/default"
        }
      }
    ]
  })
}

export const userQuotaExceeded = (project: string): ApiError =>
  limitExceeded("Queries per minute per user", project)

export const projectQuotaExceeded = (project: string): ApiError =>
  limitExceeded("Queries per minute", project)
