import { assert, describe, it } from "@effect/vitest"
import { undecryptable } from "@mailferry/source-proton-bridge/BridgeUndecryptable.ts"

const part = (armor: ReadonlyArray<string>): string =>
  [
    "--b",
    "Content-Type: text/html",
    "",
    "-----BEGIN PGP MESSAGE-----",
    ...armor,
    "",
    "wV4D+ciphertext",
    "-----END PGP MESSAGE-----",
    ""
  ].join("\r\n")
const find = (...parts: ReadonlyArray<string>) =>
  undecryptable(Buffer.from(`Subject: x\r\n\r\n${parts.join("\r\n")}--b--\r\n`))

const body = [
  "Version: GopenPGP 2.8.2",
  "Comment: This message could not be decrypted: gopenpgp: no matching key"
]
const attachment = [
  "Comment: This attachment could not be decrypted: gopenpgp: error in reading",
  "Version: GopenPGP 2.8.2"
]

describe("undecryptable", () => {
  it("finds a body Bridge could not decrypt", () => {
    assert.deepStrictEqual(find(part(body)), { message: true, attachments: 0 })
  })

  it("counts attachments Bridge could not decrypt, whichever armor header comes first", () => {
    assert.deepStrictEqual(find(part(attachment), part(attachment.toReversed())), {
      message: false,
      attachments: 2
    })
  })

  it("leaves PGP mail alone that somebody sent on purpose", () => {
    assert.deepStrictEqual(find(part(["Comment: https://gnupg.org"]), part([])), {
      message: false,
      attachments: 0
    })
  })

  it("is not fooled by a mail that talks about the comment or quotes it", () => {
    const talk = "Comment: This message could not be decrypted: what is that?\r\n"
    assert.deepStrictEqual(find(talk, part(["Version: 1", "", ...body])), { message: false, attachments: 0 })
    assert.deepStrictEqual(find(part(body).replaceAll(/^/gmu, "> ")), { message: false, attachments: 0 })
  })

  it("reads armor with bare line feeds, and a view into a larger buffer", () => {
    const octets = Buffer.from(`padding${part(body).replaceAll("\r\n", "\n")}`).subarray(7)
    assert.isTrue(undecryptable(new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)).message)
  })

  it("reads a message that ends inside the armor", () => {
    assert.deepStrictEqual(undecryptable(Buffer.from("-----BEGIN PGP MESSAGE-----\r\nComment: This mess")), {
      message: false,
      attachments: 0
    })
  })
})
