/** A structured field body: `text/plain; charset="utf-8"` (RFC 2045, section 5.1). */
export interface Parametrised {
  readonly value: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const parameter = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gu

export const parseParameters = (text: string): Parametrised => {
  const parameters = new Map<string, string>()
  for (const [, name = "", quoted, bare = ""] of text.matchAll(parameter)) {
    parameters.set(name.toLowerCase(), quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gu, "$1"))
  }
  return { value: text.split(";", 1)[0]?.trim() ?? "", parameters }
}
