import * as Result from "effect/Result"
import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml"

import { UsageError } from "./UsageError.ts"

/** What a YAML or JSON file says, and where it says it. */
export interface YamlText {
  readonly value: unknown
  /** The line, from 1, of the value or key at a path; the nearest line above it where there is none. */
  readonly lineOf: (path: ReadonlyArray<PropertyKey>) => number | undefined
}

/** Own words for the parser's complaints: its own quote the text, and a secret may stand in it. */
const complaints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "the same key stands twice in one place",
  TAB_AS_INDENT: "a tab where blanks are needed to indent",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_ALIAS: 'a "*" begins a reference to another value here: put the text in quotes',
  MULTILINE_IMPLICIT_KEY: "a key runs over several lines: a colon or a quote is probably missing",
  MISSING_CHAR: "a quote, bracket or comma is missing",
  BLOCK_AS_IMPLICIT_KEY: "a second colon in one line: put the text in quotes",
  MULTIPLE_DOCS: "there is more than one document in this file"
}

const keyNode = (parent: Node, key: PropertyKey): Node | undefined => {
  if (!isMap(parent)) return undefined
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
  return isScalar(pair?.key) ? pair.key : undefined
}

/** Reads YAML 1.2, of which JSON is a part. The error names lines and quotes nothing of the text. */
export const readYaml = (file: string, text: string): Result.Result<YamlText, UsageError> => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const lineAt = (offset: number) => lines.linePos(offset).line
  if (document.errors.length > 0) {
    return Result.fail(
      new UsageError({
        what: `${file} is not valid YAML`,
        problems: document.errors.map(({ code, pos }) => ({
          line: lineAt(pos[0]),
          text: complaints[code] ?? "something here cannot be read"
        }))
      })
    )
  }
  const lineOf = (path: ReadonlyArray<PropertyKey>): number | undefined => {
    let node: Node | null | undefined = document.contents
    let line: number | undefined
    for (const key of path) {
      if (node === null || node === undefined) break
      const named = keyNode(node, key)
      const found: unknown = "get" in node && typeof node.get === "function" ? node.get(key, true) : undefined
      const range = named?.range ?? (isScalar(found) || isMap(found) ? found.range : undefined)
      if (range === undefined || range === null) break
      line = lineAt(range[0])
      node = isScalar(found) || isMap(found) || isNode(found) ? found : undefined
    }
    return line
  }
  return Result.try({
    try: (): YamlText => ({ value: document.toJS({ maxAliasCount: 100 }), lineOf }),
    catch: () =>
      new UsageError({
        what: `${file} is not valid YAML`,
        problems: [{ text: "its references cannot be resolved" }]
      })
  })
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "range" in value && "toJSON" in value
