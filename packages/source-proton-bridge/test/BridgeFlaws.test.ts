import { assert, it } from "@effect/vitest"
import { bridgeFlaws } from "@mailferry/source-proton-bridge/BridgeUndecryptable.ts"

const armour = (what: string) =>
  `-----BEGIN PGP MESSAGE-----\r\nComment: This ${what} could not be decrypted: no key\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n`

const flawsIn = (...parts: ReadonlyArray<string>) =>
  bridgeFlaws(new TextEncoder().encode(`Subject: x\r\n\r\n${parts.join("\r\n")}`)).map(({ kind }) => kind)

it("names a message and attachments that Bridge could not decrypt, and nothing else", () => {
  assert.deepStrictEqual(flawsIn("hello"), [])
  assert.deepStrictEqual(flawsIn("-----BEGIN PGP MESSAGE-----\r\n\r\nsent so\r\n"), [])
  assert.deepStrictEqual(flawsIn(armour("message")), ["undecryptable-message"])
  assert.deepStrictEqual(flawsIn(armour("attachment"), armour("attachment")), ["undecryptable-attachment"])
})
