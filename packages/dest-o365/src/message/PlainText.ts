/**
 * Characters that XML 1.0 section 2.2 has no place for, and with it Exchange's own interfaces: all of C0 but tab and line
 * ends. By their complement, which a regular expression may name.
 */
const forbidden = /[^\t\n\r\u0020-\ufffd]/
const everyForbidden = new RegExp(forbidden, "g")

/** The text with a replacement character for each that a mailbox property cannot hold, and how many those were. */
export const plainText = (text: string): { readonly text: string; readonly replaced: number } => {
  let replaced = 0
  const replace = () => {
    replaced++
    return "\ufffd"
  }
  const clean = forbidden.test(text) ? text.replaceAll(everyForbidden, replace) : text
  return { text: clean.toWellFormed(), replaced }
}

/** A text of one line: a subject, a name. */
export const oneLine = (text: string): string =>
  plainText(text.replace(/[\r\n\t]+/gu, " "))
    .text.replaceAll("\ufffd\ufffd", "\ufffd")
    .trim()
