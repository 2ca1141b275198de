/** What the first line of a server gives away. */
export type BridgeGreeting =
  | {
      readonly _tag: "Bridge"
      /** As Bridge writes it, zero-padded: `03.21.01`. */
      readonly version: string
      /** Counts sessions since Bridge started. */
      readonly session: number
      /** Whether STARTTLS is offered. It stays in the list under TLS as well, where it means nothing. */
      readonly startTls: boolean
    }
  | { readonly _tag: "Stranger"; readonly says: string }

/** gluon's `greet` (session.go). Distributions build Bridge under the names `ProtonMail Bridge` and `ProtonMailBridge`. */
const bridge = /^\* OK .*?Proton ?Mail ?Bridge (\d+\.\d+\.\d+) - gluon session ID (\d+)/u

/** Enough of a stranger's line to recognise it; the rest may be anything. */
const excerpt = (line: string): string => {
  const printable = line.trim().replaceAll(/[^\x20-\x7e]+/gu, "?")
  return printable.length > 80 ? `${printable.slice(0, 80)}...` : printable
}

const whoSays = (line: string): string => {
  if (/^220[ -]/u.test(line)) {
    return /ftp/iu.test(line)
      ? `an FTP server answers ("${excerpt(line)}")`
      : `that is the SMTP port ("${excerpt(line)}"): Bridge shows the IMAP port next to it`
  }
  if (/^\* (OK|PREAUTH|BYE)\b/u.test(line)) return `another IMAP server answers ("${excerpt(line)}")`
  if (line.startsWith("+OK")) return `a POP3 server answers ("${excerpt(line)}")`
  if (line.startsWith("SSH-")) return `an SSH server answers ("${excerpt(line)}")`
  return `something that is not Bridge answers ("${excerpt(line)}")`
}

/** Reads a greeting line. Only a `Bridge` may ever be sent a password. */
export const readGreeting = (line: string): BridgeGreeting => {
  const match = bridge.exec(line)
  if (match === null) return { _tag: "Stranger", says: whoSays(line) }
  return {
    _tag: "Bridge",
    version: match[1] ?? "",
    session: Number(match[2]),
    startTls: /\bSTARTTLS\b/u.test(line)
  }
}
