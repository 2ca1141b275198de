import type { Scanner } from "./Scanner.ts"

/** Which octets of a message `BODY[...]` means (RFC 3501, section 6.4.5). */
export interface Section {
  /** `[]` is the message itself, `[2, 1]` the first part of its second part. */
  readonly part: ReadonlyArray<number>
  readonly what: "ALL" | "HEADER" | "HEADER.FIELDS" | "HEADER.FIELDS.NOT" | "TEXT" | "MIME"
  /** The fields of HEADER.FIELDS, as the client spelt them. */
  readonly fields: ReadonlyArray<string>
}

export type FetchItem =
  | { readonly _tag: "Flags" | "Uid" | "InternalDate" | "Size" | "Envelope" | "Body" | "BodyStructure" }
  | {
      readonly _tag: "Section"
      readonly section: Section
      /** Without PEEK, reading sets \Seen in a mailbox that was SELECTed. */
      readonly peek: boolean
      readonly partial: { readonly origin: number; readonly length: number } | undefined
      /** The RFC822 spellings answer under the name they were asked by. */
      readonly legacy: "RFC822" | "RFC822.HEADER" | "RFC822.TEXT" | undefined
    }
  /** An item of an extension, in upper case: `MODSEQ`, `X-GM-MSGID`. */
  | { readonly _tag: "Extension"; readonly name: string }

const simple = {
  flags: "Flags",
  uid: "Uid",
  internaldate: "InternalDate",
  envelope: "Envelope",
  bodystructure: "BodyStructure"
} as const

const macros: Readonly<Record<string, ReadonlyArray<FetchItem>>> = {
  fast: [{ _tag: "Flags" }, { _tag: "InternalDate" }, { _tag: "Size" }],
  all: [{ _tag: "Flags" }, { _tag: "InternalDate" }, { _tag: "Size" }, { _tag: "Envelope" }],
  full: [
    { _tag: "Flags" },
    { _tag: "InternalDate" },
    { _tag: "Size" },
    { _tag: "Envelope" },
    { _tag: "Body" }
  ]
}

const isSimple = (name: string): name is keyof typeof simple => Object.hasOwn(simple, name)

const legacy = (
  name: "RFC822" | "RFC822.HEADER" | "RFC822.TEXT",
  what: Section["what"],
  peek: boolean
): FetchItem => ({
  _tag: "Section",
  section: { part: [], what, fields: [] },
  peek,
  partial: undefined,
  legacy: name
})

const rfc822 = (scanner: Scanner): FetchItem => {
  if (!scanner.word("822")) scanner.fail("expected byte value 38")
  if (!scanner.match(".")) return legacy("RFC822", "ALL", false)
  const name = scanner.letters()
  switch (name) {
    case "size":
      return { _tag: "Size" }
    case "header":
      return legacy("RFC822.HEADER", "HEADER", true)
    case "text":
      return legacy("RFC822.TEXT", "TEXT", false)
    default:
      return scanner.fail(`unknown fetch attribute 'RFC822.${name}'`)
  }
}

const messageText = (scanner: Scanner, part: ReadonlyArray<number>): Section => {
  const name = scanner.letters()
  if (name === "text") return { part, what: "TEXT", fields: [] }
  if (name === "mime" && part.length > 0) return { part, what: "MIME", fields: [] }
  if (name !== "header") return scanner.fail(`unknown section msg text value '${name}'`)
  if (!scanner.match(".")) return { part, what: "HEADER", fields: [] }
  if (scanner.letters() !== "fields") scanner.fail("expected 'FIELDS' after 'HEADER.'")
  const negated = scanner.match(".")
  if (negated && scanner.letters() !== "not") scanner.fail("expected 'NOT'")
  scanner.space()
  const fields = scanner.list(() => scanner.astring())
  return { part, what: negated ? "HEADER.FIELDS.NOT" : "HEADER.FIELDS", fields }
}

const parseSection = (scanner: Scanner): Section => {
  const part: Array<number> = []
  if (scanner.is("]")) return { part, what: "ALL", fields: [] }
  while (scanner.atDigit) {
    part.push(scanner.nzNumber())
    if (!scanner.match(".")) return { part, what: "ALL", fields: [] }
  }
  return messageText(scanner, part)
}

const body = (scanner: Scanner): FetchItem => {
  if (!scanner.is("[") && !scanner.is(".")) return { _tag: "Body" }
  const peek = scanner.match(".")
  if (peek && !scanner.word("PEEK")) scanner.fail("expected byte value 50")
  scanner.expect("[", "expected [ for body section start")
  const section = parseSection(scanner)
  scanner.expect("]", "expected ] for body section end")
  if (!scanner.match("<")) return { _tag: "Section", section, peek, partial: undefined, legacy: undefined }
  const origin = scanner.number()
  scanner.expect(".", "expected '.' after partial start")
  const length = scanner.nzNumber()
  scanner.expect(">", "expected > for end of partial specification")
  return { _tag: "Section", section, peek, partial: { origin, length }, legacy: undefined }
}

const item = (scanner: Scanner, extensions: ReadonlyArray<string>): FetchItem => {
  const extension = extensions.find((name) => scanner.word(name))
  if (extension !== undefined) return { _tag: "Extension", name: extension }
  const name = scanner.letters()
  if (isSimple(name)) return { _tag: simple[name] }
  if (name === "rfc") return rfc822(scanner)
  if (name === "body") return body(scanner)
  return scanner.fail(`unknown fetch attribute '${name}'`)
}

/** What FETCH asks for: a macro, one item, or a list. `extensions` are further items the server knows, in upper case. */
export const parseFetchItems = (
  scanner: Scanner,
  extensions: ReadonlyArray<string> = []
): ReadonlyArray<FetchItem> => {
  if (scanner.is("(")) return scanner.list(() => item(scanner, extensions))
  const start = scanner.position
  const macro = macros[scanner.letters()]
  if (macro !== undefined) return macro
  scanner.position = start
  return [item(scanner, extensions)]
}

/** The name an item is answered under. A partial fetch names its origin only (RFC 3501, section 7.4.2). */
export const sectionLabel = (asked: Extract<FetchItem, { _tag: "Section" }>): string => {
  if (asked.legacy !== undefined) return asked.legacy
  const { part, what, fields } = asked.section
  const names = what.startsWith("HEADER.FIELDS") ? ` (${fields.join(" ")})` : ""
  const spec = [...part.map(String), ...(what === "ALL" ? [] : [`${what}${names}`])].join(".")
  return `BODY[${spec}]${asked.partial === undefined ? "" : `<${asked.partial.origin}>`}`
}
