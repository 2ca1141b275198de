import { PassThrough } from "node:stream"

import { assert, describe, it } from "@effect/vitest"
import {
  type CommandRead,
  type LiteralAnnounced,
  type LiteralVerdict,
  readCommand
} from "@mailferry/rehearsal/imap/CommandReader.ts"
import { SocketReader } from "@mailferry/rehearsal/imap/SocketReader.ts"

interface Reading {
  readonly reads: ReadonlyArray<CommandRead>
  readonly announced: ReadonlyArray<LiteralAnnounced>
  readonly continuations: number
}

/** Everything that is read of some input, which arrives octet by octet. */
const readAll = async (input: string, verdict: LiteralVerdict, maxLine = 8192): Promise<Reading> => {
  const stream = new PassThrough()
  const reader = new SocketReader(stream)
  const announced: Array<LiteralAnnounced> = []
  let continuations = 0
  for (const octet of Buffer.from(input)) stream.write(Buffer.from([octet]))
  stream.end()
  const reads: Array<CommandRead> = []
  for (;;) {
    const read = await readCommand(reader, {
      literal: (each) => {
        announced.push(each)
        return verdict
      },
      proceed: () => {
        continuations += 1
      },
      maxLine
    })
    reads.push(read)
    if (read._tag === "Gone") return { reads, announced, continuations }
  }
}

const texts = ({ reads }: Reading): ReadonlyArray<string> =>
  reads.map((read) => (read._tag === "Gone" ? "gone" : `${read._tag}: ${read.octets.toString()}`))

describe("readCommand", () => {
  it("reads a command with its literals in place, and asks only for those that wait", async () => {
    const reading = await readAll("a LOGIN {3}\r\nx\r\n {2+}\r\nyz\r\nb NOOP\r\n", "accept")
    assert.deepStrictEqual(texts(reading), [
      "Command: a LOGIN {3}\r\nx\r\n {2+}\r\nyz\r\n",
      "Command: b NOOP\r\n",
      "gone"
    ])
    assert.strictEqual(reading.continuations, 1)
    assert.deepStrictEqual(
      reading.announced.map((each) => [each.size, each.synchronising]),
      [
        [3, true],
        [2, false]
      ]
    )
  })

  it("takes the octets of a refused literal for the next command", async () => {
    assert.deepStrictEqual(texts(await readAll("a X {8+}\r\nb NOOP\r\n", "refuse")), [
      "Refused: a X {8+}\r\n",
      "Command: b NOOP\r\n",
      "gone"
    ])
  })

  it("throws the octets of a swallowed literal away", async () => {
    assert.deepStrictEqual(texts(await readAll("a X {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n", "swallow")).slice(1), [
      "Command: \r\n",
      "Command: c NOOP\r\n",
      "gone"
    ])
  })

  it("ends where a literal is dropped, and where the peer goes in the middle of one", async () => {
    assert.deepStrictEqual(texts(await readAll("a X {3}\r\n", "drop")), ["gone"])
    assert.deepStrictEqual(texts(await readAll("a X {3}\r\nab", "accept")), ["gone"])
  })

  it("gives up on a line without end", async () => {
    assert.deepStrictEqual(texts(await readAll("0123456789", "accept", 8)), ["TooLong: 01234567", "gone"])
  })
})
