import { extendedProperty } from "./ExtendedProperty.ts"
import { badRequest } from "./GraphError.ts"

/** What a filter looks at. */
export interface Filtered {
  /** A property by its path, as `from/emailAddress/address`; undefined where it may not be filtered by. */
  value(path: string): Scalar | undefined
  /** An extended property by its id. */
  property(id: string): string | undefined
}

export type Scalar = string | number | boolean

/** What can be compared; undefined for all else. */
export const scalar = (value: unknown): Scalar | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined

export interface Filter {
  readonly holds: (item: Filtered) => boolean
  /** The properties it names, in order. */
  readonly names: ReadonlyArray<string>
}

const token =
  /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?)|(-?\d+)|([A-Za-z_][\w.]*(?:\/[\w.]+)*)|([(),:]))/uy

const tokensOf = (text: string): ReadonlyArray<string> => {
  const tokens: Array<string> = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text)
    if (found === null) throw invalidFilter(text)
    tokens.push(found[0].trim())
  }
  return tokens
}

const invalidFilter = (text: string): Error =>
  badRequest(`Invalid filter clause: ${text.slice(0, 200)}`, "ErrorInvalidUrlQueryFilter")

type Test = (item: Filtered) => boolean

const orders: Readonly<Record<string, (a: Scalar, b: Scalar) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b
}

const matches: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  contains: (a, b) => a.includes(b),
  startswith: (a, b) => a.startsWith(b)
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll("''", "'")

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\d/u.test(text)

/** Texts without regard to case, times as numbers. */
const literalOf = (text: string): Scalar | undefined => {
  if (text.startsWith("'")) return unquoted(text).toLowerCase()
  if (text === "true" || text === "false") return text === "true"
  if (isTime(text)) return Date.parse(text)
  return /^-?\d+$/u.test(text) ? Number(text) : undefined
}

const comparable = (value: Scalar): Scalar => {
  if (typeof value !== "string") return value
  return isTime(value) ? Date.parse(value) : value.toLowerCase()
}

class FilterReader {
  readonly names: Array<string> = []
  private readonly text: string
  private readonly tokens: ReadonlyArray<string>
  private at = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokensOf(text)
  }

  whole(): Test {
    const test = this.either()
    if (this.at < this.tokens.length) throw invalidFilter(this.text)
    return test
  }

  private either(): Test {
    let left = this.both()
    while (this.takes("or")) {
      const [a, b] = [left, this.both()]
      left = (item) => a(item) || b(item)
    }
    return left
  }

  private both(): Test {
    let left = this.one()
    while (this.takes("and")) {
      const [a, b] = [left, this.one()]
      left = (item) => a(item) && b(item)
    }
    return left
  }

  private one(): Test {
    if (this.takes("not")) {
      const inner = this.one()
      return (item) => !inner(item)
    }
    if (this.takes("(")) {
      const inner = this.either()
      this.expect(")")
      return inner
    }
    const name = this.next()
    if (/^singleValueExtendedProperties\/any$/iu.test(name)) return this.anyProperty()
    if (name in matches && this.takes("(")) return this.matching(name)
    this.names.push(name)
    const order = orders[this.next()]
    const literal = literalOf(this.next())
    if (order === undefined || literal === undefined) throw invalidFilter(this.text)
    return (item) => {
      const value = item.value(name)
      return value !== undefined && order(comparable(value), literal)
    }
  }

  private matching(name: string): Test {
    const match = matches[name]
    const path = this.next()
    this.names.push(path)
    this.expect(",")
    const literal = literalOf(this.next())
    this.expect(")")
    if (match === undefined || typeof literal !== "string") throw invalidFilter(this.text)
    return (item) => match(String(item.value(path) ?? "").toLowerCase(), literal)
  }

  /** `Any(ep: ep/id eq '…' and ep/value eq '…')`: names of properties have case, values have none. */
  private anyProperty(): Test {
    this.expect("(")
    const variable = this.next()
    this.expect(":")
    let id: string | undefined
    const tests: Array<(value: string) => boolean> = []
    do {
      const word = this.next()
      if (word === `${variable}/id`) {
        this.expect("eq")
        id = extendedProperty(unquoted(this.next())).id
      } else tests.push(this.valueTest(word, `${variable}/value`))
    } while (this.takes("and"))
    this.expect(")")
    if (id === undefined || tests.length === 0) throw invalidFilter(this.text)
    const key = id
    this.names.push("singleValueExtendedProperties")
    return (item) => {
      const value = item.property(key)
      return value !== undefined && tests.every((test) => test(value.toLowerCase()))
    }
  }

  private valueTest(word: string, path: string): (value: string) => boolean {
    if (word in matches) {
      this.expect("(")
      this.expect(path)
      this.expect(",")
      const literal = unquoted(this.next()).toLowerCase()
      this.expect(")")
      const match = matches[word]
      return (value) => match?.(value, literal) ?? false
    }
    const order = orders[this.next()]
    const literal = this.next()
    if (word !== path || order === undefined || !literal.startsWith("'")) throw invalidFilter(this.text)
    return (value) => order(value, unquoted(literal).toLowerCase())
  }

  private next(): string {
    const found = this.tokens[this.at]
    if (found === undefined) throw invalidFilter(this.text)
    this.at += 1
    return found
  }

  private takes(word: string): boolean {
    if (this.tokens[this.at] !== word) return false
    this.at += 1
    return true
  }

  private expect(word: string): void {
    if (!this.takes(word)) throw invalidFilter(this.text)
  }
}

/** As much of OData's filters as mail is looked for by. Fails with 400 on all else. */
export const readFilter = (text: string): Filter => {
  const reader = new FilterReader(text)
  return { holds: reader.whole(), names: reader.names }
}
