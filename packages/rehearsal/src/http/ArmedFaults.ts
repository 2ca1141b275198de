import type { SeenRequest, Where } from "./SeenRequest.ts"

interface Armed<Kind> {
  readonly kind: Kind
  readonly where: Where
  left: number
}

/** What is to go wrong next. The server's methods set it, its requests ask. */
export class ArmedFaults<Kind extends string, SwitchKind extends string> {
  /** While it is more than 0: how fast the server reads bodies, in bytes a second. */
  readRate = 0
  private armed: Array<Armed<Kind>> = []
  private readonly on = new Set<SwitchKind>()

  arm(kind: Kind, times: number, where: Where): void {
    this.armed.push({ kind, left: times, where })
  }

  /** Whether it happens to this request; then once less. */
  fires(kind: Kind, request: SeenRequest): boolean {
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
