import { Readable } from "node:stream"

/** What one socket write takes at a time anyway. */
const sliceSize = 64 * 1024

/**
 * Octets in memory as a stream of slices of them: nothing is copied, and no more than a slice is waiting in it. Slices
 * are Buffers, since text would be sent as UTF-8 and 8-bit mail with it.
 */
export const octetSlices = (bytes: Uint8Array): Readable => {
  let from = 0
  return new Readable({
    highWaterMark: sliceSize,
    read() {
      if (from >= bytes.length) {
        this.push(null)
        return
      }
      const length = Math.min(sliceSize, bytes.length - from)
      this.push(Buffer.from(bytes.buffer, bytes.byteOffset + from, length))
      from += length
    }
  })
}
