/** The header of a received letter with everything in it that Exchange has a place for. */
export const received = [
  "Received: from mx.a.example by mx.b.example; Sun, 31 Mar 2019 01:30:00 +0000",
  "X-Pm-Internal-Id: abc==",
  "From: Ann <ann@a.example>",
  "Sender: Office <office@a.example>",
  "Reply-To: answers@a.example",
  "To: Bob <bob@b.example>, eve@b.example",
  "Cc: carl@c.example",
  "Bcc: dora@d.example",
  "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
  "Message-ID: <reply@a.example>",
  "In-Reply-To: <first@b.example>",
  "References: <root@b.example> <first@b.example>",
  "Importance: high",
  "Date: Sun, 31 Mar 2019 03:29:00 +0200"
]

/** With these header lines. */
export const letter = (lines: ReadonlyArray<string> = received, body = "Hello.") =>
  Buffer.from([...lines, "", body, ""].join("\r\n"))
