const opening = /"raw"\s*:\s*"/u

/** Longest text before the octets: only `raw` was asked for. */
const longestOpening = 4096

/** Whatever ends the octets: the closing quote, or padding, which Google may write as `\u003d`. */
const closing = /[^\w+/-]/u

/**
 * The octets of an answer `{"raw": "…"}`, decoded from base64url while it comes: a message of 25 MB is never there as
 * 34 MB of text as well, nor as an answer beside that. Undefined where it is another answer, or breaks off.
 */
export const rawOctets = async (answer: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> => {
  const pieces: Array<Uint8Array> = []
  let state: "before" | "within" | "after" = "before"
  let left = ""
  for await (const chunk of answer) {
    // Read to its end all the same, so that the connection can be used again.
    if (state === "after") continue
    left += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1")
    if (state === "before") {
      const found = opening.exec(left)
      if (found === null) {
        if (left.length > longestOpening) return undefined
        continue
      }
      left = left.slice(found.index + found[0].length)
      state = "within"
    }
    const end = left.search(closing)
    if (end >= 0) state = "after"
    // Four characters are three octets; what is left of them waits for the next chunk.
    const whole = end >= 0 ? end : left.length - (left.length % 4)
    pieces.push(Buffer.from(left.slice(0, whole), "base64url"))
    left = left.slice(whole)
  }
  return state === "after" ? Buffer.concat(pieces) : undefined
}
