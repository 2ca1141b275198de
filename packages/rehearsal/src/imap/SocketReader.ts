import type { Readable } from "node:stream"

const lf = 0x0a

/** Above this much unread input the socket is paused: a client that never stops sending must not fill our memory. */
const highWater = 4 * 1024 * 1024

/**
 * Pulls lines and counted octets from a socket. Every method answers `undefined` once the peer is gone, and only one
 * may be waited for at a time: IMAP is read by one loop.
 */
export class SocketReader {
  private readonly input: Readable
  private chunks: Array<Buffer> = []
  private buffered = 0
  private ended = false
  private waiting: (() => void) | undefined

  constructor(input: Readable) {
    this.input = input
    input.on("data", this.onData)
    input.on("end", this.onEnd)
    input.on("close", this.onEnd)
    input.on("error", this.onEnd)
  }

  /** A whole line with its LF, or as much as `limit` octets of it. */
  async line(limit: number): Promise<Buffer | undefined> {
    let searched = 0
    let chunk = 0
    for (;;) {
      for (; chunk < this.chunks.length; chunk += 1) {
        const at = this.chunks[chunk]?.indexOf(lf) ?? -1
        if (at !== -1) return this.take(searched + at + 1)
        searched += this.chunks[chunk]?.length ?? 0
      }
      if (this.buffered >= limit) return this.take(limit)
      if (!(await this.more())) return undefined
    }
  }

  async octets(count: number): Promise<Buffer | undefined> {
    while (this.buffered < count) {
      if (!(await this.more())) return undefined
    }
    return this.take(count)
  }

  /** The next octet, left where it is. */
  async peek(): Promise<number | undefined> {
    while (this.buffered === 0) {
      if (!(await this.more())) return undefined
    }
    return this.chunks[0]?.[0]
  }

  /** Whether a line or anything else has already arrived. */
  get hasInput(): boolean {
    return this.buffered > 0
  }

  /** Stops listening. What was buffered is forgotten: after STARTTLS it came in the clear (RFC 3501, section 6.2.1). */
  detach(): void {
    this.input.off("data", this.onData)
    this.input.off("end", this.onEnd)
    this.input.off("close", this.onEnd)
    this.input.off("error", this.onEnd)
    this.chunks = []
    this.buffered = 0
  }

  private take(count: number): Buffer {
    const parts: Array<Buffer> = []
    let missing = count
    while (missing > 0) {
      const head = this.chunks.shift()
      if (head === undefined) break
      if (head.length <= missing) parts.push(head)
      else {
        parts.push(head.subarray(0, missing))
        this.chunks.unshift(head.subarray(missing))
      }
      missing -= Math.min(missing, head.length)
    }
    this.buffered -= count
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  }

  private async more(): Promise<boolean> {
    if (this.ended) return false
    const before = this.buffered
    this.input.resume()
    await new Promise<void>((resolve) => {
      this.waiting = resolve
    })
    return this.buffered > before
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.()
  }

  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk)
    this.buffered += chunk.length
    if (this.buffered > highWater && this.waiting === undefined) this.input.pause()
    this.wake()
  }

  private readonly onEnd = (): void => {
    this.ended = true
    this.wake()
  }
}
