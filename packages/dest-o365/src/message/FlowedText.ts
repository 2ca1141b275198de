/**
 * Text of `format=flowed` with its paragraphs put together again (RFC 3676 section 4): Exchange knows nothing of it and
 * would show every line as one. Quotes keep their depth.
 *
 * @param isSpaceDeleted the parameter `delsp=yes`
 */
export const unflowed = (text: string, isSpaceDeleted: boolean): string => {
  const paragraphs: Array<string> = []
  let open: { depth: number; pieces: Array<string> } | undefined
  for (const line of text.split(/\r?\n/u)) {
    const quotes = /^>*/u.exec(line)?.[0] ?? ""
    const bare = line.slice(quotes.length)
    const content = bare.startsWith(" ") ? bare.slice(1) : bare
    const isFlowed = content.endsWith(" ") && content !== "-- "
    const piece = isFlowed && isSpaceDeleted ? content.slice(0, -1) : content
    if (open?.depth === quotes.length && content !== "-- ") open.pieces.push(piece)
    else {
      if (open !== undefined) paragraphs.push(open.pieces.join(""))
      open = { depth: quotes.length, pieces: [quotes === "" ? piece : `${quotes} ${piece}`] }
    }
    if (isFlowed) continue
    paragraphs.push(open.pieces.join(""))
    open = undefined
  }
  if (open !== undefined) paragraphs.push(open.pieces.join(""))
  return paragraphs.join("\n")
}
