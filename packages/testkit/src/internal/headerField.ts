/** One field of a message's header, unfolded; the first when there are several. Octets beyond ASCII come as Latin-1. */
export const headerField = (octets: Uint8Array, name: string): string | undefined => {
  const message = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  const end = message.indexOf("\r\n\r\n")
  const header = `\r\n${message.toString("latin1", 0, end === -1 ? message.length : end)}\r\n`
  const found = new RegExp(`\\r\\n${name}:((?:[^\\r]|\\r\\n[ \\t]|\\r(?!\\n))*)\\r\\n`, "iu").exec(header)
  return found?.[1]?.replaceAll("\r\n", "").trim()
}
