import { ParseError } from "./ParseError.ts"

const inClass = (characters: string): ReadonlySet<number> => new Set(Buffer.from(characters, "latin1"))

const atomSpecials = inClass('(){ %*"\\]')
const digit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39
const letter = (octet: number): boolean => {
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** ATOM-CHAR of RFC 3501, section 9. */
export const isAtomChar = (octet: number): boolean => octet > 0x1f && octet < 0x7f && !atomSpecials.has(octet)

/** ASTRING-CHAR: an atom may hold `]` where no response code can follow. */
export const isAstringChar = (octet: number): boolean => isAtomChar(octet) || octet === 0x5d

/** list-char: LIST patterns hold the wildcards an atom may not. */
export const isListChar = (octet: number): boolean => isAstringChar(octet) || octet === 0x25 || octet === 0x2a

/** Walks one command, literals in place, and throws {@link ParseError} where the grammar is left. */
export class Scanner {
  readonly octets: Buffer
  position = 0
  private readonly literalPlus: boolean

  /** `literalPlus` says whether `{n+}` is a literal too (RFC 7888). */
  constructor(octets: Buffer, literalPlus = true) {
    this.octets = octets
    this.literalPlus = literalPlus
  }

  /** The error stands at the last octet that was understood, which is what gluon reports. */
  fail(message: string, offset = Math.max(0, this.position - 1)): never {
    throw new ParseError(message, offset)
  }

  get current(): number {
    return this.octets[this.position] ?? -1
  }

  is(character: string): boolean {
    return this.current === character.charCodeAt(0)
  }

  match(character: string): boolean {
    if (!this.is(character)) return false
    this.position += 1
    return true
  }

  expect(character: string, message = `expected '${character}'`): void {
    if (!this.match(character)) this.fail(message)
  }

  space(message = "expected space"): void {
    this.expect(" ", message)
  }

  /** The octets from here on that belong to a class; none is an empty string. */
  run(member: (octet: number) => boolean): string {
    const start = this.position
    while (this.position < this.octets.length && member(this.current)) this.position += 1
    return this.octets.toString("latin1", start, this.position)
  }

  some(member: (octet: number) => boolean, message: string): string {
    return this.run(member) || this.fail(message)
  }

  /** Letters only, in lower case: command names and items are read this far before anything else is decided. */
  letters(): string {
    return this.run(letter).toLowerCase()
  }

  atom(): string {
    return this.some(isAtomChar, "Invalid character detected in atom")
  }

  /** Consumes a word whatever its case, or nothing at all. */
  word(expected: string): boolean {
    const end = this.position + expected.length
    if (this.octets.toString("latin1", this.position, end).toLowerCase() !== expected.toLowerCase())
      return false
    this.position = end
    return true
  }

  number(): number {
    const digits = this.some(digit, "expected valid digit for number")
    return Number(digits)
  }

  nzNumber(): number {
    const at = this.position
    return this.number() || this.fail("expected non zero number", at)
  }

  get atDigit(): boolean {
    return digit(this.current)
  }

  get atString(): boolean {
    return this.is('"') || this.is("{")
  }

  quoted(): Buffer {
    this.expect('"', "Expected '\"' for quoted start")
    const value: Array<number> = []
    while (!this.is('"')) {
      if (this.current === -1 || this.is("\r") || this.is("\n")) this.fail("Expected '\"' for quoted end")
      if (this.match("\\") && !this.is('"') && !this.is("\\"))
        this.fail("Expected '\\' or '\"' after '\\' in quoted")
      value.push(this.current)
      this.position += 1
    }
    this.position += 1
    return Buffer.from(value)
  }

  literal(): Buffer {
    this.expect("{", "expected '{' for literal start")
    const size = this.number()
    if (this.literalPlus) this.match("+")
    this.expect("}", "expected '}' for literal end")
    this.match("\r")
    this.expect("\n", "expected LF after CR")
    const start = this.position
    if (start + Math.max(1, size) > this.octets.length) throw new LiteralMissing(start)
    this.position = start + size
    return this.octets.subarray(start, start + size)
  }

  stringOctets(): Buffer {
    if (this.is('"')) return this.quoted()
    if (this.is("{")) return this.literal()
    return this.fail("unexpected character, expected start of quote or literal")
  }

  string(): string {
    return this.stringOctets().toString("utf8")
  }

  astring(): string {
    return this.atString ? this.string() : this.some(isAstringChar, "Invalid character detected in astring")
  }

  /** `(a b c)`; `empty` says whether `()` will do. */
  list<A>(item: () => A, empty = false): Array<A> {
    this.expect("(", "expected ( for list start")
    const items: Array<A> = []
    if (empty && this.match(")")) return items
    do items.push(item())
    while (this.match(" "))
    this.expect(")", "expected ) for list end")
    return items
  }

  /** The end of the command. A bare LF is forgiven by most servers; `strict` refuses it. */
  end(strict = false): void {
    if (!this.match("\r") && strict) this.fail("expected CR")
    if (!this.is("\n"))
      this.fail(strict && this.octets[this.position - 1] === 0x0d ? "expected LF after CR" : "expected CR")
  }
}

/** The command was understood as far as it has been read, and a literal comes next. */
export class LiteralMissing extends ParseError {
  constructor(offset: number) {
    super("literal missing", offset)
  }
}
