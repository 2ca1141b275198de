/** Bridge gives every message of Proton's a Message-ID; what it could not send on has none. */
export const recoveredMail: ReadonlyArray<Uint8Array> = ["one", "two"].map((name) =>
  Buffer.from(
    [
      "From: Mira Holt <mira.holt@proton.example>",
      "To: ines@post.example",
      `Subject: Never sent, ${name}`,
      "Date: Fri, 06 Mar 2026 10:00:00 +0100",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "",
      `It lay at Bridge, number ${name}.`,
      ""
    ].join("\r\n")
  )
)
