import { randomBytes } from "node:crypto"

const heads = { attachment: "AAMkAT", folder: "AQMkAF", immutable: "AAkALg", item: "AAMkAD" }

const swapped = (text: string): string =>
  text.replaceAll(/[A-Za-z]/gu, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()
  )

/**
 * Ids as Exchange gives them. They have case: every second one differs from the one before by nothing else, so that who
 * keeps them without case finds out.
 */
export class ItemIds {
  private readonly mailbox = randomBytes(18).toString("base64url")
  private readonly last = new Map<string, string>()

  next(kind: keyof typeof heads): string {
    const before = this.last.get(kind)
    const tail = before === undefined ? randomBytes(36).toString("base64url") : swapped(before)
    if (before === undefined) this.last.set(kind, tail)
    else this.last.delete(kind)
    return `${heads[kind]}${this.mailbox}${tail}AAA=`
  }
}
