import { Buffer } from "node:buffer"

import type { Octets } from "../http/Octets.ts"
import { decodeWords } from "../imap/EncodedWord.ts"
import { parseParameters } from "../imap/Parameters.ts"

/** File types Gmail takes in no message (support.google.com/mail/answer/6590), in archives neither. */
const blocked = new Set(
  "ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wsc wsf wsh xll".split(
    " "
  )
)

const isBlocked = (name: string): boolean =>
  blocked.has(/\.([^./\\]+)$/u.exec(name.trim().toLowerCase())?.[1] ?? "")

/** Longer lines are looked at no further than this. */
const lineLimit = 64 * 1024

/** Lines without their end. What stands beyond 64 KiB of a line is left out. */
const linesOf = function* (octets: Octets): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for (const block of octets.blocks()) {
    let at = 0
    for (let end = block.indexOf(0x0a); end !== -1; end = block.indexOf(0x0a, at)) {
      const piece = block.subarray(at, end)
      yield rest.length === 0 ? piece : Buffer.concat([rest, piece])
      rest = Buffer.alloc(0)
      at = end + 1
    }
    if (rest.length < lineLimit) rest = Buffer.concat([rest, block.subarray(at)])
  }
  yield rest
}

/** Finds the names of the files in a zip archive while its bytes go by: each has a local header (APPNOTE 4.3.7). */
class ZipNames {
  private window: Buffer = Buffer.alloc(0)
  private base64 = ""
  found = false

  line(line: string): void {
    this.base64 += line.trim()
    const whole = this.base64.length - (this.base64.length % 4)
    this.bytes(Buffer.from(this.base64.slice(0, whole), "base64"))
    this.base64 = this.base64.slice(whole)
  }

  private bytes(octets: Buffer): void {
    this.window = Buffer.concat([this.window, octets])
    let at = this.window.indexOf("PK\u0003\u0004", 0, "latin1")
    while (at !== -1 && at + 30 <= this.window.length) {
      const length = this.window.readUInt16LE(at + 26)
      if (at + 30 + length > this.window.length && length < 1024) break
      if (isBlocked(this.window.toString("utf8", at + 30, at + 30 + length))) this.found = true
      at = this.window.indexOf("PK\u0003\u0004", at + 4, "latin1")
    }
    // All before a header that is not complete yet may go; without one the last 3 bytes may be its beginning.
    this.window = at === -1 ? this.window.subarray(-3) : this.window.subarray(at)
  }
}

interface PartHeader {
  readonly name: string
  readonly boundary: string | undefined
  readonly message: boolean
  readonly zip: boolean
}

const partHeader = (lines: ReadonlyArray<string>): PartHeader => {
  const unfolded = lines.join("\n").replaceAll(/\r?\n[ \t]+/gu, " ")
  const field = (name: string) =>
    parseParameters(new RegExp(`^${name}:(.*)$`, "imu").exec(unfolded)?.[1]?.trim() ?? "")
  const type = field("Content-Type")
  const disposition = field("Content-Disposition")
  const encoding = field("Content-Transfer-Encoding").value.toLowerCase()
  const plain = disposition.parameters.get("filename") ?? type.parameters.get("name") ?? ""
  const extended = disposition.parameters.get("filename*")?.replace(/^[^']*'[^']*'/u, "")
  const name = extended ?? decodeWords(plain)
  const kind = type.value.toLowerCase()
  return {
    name,
    boundary: kind.startsWith("multipart/") ? type.parameters.get("boundary") : undefined,
    message: kind === "message/rfc822",
    zip: encoding === "base64" && (/\.zip$/iu.test(name) || /zip/u.test(kind))
  }
}

/** Whether an attachment, or a file in an attached zip archive, has a name Gmail takes from nobody. Reads the parts as they come. */
export const holdsBlockedAttachment = (octets: Octets): boolean => {
  const boundaries: Array<string> = []
  let header: Array<string> | undefined = []
  let zip: ZipNames | undefined
  for (const line of linesOf(octets)) {
    const text = line.toString("latin1").replace(/\r$/u, "")
    const open = text.startsWith("--")
      ? boundaries.findLastIndex((boundary) => text.trimEnd() === `--${boundary}`)
      : -1
    if (open !== -1) {
      boundaries.length = open + 1
      header = []
      zip = undefined
    } else if (header !== undefined && text !== "") {
      if (header.length < 1000) header.push(text)
    } else if (header !== undefined) {
      const part = partHeader(header)
      if (isBlocked(part.name)) return true
      if (part.boundary !== undefined) boundaries.push(part.boundary)
      zip = part.zip ? new ZipNames() : undefined
      header = part.message ? [] : undefined
    } else if (zip !== undefined) {
      zip.line(text)
      if (zip.found) return true
    }
  }
  return header !== undefined && isBlocked(partHeader(header).name)
}
