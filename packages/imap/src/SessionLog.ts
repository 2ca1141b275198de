import type { Logger } from "imapflow"

const field = (entry: unknown, name: string): unknown =>
  typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined

const ignore = (): void => {}

/**
 * imapflow's log of one connection, of which only what is told nowhere else is kept: some of its commands resolve
 * `false` and log the server's refusal, lines it cannot parse are logged and skipped, and a throttling server is
 * waited for inside the library, after a line that says so. Nothing is written anywhere.
 */
export class SessionLog implements Logger {
  /** The error of the last command that resolved empty. */
  refusal: unknown
  /** Whether lines of the server were skipped. */
  lostLines = false
  /** Milliseconds the server asks to wait. */
  throttledFor: number | undefined
  /** The answer in which it does. */
  throttled: unknown
  /** Called before imapflow starts to sleep: adapters do not wait, core does. */
  onThrottle: () => void = ignore

  readonly trace = ignore
  readonly debug = ignore
  readonly info = ignore
  readonly fatal = ignore

  clear(): void {
    this.refusal = undefined
    this.throttled = undefined
    this.lostLines = false
  }

  warn(entry: unknown): void {
    const delay = field(entry, "throttleDelay")
    if (typeof delay === "number") {
      this.throttledFor = delay
      this.throttled = field(entry, "err")
      this.onThrottle()
    }
    if (field(entry, "msg") === "Failed to process untagged response") this.lostLines = true
    this.refusal = field(entry, "err") ?? this.refusal
  }

  error(entry: unknown): void {
    // imapflow names the source of a line it could not parse, and of nothing else it logs as an error.
    if (field(entry, "src") === "s") this.lostLines = true
  }
}
