/** Prints how many octets a message costs on its way to Graph, against its own: `pnpm wire`. */
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"

import { wireSize } from "../../src/message/GraphRequest.ts"
import { built } from "../message/Letters.ts"

interface Row {
  messages: number
  octets: number
  wire: number
  requests: number
}

/** Request line and headers of a call, the bearer token (about 2 KB) included. */
const headOctets = 2_500

/** JSON around the base64 of an attachment that is posted. */
const postOctets = 300

const classOf = (octets: number): string =>
  octets < 5_000
    ? "below 5 KB"
    : octets < 50_000
      ? "5 to 50 KB"
      : octets < 1_000_000
        ? "50 KB to 1 MB"
        : "above"

const rows = new Map<string, Row>()
const add = (name: string, octets: number, wire: number, requests: number) => {
  const row = rows.get(name) ?? { messages: 0, octets: 0, wire: 0, requests: 0 }
  rows.set(name, row)
  row.messages++
  row.octets += octets
  row.wire += wire
  row.requests += requests
}

for (const { raw } of sampleMailbox({ messages: 3000 }).messages) {
  const { later, request } = built(raw)
  const wire = later.reduce(
    (sum, { octets, route }) =>
      sum + (route === "post" ? Math.ceil(octets.length / 3) * 4 + postOctets : octets.length),
    wireSize(request)
  )
  const requests = later.reduce(
    (sum, { octets, route }) => sum + (route === "post" ? 1 : 1 + Math.ceil(octets.length / 3_276_800)),
    // With later attachments, one more says that all are there.
    later.length === 0 ? 1 : 2
  )
  add(classOf(raw.length), raw.length, wire, requests)
  if (raw.length < 1_000_000) add("all but above", raw.length, wire, requests)
  add("all", raw.length, wire, requests)
}

process.stdout.write("| message | messages | octets | bodies sent | ratio | with HTTP's heads | requests |\n")
process.stdout.write("| --- | --- | --- | --- | --- | --- | --- |\n")
for (const name of ["below 5 KB", "5 to 50 KB", "50 KB to 1 MB", "above", "all but above", "all"]) {
  const row = rows.get(name)
  if (row === undefined) continue
  const whole = (row.wire + row.requests * headOctets) / row.octets
  const cells = [
    name,
    row.messages,
    row.octets,
    row.wire,
    (row.wire / row.octets).toFixed(3),
    whole.toFixed(3),
    row.requests
  ]
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}
