import { assert, describe, it } from "@effect/vitest"
import { lintBridge } from "@mailferry/source-proton-bridge/BridgeLint.ts"
import { Redacted } from "effect"

const good = "ir8R9vhdNXyB7isWzhyEkQ"
const lint = (user: string, password: string, place: { host?: string; port?: number } = {}) =>
  lintBridge({ user, password: Redacted.make(password), ...place }).join(" ")

describe("lintBridge", () => {
  it("says nothing about a login as Bridge shows it", () => {
    assert.strictEqual(lint("me@proton.me", good), "")
    assert.strictEqual(lint("me@my-domain.example", good, { host: "127.0.0.1", port: 1143 }), "")
  })

  it.each([
    ["me", "full address"],
    ["my password", "full address"],
    ["Ada <me@proton.me>", "without a display name"],
    ["me+shop@proton.me", `"+" variants`],
    [" me@proton.me", "Blanks around the user name"]
  ])("warns of the user name %s", (user, words) => {
    assert.include(lint(user, good), words)
  })

  it.each([
    [`${good}\n`, "Blanks around the password"],
    ["correct horse battery", "not your Proton password"],
    ["abcd efgh ijkl mnop", "Google app password"],
    ["abcdefghijklmnop", "Google app password"],
    [good.slice(1), "has 21 characters"],
    [`${good.slice(0, 21)}R`, "lost or mistyped"]
  ])("warns of a password shaped like %j", (password, words) => {
    assert.include(lint("me@proton.me", password), words)
  })

  it("never quotes the password", () => {
    for (const password of ["hunter2-secret", "abcd efgh ijkl mnop", `${good.slice(0, 21)}R`, `  ${good}`]) {
      assert.notInclude(lint("me@proton.me", password), password.trim())
    }
  })

  it.each([
    ["imap.protonmail.com", 1143, "through Bridge on this machine"],
    ["127.0.0.1", 1025, "outgoing mail"],
    ["127.0.0.1", 587, "outgoing mail"]
  ])("warns of the place %s:%i", (host, port, words) => {
    assert.include(lint("me@proton.me", good, { host, port }), words)
  })

  it("does not repeat what may be a password in the wrong place", () => {
    assert.notInclude(lint("0nly Mine!", good), "0nly")
  })
})
