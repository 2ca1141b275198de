import { assert, describe, it } from "@effect/vitest"
import { readGreeting } from "@mailferry/source-proton-bridge/BridgeGreeting.ts"

describe("readGreeting", () => {
  it.each([
    [
      "* OK [CAPABILITY ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT] Proton Mail Bridge 03.08.01 - gluon session ID 3",
      "03.08.01",
      3
    ],
    [
      "* OK [CAPABILITY AUTH=PLAIN ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT] Proton Mail Bridge 03.21.01 - gluon session ID 1",
      "03.21.01",
      1
    ],
    [
      "* OK [CAPABILITY IMAP4rev1 STARTTLS] ProtonMail Bridge 03.25.00 - gluon session ID 137",
      "03.25.00",
      137
    ],
    ["* OK [CAPABILITY IMAP4rev1 STARTTLS] ProtonMailBridge 03.12.00 - gluon session ID 9", "03.12.00", 9]
  ])("recognises Bridge and its version: %s", (line, version, session) => {
    assert.deepStrictEqual(readGreeting(line), { _tag: "Bridge", version, session, startTls: true })
  })

  it("sees that a Bridge offers no STARTTLS", () => {
    const greeting = readGreeting(
      "* OK [CAPABILITY IMAP4rev1] Proton Mail Bridge 03.21.01 - gluon session ID 1"
    )
    assert.isTrue(greeting._tag === "Bridge" && !greeting.startTls)
  })

  it.each([
    ["220 127.0.0.1 ESMTP Service Ready", "SMTP port"],
    ["220 (vsFTPd 3.0.3)", "FTP server"],
    ["* OK [CAPABILITY IMAP4rev1 LITERAL+] Dovecot (Debian) ready.", "another IMAP server"],
    ["* BYE Proton Mail Bridge", "another IMAP server"],
    ["* OK  00.00.00 - gluon session ID 2", "another IMAP server"],
    ["+OK POP3 ready", "POP3"],
    ["SSH-2.0-OpenSSH_9.2", "SSH"],
    ["HTTP/1.1 400 Bad Request", "not Bridge"],
    ["", "not Bridge"]
  ])("takes a stranger for what it is: %s", (line, words) => {
    const greeting = readGreeting(line)
    assert.include(greeting._tag === "Stranger" ? greeting.says : "taken for Bridge", words)
  })

  it("quotes a stranger briefly and without control characters", () => {
    const greeting = readGreeting(`\u001b[2J${"x".repeat(500)}`)
    assert.isTrue(greeting._tag === "Stranger" && greeting.says.length < 150)
    assert.notInclude(greeting._tag === "Stranger" ? greeting.says : "\u001b", "\u001b")
  })
})
