import { setTimeout as sleep } from "node:timers/promises"

import { Ended, type Exchange } from "../http/Exchange.ts"
import type { AccessToken } from "./AccessTokens.ts"
import { ApiError, failedPrecondition, notRehearsed } from "./ApiError.ts"
import { type ApiCall, type ApiMethod, routeTo } from "./ApiMethod.ts"
import {
  backendError,
  bareBadRequest,
  dailyLimit,
  disabledApi,
  domainPolicy,
  html404,
  html503,
  resourceExhausted,
  tooManyConcurrent,
  userRateLimit
} from "./FaultAnswers.ts"
import { fieldSelection } from "./FieldSelection.ts"
import { type GmailUser, type GmailWorld, halfLatency } from "./GmailWorld.ts"
import { intakeMethods } from "./IntakeMethods.ts"
import { parseJsonBody } from "./JsonBody.ts"
import { labelMethods } from "./LabelMethods.ts"
import { storageExceeded } from "./MessageIntake.ts"
import { messageMethods } from "./MessageMethods.ts"
import { QueryParameters } from "./QueryParameters.ts"
import { projectQuotaExceeded, userQuotaExceeded } from "./QuotaMinute.ts"
import { settingsMethods } from "./SettingsMethods.ts"
import type { CarryOut } from "./UploadRequest.ts"
import { Uploads } from "./Uploads.ts"

const methods: ReadonlyArray<ApiMethod> = [
  ...messageMethods,
  ...labelMethods,
  ...settingsMethods,
  ...intakeMethods
]

/** A JSON request may be no longer: what carries a message as `raw` neither. Bytes. */
const maxJson = 1_048_576

const apiPath = /^\/(upload\/)?gmail\/v1\/users\/([^/]+)\/(.+)$/u

/** Methods the real API has too. */
const elsewhere =
  /^\/gmail\/v1\/users\/[^/]+\/(?:drafts|settings|stop|threads|watch|messages\/(?:send|[^/]+\/attachments))(?:\/|$)/u

interface Target {
  readonly method: ApiMethod
  readonly places: Readonly<Record<string, string>>
  readonly userId: string
  readonly upload: boolean
}

const decoded = (step: string): string => {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const targetOf = (verb: string, path: string): Target | undefined => {
  const [, upload, userId = "", rest = ""] = apiPath.exec(path) ?? []
  const steps = rest.split("/").map(decoded)
  // The bytes of a resumable upload come by PUT to the path it began at.
  const asked = upload !== undefined && (verb === "PUT" || verb === "DELETE") ? "POST" : verb
  const routed = routeTo(methods, asked, steps)
  if (routed === undefined || (upload !== undefined && routed.method.maxUpload === undefined))
    return undefined
  return { ...routed, userId: decoded(userId), upload: upload !== undefined }
}

/** As in `messages.import`; undefined where the path is none of the API's. */
export const callOf = (verb: string, path: string): string | undefined => targetOf(verb, path)?.method.id

const insufficientScopes = (method: ApiMethod): ApiError =>
  new ApiError({
    code: 403,
    message: "Request had insufficient authentication scopes.",
    reason: "insufficientPermissions",
    entry: { message: "Insufficient Permission" },
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        domain: "googleapis.com",
        metadata: { service: "gmail.googleapis.com", method: `gmail.users.${method.id}` }
      }
    ],
    headers: {
      "www-authenticate": `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${method.scopes.join(" ")}"`
    }
  })

/** The Gmail API: every check in the order in which Google's front ends and Gmail make them. */
export class ApiServer {
  private readonly world: GmailWorld
  private readonly uploads: Uploads

  constructor(world: GmailWorld) {
    this.world = world
    this.uploads = new Uploads(world)
  }

