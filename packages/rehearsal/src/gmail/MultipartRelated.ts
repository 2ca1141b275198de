import { badUpload } from "./ApiError.ts"

const crlf = Buffer.from("\r\n")

/** White space that may stand between a boundary and its line's end (RFC 2046, section 5.1.1). */
const isPadding = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09

type Delimiter = "part" | "end" | "none" | "unknown"

interface Found {
  readonly kind: Delimiter
  /** Just after the delimiter's line. */
  readonly end: number
}

export interface PartReceiver {
  /** Lower-case names. */
  readonly part: (header: ReadonlyMap<string, string>) => void
  readonly octets: (octets: Buffer) => void
}

/**
 * A multipart body (RFC 2046) read as it arrives, in pieces of any size. A part's octets are those between the line end
 * after its header and the CRLF of the next delimiter line: a boundary after a bare LF, or with other text behind it, is
 * content, and comes out as it went in.
 */
export class MultipartRelated {
  private readonly delimiter: Buffer
  private readonly receiver: PartReceiver
  /** A delimiter at the very beginning has no line before it; this stands for one. */
  private pending: Buffer = crlf
  /** Octets at the beginning of the content that are none of it. */
  private skip = 0
  private state: "preamble" | "header" | "content" | "epilogue" = "preamble"

  constructor(boundary: string, receiver: PartReceiver) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, "latin1")
    this.receiver = receiver
  }

  write(octets: Buffer): void {
    this.pending = this.pending.length === 0 ? octets : Buffer.concat([this.pending, octets])
    this.advance(false)
  }

  /** Fails where the last delimiter is missing. */
  end(): void {
    this.advance(true)
    if (this.state !== "epilogue") throw badUpload("Missing end boundary in multipart body.")
  }

  private advance(last: boolean): void {
    for (let more = true; more;) {
      if (this.state === "epilogue") {
        this.pending = Buffer.alloc(0)
        return
      }
      more = this.state === "header" ? this.readHeader() : this.readContent(last)
    }
  }

  private readHeader(): boolean {
    // A part without a header begins with the empty line.
    const empty = this.pending.subarray(0, 2).equals(crlf)
    const end = empty ? 0 : this.pending.indexOf("\r\n\r\n")
    if (end === -1) {
      if (this.pending.length > 16_384) throw badUpload("Malformed multipart body.")
      return false
    }
    const lines = this.pending.toString("latin1", 0, end).split("\r\n")
    this.receiver.part(
      new Map(
        lines.flatMap((line) => {
          const colon = line.indexOf(":")
          return colon === -1
            ? []
            : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const]
        })
      )
    )
    // The empty line's CRLF stays: in a part without content it is the delimiter's.
    this.pending = this.pending.subarray(empty ? 0 : end + 2)
    this.skip = 2
    this.state = "content"
    return true
  }

  private readContent(last: boolean): boolean {
    let from = 0
    for (;;) {
      const at = this.pending.indexOf(this.delimiter, from)
      if (at === -1) {
        // The last octets may be the beginning of a delimiter.
        this.give(last ? this.pending.length : this.pending.length - this.delimiter.length + 1)
        return false
      }
      const { kind, end } = this.lineAt(at + this.delimiter.length, last)
      if (kind === "unknown") {
        this.give(at)
        return false
      }
      if (kind !== "none") {
        this.give(at)
        this.pending = this.pending.subarray(end - at)
        this.state = kind === "part" ? "header" : "epilogue"
        return true
      }
      from = at + 1
    }
  }

  /** What the text behind a boundary makes of it. */
  private lineAt(begin: number, last: boolean): Found {
    const dashes = this.pending[begin] === 0x2d && this.pending[begin + 1] === 0x2d
    let at = dashes ? begin + 2 : begin
    while (isPadding(this.pending[at])) at += 1
    const kind: Delimiter = dashes ? "end" : "part"
    if (this.pending[at] === 0x0d && this.pending[at + 1] === 0x0a) return { kind, end: at + 2 }
    const cut =
      at >= this.pending.length ||
      (at === this.pending.length - 1 && [0x0d, 0x2d].includes(this.pending[at] ?? 0))
    if (!cut) return { kind: "none", end: at }
    if (!last) return { kind: "unknown", end: at }
    return dashes ? { kind: "end", end: this.pending.length } : { kind: "none", end: at }
  }

  /** Hands over the first `count` octets of what is pending. */
  private give(count: number): void {
    if (count <= 0) return
    const skipped = Math.min(this.skip, count)
    this.skip -= skipped
    if (this.state === "content" && count > skipped)
      this.receiver.octets(this.pending.subarray(skipped, count))
    this.pending = this.pending.subarray(count)
  }
}
