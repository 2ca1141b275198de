import * as Option from "effect/Option"

/** Longest Subject shown, in characters. */
const longest = 200

/** RFC 2047 section 2: `=?charset?encoding?text?=`, between which blanks do not count (section 6.2). */
const encodedWord = /=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?/giu

const octetsOf = (encoding: string, text: string): Uint8Array =>
  encoding.toLowerCase() === "b"
    ? Buffer.from(text, "base64")
    : Buffer.from(
        text
          .replaceAll("_", " ")
          .replace(/=([0-9a-f]{2})/giu, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
        "latin1"
      )

/** By any name that the Encoding Standard knows (https://encoding.spec.whatwg.org/#names-and-labels). */
const decoderFor = Option.liftThrowable((charset: string) => new TextDecoder(charset))

const decode = (charset: string, octets: Uint8Array): string =>
  Option.getOrElse(decoderFor(charset), () => new TextDecoder("latin1")).decode(octets)

/**
 * Ours because core depends on nothing but effect, and a name for a report needs no MIME library.
 *
 * The Subject of a message as a person reads it, for naming a message that did not arrive. Best effort: whatever
 * cannot be decoded is shown as it stands.
 */
export const subjectOf = (bytes: Uint8Array): Option.Option<string> => {
  const header =
    Buffer.from(bytes.subarray(0, 65_536))
      .toString("utf8")
      .split(/\r?\n\r?\n/u, 1)[0] ?? ""
  const field = /^subject:[ \t]*((?:.*)(?:\r?\n[ \t].*)*)/imu.exec(header)?.[1]
  if (field === undefined) return Option.none()
  const unfolded = field.replace(/\r?\n[ \t]+/gu, " ").trim()
  const decoded = unfolded.replace(encodedWord, (_, charset: string, encoding: string, text: string) =>
    decode(charset, octetsOf(encoding, text))
  )
  const clean = decoded.replace(/\p{Cc}/gu, " ").trim()
  return clean === "" ? Option.none() : Option.some([...clean].slice(0, longest).join(""))
}
