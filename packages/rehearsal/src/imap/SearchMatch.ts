import { bodyStart, fieldValue, firstValue, headerFields } from "./HeaderBlock.ts"
import type { SearchKey } from "./SearchKey.ts"
import { inSequenceSet, resolveSequenceSet } from "./SequenceSet.ts"

/** What a SEARCH looks at. The octets are asked for only by the keys that need them. */
export interface SearchSubject {
  readonly sequence: number
  readonly uid: number
  /** In lower case, system flags with their backslash. */
  readonly flags: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly internalDate: number
  readonly size: number
  readonly octets: () => Uint8Array
}

/** What `*` means. */
export interface SearchBounds {
  readonly sequence: number
  readonly uid: number
}

const day = 86_400_000

const contains = (haystack: string, needle: string): boolean =>
  haystack.toLowerCase().includes(needle.toLowerCase())

/** An empty value asks only whether the field is there (RFC 3501, section 6.4.4, HEADER). */
const hasHeader = (octets: Uint8Array, name: string, value: string): boolean =>
  headerFields(octets).some(
    (field) => field.name.toLowerCase() === name.toLowerCase() && contains(fieldValue(octets, field), value)
  )

const dayOf = (subject: SearchSubject, of: "internal" | "sent"): number => {
  const at = of === "internal" ? subject.internalDate : Date.parse(firstValue(subject.octets(), "Date") ?? "")
  return Math.floor(at / day) * day
}

export const matchesSearch = (
  key: SearchKey,
  subject: SearchSubject,
  bounds: SearchBounds,
  extension: (name: string, value: string) => boolean = () => false
): boolean => {
  const matches = (each: SearchKey): boolean => matchesSearch(each, subject, bounds, extension)
  switch (key._tag) {
    case "All":
      return true
    case "And":
      return key.keys.every(matches)
    case "Or":
      return matches(key.left) || matches(key.right)
    case "Not":
      return !matches(key.key)
    case "Sequence":
      return inSequenceSet(resolveSequenceSet(key.set, bounds.sequence), subject.sequence)
    case "Uid":
      return inSequenceSet(resolveSequenceSet(key.set, bounds.uid), subject.uid)
    case "Flag":
      return subject.flags.has(key.flag)
    case "Header":
      return hasHeader(subject.octets(), key.name, key.value)
    case "Text":
      return contains(Buffer.from(subject.octets()).toString("utf8"), key.value)
    case "Body": {
      const octets = subject.octets()
      return contains(Buffer.from(octets.subarray(bodyStart(octets))).toString("utf8"), key.value)
    }
    case "Before":
      return dayOf(subject, key.of) < key.day
    case "On":
      return dayOf(subject, key.of) === key.day
    case "Since":
      return dayOf(subject, key.of) >= key.day
    case "Larger":
      return subject.size > key.size
    case "Smaller":
      return subject.size < key.size
    default:
      return extension(key.name, key.value)
  }
}