  async serve(exchange: Exchange): Promise<void> {
    const { faults } = this.world
    const { log } = exchange
    if (/^\/batch(?:\/|$)/u.test(log.path))
      throw notRehearsed("batch endpoint; no media goes through one anyway")
    if (faults.fires("hang", log)) return
    if (faults.fires("html503", log)) return exchange.html(503, html503)
    const token = this.world.tokens.authenticate(exchange.header("authorization"))
    const target = targetOf(log.method, log.path)
    if (target === undefined) {
      if (elsewhere.test(log.path)) throw notRehearsed(`${log.method} ${log.path}`)
      return exchange.html(404, html404(log.path))
    }
    const user = this.userOf(token, target.userId)
    user.inFlight += 1
    try {
      this.admit(exchange, target, token, user)
      const query = new QueryParameters(log.query, target.method.parameters ?? [])
      const select = fieldSelection(query.text("fields"))
      exchange.pace = (size) => this.pace(exchange, size)
      const call = { world: this.world, user, token, places: target.places, query }
      const { method } = target
      if (target.upload) {
        const carryOut: CarryOut = (body, octets, settings, done) =>
          this.carryOut(exchange, method, { ...call, query: settings ?? query, body, octets }, done)
        return await this.uploads.serve({ exchange, method, user, carryOut, select })
      }
      const body = parseJsonBody(await exchange.whole(maxJson), method.fields ?? [], method.type)
      const answer = await this.carryOut(exchange, method, { ...call, body, octets: undefined })
      if (answer === undefined) exchange.empty(204)
      else exchange.json(200, select(answer))
    } finally {
      user.inFlight -= 1
    }
  }

  private userOf(token: AccessToken, userId: string): GmailUser {
    const user = token.user === undefined ? undefined : this.world.users.get(token.user)
    // A service account that speaks for nobody has no mailbox.
    if (user === undefined) throw failedPrecondition()
    if (userId !== "me" && userId.toLowerCase() !== user.account.email.toLowerCase()) {
      throw new ApiError({
        code: 403,
        message: `Delegation denied for ${user.account.email}`,
        reason: "forbidden"
      })
    }
    if (!user.mailService) throw failedPrecondition("Mail service not enabled")
    return user
  }

  /** All that can refuse a call before it is looked at. */
  private admit(exchange: Exchange, target: Target, token: AccessToken, user: GmailUser): void {
    const { faults, project, projectQuota, stats } = this.world
    const { log } = exchange
    if (faults.is("disabledApi")) throw disabledApi(project)
    if (faults.is("domainPolicy")) throw domainPolicy()
    if (!target.method.scopes.some((scope) => token.scopes.has(scope)))
      throw insufficientScopes(target.method)
    const held = user.hold.refusal()
    if (held !== undefined) throw held
    if (user.inFlight > this.world.concurrentPerUser || faults.fires("tooManyConcurrent", log)) {
      throw tooManyConcurrent()
    }
    if (faults.fires("rateLimit", log)) throw userRateLimit()
    if (faults.fires("resourceExhausted", log)) throw resourceExhausted()
    if (faults.is("dailyLimit")) throw dailyLimit()
    // The request that begins a resumable upload is the one that costs.
    if (target.upload && log.method !== "POST") return
    const { units } = target.method
    if (!user.quota.take(units)) throw userQuotaExceeded(project)
    if (!projectQuota.take(units)) throw projectQuotaExceeded(project)
    stats.units += units
  }

  /** Does what the call asks for, with what is to go wrong just before and just after. */
  private async carryOut(
    exchange: Exchange,
    method: ApiMethod,
    call: ApiCall,
    done?: (answer: unknown) => void
  ): Promise<unknown> {
    const { faults, hook } = this.world
    const { log } = exchange
    await halfLatency(this.world)
    if (faults.fires("badRequest", log)) throw bareBadRequest()
    if (faults.fires("backendError", log)) throw backendError()
    if (faults.fires("failedPrecondition", log)) throw failedPrecondition()
    if (faults.fires("dropBeforeCommit", log)) exchange.drop()
    if (method.stores === true && faults.is("storageFull")) throw storageExceeded()
    const answer = method.handle(call)
    done?.(answer)
    if (faults.fires("commitThenDrop", log)) exchange.drop()
    if (faults.fires("commitThen503", log)) {
      exchange.html(503, html503)
      throw new Ended()
    }
    exchange.obey(await hook?.(log, "committed"))
    await halfLatency(this.world)
    return answer
  }

  private async pace(exchange: Exchange, size: number): Promise<void> {
    const { faults } = this.world
    if (faults.fires("earlyReject", exchange.log)) throw bareBadRequest()
    if (faults.readRate > 0) await sleep((size / faults.readRate) * 1000)
  }
}
