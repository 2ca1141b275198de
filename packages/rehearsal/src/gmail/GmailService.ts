import { BodyTooLong, type Exchange } from "../http/Exchange.ts"
import type { LoggedRequest } from "../http/LoggedRequest.ts"
import type { Service } from "../http/LoopbackListener.ts"
import { ApiError, tooLarge } from "./ApiError.ts"
import { ApiServer, callOf } from "./ApiServer.ts"
import type { GmailStats } from "./GmailStats.ts"
import type { GmailWorld } from "./GmailWorld.ts"
import type { SignIn } from "./signin/SignIn.ts"

/** Reasons that mean the client was too fast. */
const byQuota = new Set(["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"])

/** Passes each request to the sign-in or the API. */
export class GmailService implements Service {
  readonly stats: GmailStats
  readonly requests: Array<LoggedRequest>
  readonly callOf = callOf
  private readonly world: GmailWorld
  private readonly api: ApiServer
  private readonly signIn: SignIn

  constructor(world: GmailWorld, signIn: SignIn) {
    this.world = world
    this.stats = world.stats
    this.requests = world.requests
    this.signIn = signIn
    this.api = new ApiServer(world)
  }

  async serve(exchange: Exchange): Promise<void> {
    exchange.obey(await this.world.hook?.(exchange.log, "arrived"))
    if (this.signIn.serves(exchange.log.path)) return await this.signIn.serve(exchange)
    await this.api.serve(exchange)
  }

  fail(exchange: Exchange, failure: unknown): void {
    if (failure instanceof ApiError) return exchange.error(failure)
    if (failure instanceof BodyTooLong) return exchange.error(tooLarge(failure.limit))
    const message = `Internal error encountered: ${failure instanceof Error ? failure.message : String(failure)}`
    exchange.error(new ApiError({ code: 500, message, reason: "backendError" }))
  }

  over({ log: { reason } }: Exchange): void {
    if (reason !== undefined && byQuota.has(reason)) this.stats.refusedByQuota += 1
  }
}
