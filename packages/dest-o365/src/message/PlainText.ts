/** Characters that XML 1.0 section 2.2 has no place for, and with it Exchange's own interfaces: all of C0 but tab and line ends. */
const isForbidden = (code: number): boolean =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || code === 0xfffe || code === 0xffff

/** The text with a replacement character for each that a mailbox property cannot hold, and how many those were. */
export const plainText = (text: string): { readonly text: string; readonly replaced: number } => {
  let replaced = 0
  let clean = ""
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (!isForbidden(text.charCodeAt(at))) continue
    clean += `${text.slice(from, at)}\ufffd`
    from = at + 1
    replaced++
  }
  return { text: (replaced === 0 ? text : clean + text.slice(from)).toWellFormed(), replaced }
}

/** A text of one line: a subject, a name. */
export const oneLine = (text: string): string =>
  plainText(text.replace(/[\r\n\t]+/gu, " "))
    .text.replaceAll("\ufffd\ufffd", "\ufffd")
    .trim()
