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

export const readText = ({ body, encoding, type }: MimePart): ReadText => {
  const losses: Array<MessageLoss> = []
  const { damage, octets } = decodeTransfer(body, encoding)
  if (damage !== undefined) losses.push({ kind: "part-damaged", detail: `${type.value}: ${damage}` })

  const decoded = decodeText(octets, type.params.get("charset"))
  if (decoded.doubt !== undefined)
    losses.push({ kind: "charset-guessed", detail: `${type.value}: ${decoded.doubt}` })

  const { replaced, text } = plainText(decoded.text)
  if (replaced > 0) losses.push({ kind: "control-characters", detail: `${type.value}: ${replaced} replaced` })

  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n")
  const isFlowed = type.value === "text/plain" && type.params.get("format")?.toLowerCase() === "flowed"
  return {
    isHtml: type.value === "text/html",
    text: isFlowed ? unflowed(lines, type.params.get("delsp")?.toLowerCase() === "yes") : lines,
    losses
  }
}
