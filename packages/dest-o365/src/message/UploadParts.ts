/** How an attachment goes that has no room in the creating request. */
export type AttachmentRoute = "post" | "session" | "refused"

/** Below it an upload session is refused (ErrorAttachmentSizeShouldNotBeLessThanMinimumSize), and from it on a POST: 3 MiB, base64 of which is the 4 MiB a request holds. */
const leastForSession = 3 * 1024 * 1024

/** The most an upload session takes: 150 MB (outlook-large-attachments). */
const mostForSession = 150 * 1024 * 1024

/** Below the 4 MB of one PUT and a multiple of 320 KiB, which only OneDrive asks for. */
const partOctets = 3_276_800

/** Room for the JSON around the base64 in a POST of one attachment. */
const jsonOctets = 1024

export const attachmentRoute = (size: number): AttachmentRoute => {
  if (size > mostForSession) return "refused"
  return size < leastForSession - jsonOctets ? "post" : "session"
}

/** One PUT: `Content-Range: bytes start-(end - 1)/size`. */
export interface UploadPart {
  readonly start: number
  /** The first octet after it. */
  readonly end: number
}

/** The PUTs of an upload session, to be sent in this order; `from` is where the session's own answer says to go on. */
export const uploadParts = (size: number, from = 0): ReadonlyArray<UploadPart> => {
  const parts: Array<UploadPart> = []
  for (let start = from; start < size; start += partOctets) {
    parts.push({ start, end: Math.min(size, start + partOctets) })
  }
  return parts
}

/** The octets of a part, copied: a view of a larger buffer is sent whole by the Graph client when it is no Node Buffer. */
export const octetsOfPart = (octets: Uint8Array, { end, start }: UploadPart): Buffer =>
  Buffer.from(octets.subarray(start, end))
