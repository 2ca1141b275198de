import { badRequest } from "./GraphError.ts"

/** One MAPI property by the name Graph gives it, in the spelling in which Graph answers it. */
export interface ExtendedProperty {
  /** `Integer 0xe07`, `String {00020329-0000-0000-c000-000000000046} Name Key`: the key it is kept under. */
  readonly id: string
  readonly type: string
  /** Of a property with a number below 0x8000. */
  readonly tag: number | undefined
}

const types = [
  "ApplicationTime",
  "Binary",
  "Boolean",
  "CLSID",
  "Currency",
  "Double",
  "Float",
  "Integer",
  "Long",
  "Short",
  "String",
  "SystemTime"
]

const tagged = /^(\w+) 0x([0-9a-f]{1,8})$/iu
const named =
  /^(\w+) \{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\} (?:Name (.+)|Id (?:0x)?([0-9a-f]{1,8}))$/iu

/** Types that tags with a meaning of their own have; another type in front is refused. */
const known: Readonly<Record<number, string>> = {
  0x00_1a: "String",
  0x00_39: "SystemTime",
  0x00_71: "Binary",
  0x00_7d: "String",
  0x0e_06: "SystemTime",
  0x0e_07: "Integer",
  0x10_35: "String",
  0x10_39: "String",
  0x10_42: "String",
  0x10_80: "Integer",
  0x10_81: "Integer"
}

export const invalidExtendedProperty = (): Error =>
  badRequest("Extended property attributes combination is invalid.", "ErrorInvalidExtendedProperty")

const typeNamed = (text: string): string => {
  const type = types.find((each) => each.toLowerCase() === text.toLowerCase())
  if (type === undefined) throw invalidExtendedProperty()
  return type
}

/** Reads an id. Fails with 400 ErrorInvalidExtendedProperty where it is none. */
export const extendedProperty = (text: string): ExtendedProperty => {
  const [, tagType, hex = ""] = tagged.exec(text) ?? []
  if (tagType !== undefined) {
    const tag = Number.parseInt(hex, 16)
    const type = typeNamed(tagType)
    // From 0x8000 on numbers differ from mailbox to mailbox: such properties have names.
    if (tag >= 0x80_00 || (known[tag] ?? type) !== type) throw invalidExtendedProperty()
    return { id: `${type} 0x${tag.toString(16)}`, type, tag }
  }
  const [, namedType, guid = "", name, number = "0"] = named.exec(text) ?? []
  if (namedType === undefined) throw invalidExtendedProperty()
  const type = typeNamed(namedType)
  const last = name === undefined ? `Id 0x${Number.parseInt(number, 16).toString(16)}` : `Name ${name}`
  return { id: `${type} {${guid.toLowerCase()}} ${last}`, type, tag: undefined }
}

const within = (text: string, most: bigint): boolean =>
  /^[+-]?\d{1,19}$/u.test(text) && BigInt(text) <= most && BigInt(text) >= -most - 1n

const fits: Readonly<Record<string, (text: string) => boolean>> = {
  Short: (text) => within(text, 0x7f_ffn),
  Integer: (text) => within(text, 0x7f_ff_ff_ffn),
  Long: (text) => within(text, 0x7f_ff_ff_ff_ff_ff_ff_ffn),
  Boolean: (text) => /^(?:true|false)$/iu.test(text),
  SystemTime: (text) => /^\d{4}-\d\d-\d\dT/u.test(text) && !Number.isNaN(Date.parse(text)),
  Binary: (text) => /^[A-Za-z0-9+/]*={0,2}$/u.test(text) && text.length % 4 === 0,
  Double: (text) => text !== "" && Number.isFinite(Number(text)),
  Float: (text) => text !== "" && Number.isFinite(Number(text))
}

/** Seconds, as Graph writes every time. */
export const graphTime = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`

/** FILETIME begins here; no property of MAPI holds an earlier time. */
const earliest = Date.parse("1601-01-01T00:00:00Z")

/** The value as Exchange keeps it. Fails with 400 where it does not fit the type. */
export const propertyValue = ({ id, type }: ExtendedProperty, text: string): string => {
  const good = fits[type]?.(text) ?? true
  if (!good || (type === "SystemTime" && Date.parse(text) < earliest)) {
    throw badRequest(`The extended property value is invalid: ${id}.`, "ErrorInvalidExtendedPropertyValue")
  }
  return type === "SystemTime" ? graphTime(Date.parse(text)) : text
}
