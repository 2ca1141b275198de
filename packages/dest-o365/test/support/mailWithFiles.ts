import { createHash } from "node:crypto"

/** Octets that look like nothing, so that a part out of place is seen; the same for the same number. */
const octetsOf = (n: number, size: number): Buffer => {
  const words = new Uint32Array(Math.ceil(size / 4))
  let state = n + 1
  for (let at = 0; at < words.length; at++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x6d2b_79f5
    words[at] = state
  }
  return Buffer.from(words.buffer).subarray(0, size)
}

export const sha256 = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex")

const base64Lines = (octets: Buffer): string => octets.toString("base64").replaceAll(/.{76}/gu, "$&\r\n")

let count = 0

/** A letter with files of these sizes, in octets: `file 0.bin` and so on, each as {@link octetsOf} has it. */
export const mailWithFiles = (
  sizes: ReadonlyArray<number>,
  { body = "With files.", head = "" }: { readonly body?: string; readonly head?: string } = {}
): Uint8Array => {
  const files = sizes.flatMap((size, n) => [
    "--b",
    `Content-Type: application/octet-stream; name="file ${n}.bin"`,
    `Content-Disposition: attachment; filename="file ${n}.bin"`,
    "Content-Transfer-Encoding: base64",
    "",
    base64Lines(octetsOf(n, size))
  ])
  return Buffer.from(
    [
      "From: Ann <ann@a.example>",
      "To: bob@b.example",
      "Subject: with files",
      `Message-ID: <files-${count++}@a.example>`,
      "Date: Sun, 31 Mar 2019 03:29:00 +0200",
      ...(head === "" ? [] : [head]),
      "MIME-Version: 1.0",
      "Content-Type: multipart/mixed; boundary=b",
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "",
      body,
      ...files,
      "--b--",
      ""
    ].join("\r\n")
  )
}

/** What {@link mailWithFiles} is to become: name and SHA-256 of each file, in order. */
export const filesOf = (sizes: ReadonlyArray<number>): ReadonlyArray<readonly [string, string]> =>
  sizes.map((size, n) => [`file ${n}.bin`, sha256(octetsOf(n, size))])
