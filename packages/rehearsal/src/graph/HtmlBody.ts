/** What Exchange puts around and into HTML it gives back. */

const meta = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'

/** Elements that never come back unless the client asks for unsafe HTML. */
const unsafe =
  /<(script|iframe|object|embed|applet|form)\b[^>]*>[\s\S]*?<\/\1\s*>|<(?:script|iframe|object|embed|applet|base|link)\b[^>]*>/giu
const handlers = /\s(?:on\w+|formaction)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/giu

/** As it is read: with html, head and body around it, and without what could do harm. */
export const htmlAsRead = (content: string, allowUnsafe: boolean): string => {
  const safe = allowUnsafe ? content : content.replaceAll(unsafe, "").replaceAll(handlers, "")
  const declared = safe.replaceAll(/<meta\b[^>]*(?:charset|content-type)[^>]*>/giu, "")
  const inner = /<body\b[^>]*>([\s\S]*?)(?:<\/body>|$)/iu.exec(declared)
  const head = /<head\b[^>]*>([\s\S]*?)<\/head>/iu.exec(declared)?.[1] ?? ""
  const body = inner?.[1] ?? declared.replaceAll(/<\/?(?:!doctype|html|head)\b[^>]*>/giu, "")
  return `<html><head>\r\n${meta}${head}</head><body>${body}</body></html>`
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: "\u00a0",
  quot: '"'
}

/** As Exchange derives it: the text alternative that a message came with is lost. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<(style|script|head|title)\b[^>]*>[\s\S]*?<\/\1\s*>/giu, "")
    .replaceAll(/\r?\n/gu, " ")
    .replaceAll(/<(?:br|\/p|\/div|\/tr|\/h\d|\/li)\b[^>]*>/giu, "\r\n")
    .replaceAll(/<[^>]*>/gu, "")
    .replaceAll(/&#(x?)([0-9a-f]+);/giu, (_, hex: string, digits: string) =>
      String.fromCodePoint(Math.min(0x10_ff_ff, Number.parseInt(digits, hex === "" ? 10 : 16) || 0))
    )
    .replaceAll(/&(\w+);/gu, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    .trim()

export const htmlOf = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\r?\n/gu, "<br>\r\n")
