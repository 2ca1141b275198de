/**
 * Prints how MIME parsers do on torturous mail: `pnpm parsers [FOLDER]`, where FOLDER is one in which `npm install
 * mailparser@3.9.31` was run. Without it the other two are compared. The numbers stand in docs/decisions.
 */
import { createRequire } from "node:module"
import { resolve } from "node:path"

import { largeMail } from "@mailferry/rehearsal/sample/LargeMail.ts"
import { sampleLabels } from "@mailferry/rehearsal/sample/SampleLabels.ts"
import PostalMime from "postal-mime"

import { mimeTree } from "../../src/message/MimeTree.ts"
import { decodeTransfer } from "../../src/message/TransferEncoding.ts"
import { built, reading } from "../message/Letters.ts"
import { tortures } from "../message/Torture.ts"
import type { Found } from "../message/TortureMail.ts"

type Reader = (octets: Uint8Array) => Promise<Required<Found>>

interface Person {
  readonly name?: string | undefined
  readonly address?: string | undefined
  readonly group?: ReadonlyArray<Person> | undefined
}

const shown = ({ address = "", name = "" }: Person): string =>
  name === "" ? address : `${name} <${address}>`

const people = (list: ReadonlyArray<Person>): ReadonlyArray<string> =>
  list
    .flatMap((each) => each.group ?? [each])
    .filter(({ address = "" }) => address !== "")
    .map(shown)

const latin1 = (octets: Uint8Array | ArrayBuffer | string): string =>
  typeof octets === "string" ? octets : Buffer.from(new Uint8Array(octets)).toString("latin1")

const withPostalMime: Reader = async (octets) => {
  const mail = await PostalMime.parse(octets, { forceRfc822Attachments: true })
  return {
    subject: mail.subject ?? "",
    text: (mail.text ?? "").trimEnd(),
    html: (mail.html ?? "").trimEnd(),
    to: people(mail.to ?? []),
    files: mail.attachments.map(({ content, filename }) => ({
      name: filename ?? "",
      octets: latin1(content)
    }))
  }
}

interface ParsedMail {
  readonly subject?: string
  readonly text?: string
  readonly html?: string | false
  readonly to?: { readonly value: ReadonlyArray<Person> }
  readonly attachments: ReadonlyArray<{ readonly filename?: string; readonly content: Uint8Array }>
}

const withMailparser = (folder: string): Reader => {
  const load = createRequire(resolve(folder, "package.json"))
  const { simpleParser } = load("mailparser") as {
    simpleParser: (octets: Uint8Array, options: object) => Promise<ParsedMail>
  }
  return async (octets) => {
    const mail = await simpleParser(octets, {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
      skipTextLinks: true
    })
    return {
      subject: mail.subject ?? "",
      text: (mail.text ?? "").replaceAll("\r\n", "\n").trimEnd(),
      html: mail.html === false || mail.html === undefined ? "" : mail.html.trimEnd(),
      to: people(mail.to?.value ?? []),
      files: mail.attachments.map(({ content, filename }) => ({
        name: filename ?? "",
        octets: latin1(content)
      }))
    }
  }
}

const ours: Reader = (octets) => Promise.resolve(reading(built(octets)))

/** Names that a parser does not give are given by whoever uses it, so that only octets and given names count. */
const judge = (found: Found, got: Required<Found>): string => {
  const wrong = (["subject", "text", "html", "to"] as const).filter(
    (key) => found[key] !== undefined && JSON.stringify(found[key]) !== JSON.stringify(got[key])
  )
  const files = found.files ?? []
  const misnamed = files.some(({ name }, at) => {
    const given = got.files[at]?.name ?? ""
    return given !== "" && given !== name
  })
  const isSameOctets =
    files.length === got.files.length && files.every(({ octets }, at) => octets === got.files[at]?.octets)
  const faults = [...wrong, ...(misnamed ? ["file name"] : []), ...(isSameOctets ? [] : ["file octets"])]
  return faults.length === 0 ? "yes" : faults.join(", ")
}

const outcome = async (read: Reader, octets: Uint8Array, found: Found): Promise<string> => {
  try {
    return judge(found, await read(octets))
  } catch (error) {
    return `throws: ${String(error).slice(0, 60)}`
  }
}

const [folder] = process.argv.slice(2)
const readers: ReadonlyArray<readonly [string, Reader]> = [
  ["postal-mime", withPostalMime],
  ...(folder === undefined ? [] : ([["mailparser", withMailparser(folder)]] as const)),
  ["own cut", ours]
]

const print = (cells: ReadonlyArray<string>): void => {
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}

const score = new Map(readers.map(([name]) => [name, 0]))
print(["message", ...readers.map(([name]) => name)])
print(["---", ...readers.map(() => "---")])
for (const { found, name, octets } of tortures) {
  const cells: Array<string> = []
  for (const [reader, read] of readers) {
    const verdict = await outcome(read, octets(), found)
    if (verdict === "yes") score.set(reader, (score.get(reader) ?? 0) + 1)
    cells.push(verdict)
  }
  print([name, ...cells])
}
print([`of ${tortures.length}`, ...Array.from(score.values(), String)])

/** Milliseconds of the best of five, and how much memory outside of JavaScript's own grew at most. */
const cost = async (act: () => unknown): Promise<string> => {
  let best = Number.POSITIVE_INFINITY
  let most = 0
  for (let run = 0; run < 5; run++) {
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    const start = performance.now()
    await act()
    best = Math.min(best, performance.now() - start)
    most = Math.max(most, process.memoryUsage().rss - before)
  }
  return `${best.toFixed(0)} ms, +${Math.max(0, most / 1_048_576).toFixed(0)} MB`
}

const large = largeMail(sampleLabels(1), 25_000_000).octets()
const costs: Array<string> = []
for (const [, read] of readers.slice(0, -1)) costs.push(await cost(() => read(large)))
const cutOnly = (): number =>
  mimeTree(large).parts.reduce(
    (sum, { body, encoding }) => sum + decodeTransfer(body, encoding).octets.length,
    0
  )
print(["34 MB with one attachment", ...costs, await cost(cutOnly)])
