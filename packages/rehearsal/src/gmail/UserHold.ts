import { ApiError } from "./ApiError.ts"

/** What a request inside the time adds to it: seen at Google's, GAMADV-XTD3 issues 149 and 337. */
const penalty = 15 * 60_000

/** Requests that were under way when the client was first told are not held against it. Milliseconds. */
const grace = 250

/** `User-rate limit exceeded.  Retry after …`: for one user, and longer for each request that does not wait. */
export class UserHold {
  /** Requests that came before the time they were told. */
  violations = 0
  private until = 0
  private toldAt: number | undefined
  private readonly scale: number

  /** `scale`: how many times shorter than a quarter of an hour the penalty is. */
  constructor(scale: number) {
    this.scale = scale
  }

  /** `time` in milliseconds since 1970. */
  hold(time: number): void {
    this.until = time
    this.toldAt = undefined
  }

  end(): void {
    this.until = 0
  }

  /** The refusal of a request that comes now, if it is one. */
  refusal(): ApiError | undefined {
    const now = Date.now()
    if (now >= this.until) return undefined
    if (this.toldAt !== undefined && now > this.toldAt + grace) {
      this.violations += 1
      this.until += penalty / this.scale
    }
    this.toldAt ??= now
    return new ApiError({
      code: 429,
      // Two spaces, as Google writes it.
      message: `User-rate limit exceeded.  Retry after ${new Date(this.until).toISOString()}`,
      reason: "rateLimitExceeded"
    })
  }
}
