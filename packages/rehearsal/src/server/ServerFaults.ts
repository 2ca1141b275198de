import { headerFields } from "../imap/HeaderBlock.ts"

/** Counts down from a number of times; Infinity never ends. */
class Countdown {
  private left = 0

  arm(times: number): void {
    this.left = times
  }

  /** Whether it is to happen now; then once less. */
  fires(): boolean {
    if (this.left <= 0) return false
    this.left -= 1
    return true
  }
}

interface RefusedAppend {
  readonly match: string
  readonly response: string
  readonly countdown: Countdown
}

interface Throttle {
  readonly response: string
  /** Whether the connection is closed behind it. */
  readonly closes: boolean
  readonly verbs: ReadonlySet<string>
  readonly countdown: Countdown
}

/** Commands that make a server work, and that a busy one refuses. */
export const workingVerbs: ReadonlyArray<string> = [
  "APPEND",
  "COPY",
  "CREATE",
  "EXAMINE",
  "FETCH",
  "LIST",
  "MOVE",
  "SEARCH",
  "SELECT",
  "STATUS",
  "STORE",
  "UID COPY",
  "UID FETCH",
  "UID MOVE",
  "UID SEARCH",
  "UID STORE"
]

/** What is to go wrong next. The server's methods set it, its commands ask. */
export class ServerFaults {
  readonly cutAfterLiteral = new Countdown()
  readonly cutMidLiteral = new Countdown()
  readonly cutBeforeCopyOk = new Countdown()
  /** The text every login is refused with, while there is one. */
  loginRefusal: string | undefined
  overQuota = false
  /** Logins succeed, and nothing can be done after them. */
  notConnected = false
  /** Milliseconds before each command is carried out. */
  delay = 0
  private refusedAppends: Array<RefusedAppend> = []
  private throttles: Array<Throttle> = []

  refuseAppend(match: string, response: string, times: number): void {
    const countdown = new Countdown()
    countdown.arm(times)
    this.refusedAppends.push({ match, response, countdown })
  }

  /** The response to an APPEND of these messages, when one of them is to be refused. */
  appendRefusal(messages: ReadonlyArray<Uint8Array>): string | undefined {
    const refused = this.refusedAppends.find(
      ({ match, countdown }) => messages.some((octets) => namedBy(octets, match)) && countdown.fires()
    )
    return refused?.response
  }

  throttle(response: string, times: number, verbs: ReadonlyArray<string>, closes: boolean): void {
    const countdown = new Countdown()
    countdown.arm(times)
    this.throttles.push({ response, closes, verbs: new Set(verbs), countdown })
  }

  /** The response to any command with this verb, while the server is too busy for it. */
  throttled(verb: string): Pick<Throttle, "closes" | "response"> | undefined {
    return this.throttles.find(({ verbs, countdown }) => verbs.has(verb) && countdown.fires())
  }

  /** Back to a server on which nothing goes wrong. */
  clear(): void {
    for (const countdown of [this.cutAfterLiteral, this.cutMidLiteral, this.cutBeforeCopyOk]) countdown.arm(0)
    this.loginRefusal = undefined
    this.overQuota = false
    this.notConnected = false
    this.delay = 0
    this.refusedAppends = []
    this.throttles = []
  }
}

const identifying = new Set(["message-id", "x-pm-internal-id"])

/** Whether a Message-ID or X-Pm-Internal-Id of the message contains `match`. */
const namedBy = (octets: Uint8Array, match: string): boolean =>
  headerFields(octets).some(
    (field) =>
      identifying.has(field.name.toLowerCase()) &&
      Buffer.from(octets.subarray(field.colon + 1, field.end))
        .toString("latin1")
        .includes(match)
  )
