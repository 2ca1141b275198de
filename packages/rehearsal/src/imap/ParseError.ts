/** A command that does not follow the grammar. `offset` counts octets from the start of the command, tag included. */
export class ParseError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
