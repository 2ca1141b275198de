export interface SampleMessage {
  readonly bytes: Uint8Array
  /** Brackets included. */
  readonly messageId: string
  /** The value of X-Pm-Internal-Id. */
  readonly stableId: string
}

export interface SampleOptions {
  readonly messageId?: string
  readonly stableId?: string
  readonly subject?: string
  readonly body?: string
}

/** A message like no other, with both identities: CRLF line ends, 8-bit body, no line end at its end. */
export const sampleMessage = (options: SampleOptions = {}): SampleMessage => {
  const {
    messageId = `<${crypto.randomUUID()}@conformance.invalid>`,
    stableId = `${Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString("base64url")}==`,
    subject = "=?utf-8?q?caf=C3=A9?=",
    body = `.leading dot\r\nvolle Länge: ${"x".repeat(900)}\r\nno final newline`
  } = options
  const header = [
    "From: Conformance <from@conformance.invalid>",
    "To: to@conformance.invalid",
    `Message-ID: ${messageId}`,
    `X-Pm-Internal-Id: ${stableId}`,
    `Subject: ${subject}`,
    "Date: Sun, 31 Mar 2019 03:30:00 +0200",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit"
  ]
  const bytes = new TextEncoder().encode(`${header.join("\r\n")}\r\n\r\n${body}`)
  return { bytes, messageId, stableId }
}
