/** A request as faults and hooks see it. */
export interface SeenRequest {
  /** 1 for the first one to the server. */
  readonly number: number
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** As in `messages.import`; `upload` in front where it begins a resumable session, undefined outside the API. */
  readonly call: string | undefined
}

export type Where = (request: SeenRequest) => boolean

export type FaultKind =
  | "backendError"
  | "badRequest"
  | "commitThen503"
  | "commitThenDrop"
  | "dropBeforeCommit"
  | "earlyReject"
  | "failedPrecondition"
  | "hang"
  | "html503"
  | "rateLimit"
  | "resourceExhausted"
  | "tooManyConcurrent"

export type SwitchKind = "dailyLimit" | "disabledApi" | "domainPolicy" | "storageFull"

interface Armed {
  readonly kind: FaultKind
  readonly where: Where
  left: number
}

/** What is to go wrong next. The server's methods set it, its requests ask. */
export class GmailFaults {
  /** While it is more than 0: how fast the server reads bodies, in bytes a second. */
  readRate = 0
  private armed: Array<Armed> = []
  private readonly on = new Set<SwitchKind>()

  arm(kind: FaultKind, times: number, where: Where): void {
    this.armed.push({ kind, left: times, where })
  }

  /** Whether it happens to this request; then once less. */
  fires(kind: FaultKind, request: SeenRequest): boolean {
    const fault = this.armed.find((each) => each.kind === kind && each.left > 0 && each.where(request))
    if (fault === undefined) return false
    fault.left -= 1
    return true
  }

  turn(kind: SwitchKind, on: boolean): void {
    if (on) this.on.add(kind)
    else this.on.delete(kind)
  }

  is(kind: SwitchKind): boolean {
    return this.on.has(kind)
  }

  clear(): void {
    this.readRate = 0
    this.armed = []
    this.on.clear()
  }
}
