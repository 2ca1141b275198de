interface Spent {
  readonly at: number
  readonly amount: number
}

/** So much in any stretch of time that ends now. */
export class RateWindow {
  readonly limit: number
  private readonly length: number
  private readonly scale: number
  private spent: Array<Spent> = []
  private sum = 0

  /** `length` in milliseconds; `scale`: how many times faster than the clock they pass. */
  constructor(limit: number, length: number, scale: number) {
    this.limit = limit
    this.length = length
    this.scale = scale
  }

  /** Spends it, also where there is no room: what is refused counts too. */
  add(amount: number): void {
    if (this.limit === Infinity) return
    this.spent.push({ at: this.now(), amount })
    this.sum += amount
  }

  /** Milliseconds of the clock until there is room for so much more; 0 where there is. */
  wait(amount: number): number {
    if (this.limit === Infinity) return 0
    const now = this.now()
    this.forget(now - this.length)
    let left = this.sum + amount - this.limit
    for (const entry of this.spent) {
      if (left <= 0) break
      left -= entry.amount
      if (left <= 0) return (entry.at + this.length - now) / this.scale
    }
    return left <= 0 ? 0 : this.length / this.scale
  }

  private forget(before: number): void {
    let gone = 0
    for (const { at, amount } of this.spent) {
      if (at > before) break
      this.sum -= amount
      gone += 1
    }
    if (gone > 0) this.spent = this.spent.slice(gone)
  }

  /** Milliseconds of the window's own time. */
  private now(): number {
    return performance.now() * this.scale
  }
}
