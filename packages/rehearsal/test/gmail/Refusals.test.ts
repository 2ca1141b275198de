import { describe, expect, it } from "vitest"

import { call, importMail, mail, started } from "./GmailForTest.ts"

/** A message with one attachment. */
const attached = (name: string, type: string, content: string): Buffer =>
  mail(
    { "MIME-Version": "1.0", "Content-Type": 'multipart/mixed;\r\n boundary="out er"' },
    [
      "--out er",
      "Content-Type: multipart/alternative; boundary=inner",
      "",
      "--inner",
      "Content-Type: text/plain",
      "",
      "the file is called run.exe",
      "--inner--",
      "--out er",
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: attachment;\r\n\tfilename="${name}"`,
      "Content-Transfer-Encoding: base64",
      "",
      content,
      "--out er--",
      ""
    ].join("\r\n")
  )

/** A zip archive's local header for a file of that name, with content around it. */
const zipped = (...names: ReadonlyArray<string>): string => {
  const files = names.map((name) => {
    const header = Buffer.alloc(30)
    header.write("PK\u0003\u0004", "latin1")
    header.writeUInt16LE(name.length, 26)
    return Buffer.concat([header, Buffer.from(name), Buffer.from("content".repeat(50))])
  })
  return Buffer.concat(files).toString("base64").replaceAll(/.{76}/gu, "$&\r\n")
}

const noFrom = Buffer.from("Subject: x\r\n\r\n")

describe("a message is refused in Google's words", () => {
  it.each([
    ["without From", noFrom, "Expected a single 'From' header"],
    [
      "with two Froms",
      Buffer.concat([Buffer.from("From: a@x\r\nFrom: b@x\r\n"), noFrom]),
      "Expected a single 'From' header"
    ],
    ["with an empty From", mail({ From: "" }), "Invalid From header"],
    ["with a From that is no address", mail({ From: "Ann" }), "Invalid From header"],
    [
      "with an .exe",
      attached("setup.EXE", "application/octet-stream", "TVo="),
      "Invalid attachment. Please check https://support.google.com/mail/answer/6590."
    ],
    [
      "with a .js under an encoded name",
      attached("=?utf-8?q?a=2Ejs?=", "text/plain", "Ly8="),
      "Invalid attachment. Please check https://support.google.com/mail/answer/6590."
    ],
    [
      "with a .bat inside a zip",
      attached("good.zip", "application/zip", zipped("readme.txt", "in/run.bat")),
      "Invalid attachment. Please check https://support.google.com/mail/answer/6590."
    ]
  ])("%s", async (_, octets, message) => {
    const server = await started()
    const { status, json } = await importMail(server, octets)
    expect([status, json]).toEqual([
      400,
      {
        error: {
          code: 400,
          message,
          errors: [{ message, domain: "global", reason: "invalidArgument" }],
          status: "INVALID_ARGUMENT"
        }
      }
    ])
    expect(server.account.messages).toEqual([])
  })

  it("but not for a zip of harmless files, a bare name in its text, or a folded From", async () => {
    const server = await started()
    const good = [
      attached("good.zip", "application/zip", zipped("readme.txt", "exe")),
      attached("notes.txt", "text/plain", "eA=="),
      mail({ From: "=?utf-8?q?J=C3=B6rg?=\r\n <joerg@example.org>" }),
      mail({ From: "a@x, b@x", Sender: "a@x" }),
      attached(
        "quoted.txt",
        "text/plain",
        "--inner\r\nContent-Disposition: attachment; filename=old.exe\r\n\r\nTVo="
      )
    ]
    for (const octets of good) expect((await importMail(server, octets)).status).toBe(200)
  })
})

describe("a label is refused", () => {
  it.each([
    [["Label_99"], "Invalid label: Label_99"],
    [[""], "Invalid label: "],
    [["CHAT"], "Invalid label: CHAT"],
    [["DRAFT"], "Invalid label: DRAFT"],
    [["inbox"], "Invalid label: inbox"]
  ])("on a message brought in: %j", async (labelIds, message) => {
    const server = await started()
    const { status, json } = await importMail(server, mail({}), { metadata: { labelIds } })
    expect([status, json.error.message, json.error.errors[0].reason]).toEqual([
      400,
      message,
      "invalidArgument"
    ])
    expect(server.account.messages).toEqual([])
  })

  it.each([[["INBOX", "SPAM"]], [["TRASH", "INBOX"]], [["SPAM", "TRASH"]]])(
    "next to another place: %j",
    async (labelIds) => {
      const server = await started()
      expect((await importMail(server, mail({}), { metadata: { labelIds } })).status).toBe(400)
      const { json } = await importMail(server, mail({}))
      const modified = await call(server, "POST", `messages/${json.id}/modify`, {
        body: { addLabelIds: labelIds }
      })
      expect(modified.status).toBe(400)
    }
  )

  it("as SENT, by the rule of the account", async () => {
    const own = mail({ From: "you@gmail.com" })
    const foreign = mail({})
    const outcome = async (sentRule: "allow" | "refuse" | "refuse-foreign-from") => {
      const server = await started({ sentRule })
      const answers = await Promise.all(
        [own, foreign].map((octets) => importMail(server, octets, { metadata: { labelIds: ["SENT"] } }))
      )
      return answers.map(({ status, json }) => (status === 200 ? json.labelIds[0] : json.error.message))
    }
    expect(await outcome("allow")).toEqual(["SENT", "SENT"])
    expect(await outcome("refuse")).toEqual(["Invalid label: SENT", "Invalid label: SENT"])
    expect(await outcome("refuse-foreign-from")).toEqual(["SENT", "Invalid label: SENT"])
  })

  it("as IMPORTANT, on the accounts that take it not", async () => {
    const server = await started({ refusedLabels: ["IMPORTANT"] })
    const { json } = await importMail(server, mail({}), { metadata: { labelIds: ["IMPORTANT"] } })
    expect(json.error.message).toBe("Invalid label: IMPORTANT")
  })

  it.each(["SENT", "DRAFT", "CHAT"])("as %s by modify, always", async (label) => {
    const server = await started({ sentRule: "allow" })
    const { json } = await importMail(server, mail({}))
    for (const body of [{ addLabelIds: [label] }, { removeLabelIds: [label] }]) {
      const modified = await call(server, "POST", `messages/${json.id}/modify`, { body })
      expect([modified.status, modified.json.error.message]).toEqual([400, `Invalid label: ${label}`])
    }
  })
})
