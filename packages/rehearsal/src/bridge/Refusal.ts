/** A command that was understood and is answered NO, or BAD where gluon says so. */
export class Refusal extends Error {
  readonly answer: "NO" | "BAD"
  /** Response code without brackets. */
  readonly code: string | undefined

  constructor(text: string, answer: "NO" | "BAD" = "NO", code?: string) {
    super(text)
    this.answer = answer
    this.code = code
  }
}

export const noSuchMailbox = (code?: string): Refusal => new Refusal("no such mailbox", "NO", code)
export const noSuchMessage = (): Refusal => new Refusal("no such message", "BAD")
export const notAllowed = (): Refusal => new Refusal("operation not allowed")
export const readOnly = (): Refusal => new Refusal("the mailbox is read-only")
