import { headerFields } from "./HeaderBlock.ts"

interface Parts {
  readonly fields: ReadonlyArray<string>
  readonly body: Uint8Array
}

const partsOf = (octets: Uint8Array): Parts => {
  const fields: Array<string> = []
  let end = 0
  for (const field of headerFields(octets)) {
    fields.push(Buffer.from(octets.subarray(field.start, field.end)).toString("latin1"))
    end = field.end
  }
  return { fields, body: octets.subarray(end) }
}

/**
 * Whether `there` is `sent` with nothing but header fields added, as a service does that notes by which way mail came
 * (RFC 5321 section 4.4): every field sent stands there octet for octet and in its order, and the body is the same.
 */
export const isSentWithMore = (sent: Uint8Array, there: Uint8Array): boolean => {
  const ours = partsOf(sent)
  const theirs = partsOf(there)
  let at = 0
  for (const field of theirs.fields) {
    if (field === ours.fields[at]) at++
  }
  return at === ours.fields.length && Buffer.compare(ours.body, theirs.body) === 0
}
