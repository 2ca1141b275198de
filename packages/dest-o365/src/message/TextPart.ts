import { decodeText } from "./Charset.ts"
import { unflowed } from "./FlowedText.ts"
import type { MessageLoss } from "./MessageLoss.ts"
import type { MimePart } from "./MimeTree.ts"
import { plainText } from "./PlainText.ts"
import { decodeTransfer } from "./TransferEncoding.ts"

/** A text part as it is to be read. */
export interface ReadText {
  readonly isHtml: boolean
  /** Line ends are `\n`. */
  readonly text: string
  readonly losses: ReadonlyArray<MessageLoss>
}

/** Octets of text at most that a request of 3.5 MB can hold. Longer parts are not even decoded. */
const mostOctets = 3_400_000

/** The part as text; none when it is too long to be a message's body. */
export const readText = ({ body, encoding, type }: MimePart): ReadText | undefined => {
  const losses: Array<MessageLoss> = []
  const { damage, octets } = decodeTransfer(body, encoding)
  if (octets.length > mostOctets) return undefined
  if (damage !== undefined) losses.push({ kind: "part-damaged", detail: `${type.value}: ${damage}` })

  const decoded = decodeText(octets, type.params.get("charset"))
  if (decoded.doubt !== undefined)
    losses.push({ kind: "charset-guessed", detail: `${type.value}: ${decoded.doubt}` })

  const { replaced, text } = plainText(decoded.text)
  if (replaced > 0) losses.push({ kind: "control-characters", detail: `${type.value}: ${replaced} replaced` })

  const lines = text.replace(/\r\n?/gu, "\n")
  const isFlowed = type.value === "text/plain" && type.params.get("format")?.toLowerCase() === "flowed"
  return {
    isHtml: type.value === "text/html",
    text: isFlowed ? unflowed(lines, type.params.get("delsp")?.toLowerCase() === "yes") : lines,
    losses
  }
}
