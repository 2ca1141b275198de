import { headerFields } from "@mailferry/core/HeaderBlock.ts"

/** Bridge's build.go: the id of the message itself, appended to its References or made their only one. With the blank or fold before. */
const internalReference = /\s*<[\w-]+={0,2}@protonmail\.internalid>/gu

/**
 * The octets without the reference Bridge made up: `<Proton id@protonmail.internalid>` in References. A field that held
 * nothing else goes altogether; all else stays as it is.
 */
export const withoutInternalReference = (octets: Uint8Array): Uint8Array => {
  for (const { end, name, start } of headerFields(octets)) {
    if (name !== "references") continue
    // latin1 is one character to the octet, there and back.
    const field = Buffer.from(octets.subarray(start, end)).toString("latin1")
    const kept = field.replaceAll(internalReference, "")
    if (kept === field) continue
    const rest = Buffer.from(/:\s*$/u.test(kept) ? "" : kept, "latin1")
    return Buffer.concat([octets.subarray(0, start), rest, octets.subarray(end)])
  }
  return octets
}
