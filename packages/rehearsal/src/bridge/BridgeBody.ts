import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"

import { firstValue } from "../imap/HeaderBlock.ts"
import { type MimePart, parseMime } from "../imap/MimeTree.ts"
import { parseParameters } from "../imap/Parameters.ts"
import type { ProtonMessage } from "../ProtonAccount.ts"
import { armored } from "./PgpArmor.ts"
import { decodeQuotedPrintable, encodeQuotedPrintable } from "./QuotedPrintable.ts"

/** What Bridge makes of a body, and the header fields that describe it. */
export interface BridgeBody {
  readonly contentType: string
  /** `undefined` where the field is left out. */
  readonly encoding: string | undefined
  readonly octets: Buffer
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Bridge forgets to seed the chain for signed mail, so that all of it has the hash of nothing for a boundary. */
const signedBoundary = sha256("")

/** Each boundary is the hash of the one before; the first is that of Proton's id. */
const boundaries = (id: string): (() => string) => {
  let last = id
  return () => {
    last = sha256(last)
    return last
  }
}

const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, "utf8")

const joined = (boundary: string, parts: ReadonlyArray<Buffer>): Buffer =>
  Buffer.concat([
    ...parts.flatMap((part) => [line(`--${boundary}`), part, line("")]),
    line(`--${boundary}--`)
  ])

const part = (fields: ReadonlyArray<string>, octets: Uint8Array): Buffer =>
  Buffer.concat([...fields.map(line), line(""), octets])

const decoded = (octets: Buffer, encoding: string | undefined): Buffer => {
  switch (encoding?.trim().toLowerCase()) {
    case "base64":
      return Buffer.from(octets.toString("latin1"), "base64")
    case "quoted-printable":
      return decodeQuotedPrintable(octets)
    default:
      return octets
  }
}

interface Building {
  readonly raw: Buffer
  readonly message: ProtonMessage
  readonly nextBoundary: () => string
}

/** One part alone: quoted-printable whatever it was, and called UTF-8 where it is. */
const single = ({ raw }: Building, root: MimePart): BridgeBody => {
  const encoding = firstValue(raw, "Content-Transfer-Encoding")
  const octets = raw.subarray(root.bodyStart)
  const declared = firstValue(raw, "Content-Type")
  if (root.type !== "text") {
    return { contentType: declared ?? `${root.type}/${root.subtype}`, encoding, octets }
  }
  const text = decoded(octets, encoding)
  const charset = isUtf8(text) ? "utf-8" : (root.parameters.get("charset") ?? "us-ascii")
  return {
    contentType: `text/${root.subtype}; charset=${charset}`,
    encoding: "quoted-printable",
    octets: encodeQuotedPrintable(text)
  }
}

/** A part's own octets. Proton keeps one text only, so that of alternatives the last, the richest, is left. */
const child = (building: Building, each: MimePart): Buffer => {
  const { raw, message } = building
  const own = raw.subarray(each.start, each.end)
  if (each.type === "multipart" && each.children.length > 0) {
    const kept = each.subtype === "alternative" ? each.children.at(-1) : undefined
    if (kept !== undefined) return child(building, kept)
    const boundary = building.nextBoundary()
    const parts = each.children.map((grandchild) => child(building, grandchild))
    return part([`Content-Type: multipart/${each.subtype}; boundary=${boundary}`], joined(boundary, parts))
  }
  return message.trouble === "undecryptable-attachment" && isAttachment(own, each)
    ? lostAttachment(building, each)
    : own
}

const isAttachment = (own: Buffer, each: MimePart): boolean =>
  each.type !== "text" || /^attachment/iu.test(firstValue(own, "Content-Disposition") ?? "")

/** An attachment whose key is lost: `<name>.pgp`, armoured. */
const lostAttachment = ({ raw, message }: Building, each: MimePart): Buffer => {
  const own = raw.subarray(each.start, each.end)
  const disposition = parseParameters(firstValue(own, "Content-Disposition") ?? "attachment")
  const name = disposition.parameters.get("filename") ?? each.parameters.get("name") ?? "attachment"
  const quoted = `${name.replaceAll(/["\\]/gu, "\\$&")}.pgp`
  const octets = raw.subarray(each.bodyStart, each.end)
  const content = decoded(octets, firstValue(own, "Content-Transfer-Encoding"))
  return part(
    [
      `Content-Type: application/octet-stream; name="${quoted}"`,
      `Content-Disposition: attachment; filename="${quoted}"`
    ],
    armored(content, message.id, "attachment")
  )
}

/** A multipart under boundaries of Bridge's own. What stood before the first part and after the last is gone. */
const several = (building: Building, root: MimePart): BridgeBody => {
  const kept = root.subtype === "alternative" ? root.children.at(-1) : undefined
  if (kept !== undefined) return lifted(building, kept)
  const signed = root.subtype === "signed"
  const boundary = signed ? signedBoundary : building.nextBoundary()
  const { raw } = building
  const parts = root.children.map((each) =>
    signed ? raw.subarray(each.start, each.end) : child(building, each)
  )
  const protocol = root.parameters.get("protocol")
  const micalg = root.parameters.get("micalg")
  const parameters = [
    ["boundary", boundary],
    ["micalg", micalg],
    ["protocol", protocol === undefined ? undefined : `"${protocol}"`]
  ]
  const shown = parameters
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `; ${name}=${value}`)
  return {
    contentType: `multipart/${root.subtype}${shown.join("")}`,
    encoding: undefined,
    octets: joined(boundary, parts)
  }
}

/** The one alternative that is left becomes the body of the whole. */
const lifted = (building: Building, each: MimePart): BridgeBody => {
  const own = building.raw.subarray(each.start, each.end)
  return build({ ...building, raw: own })
}

/** A body whose key is lost: the ciphertext in a part of the type the text has, or as PGP/MIME (RFC 3156). */
const lostBody = ({ raw, message, nextBoundary }: Building, root: MimePart): BridgeBody => {
  const boundary = nextBoundary()
  const content = decoded(raw.subarray(root.bodyStart), firstValue(raw, "Content-Transfer-Encoding"))
  const sealed = armored(content, message.id, "message")
  if (root.type !== "multipart") {
    const type = `${root.type}/${root.subtype}`
    return {
      contentType: `multipart/mixed; boundary=${boundary}`,
      encoding: undefined,
      octets: joined(boundary, [part([`Content-Type: ${type}; charset=utf-8`], sealed)])
    }
  }
  return {
    contentType: `multipart/encrypted; boundary=${boundary}; protocol="application/pgp-encrypted"`,
    encoding: undefined,
    octets: joined(boundary, [
      part(
        ["Content-Type: application/pgp-encrypted", "Content-Description: PGP/MIME version identification"],
        line("Version: 1")
      ),
      part(
        [
          'Content-Type: application/octet-stream; name="encrypted.asc"',
          "Content-Description: OpenPGP encrypted message",
          'Content-Disposition: inline; filename="encrypted.asc"'
        ],
        sealed
      )
    ])
  }
}

const build = (building: Building): BridgeBody => {
  const root = parseMime(building.raw)
  if (building.message.trouble === "undecryptable-body") return lostBody(building, root)
  return root.type === "multipart" && root.children.length > 0
    ? several(building, root)
    : single(building, root)
}

/** The body Bridge builds of a message: the same for the same message, since every boundary comes from Proton's id. */
export const buildBody = (message: ProtonMessage, raw: Buffer): BridgeBody =>
  build({ raw, message, nextBoundary: boundaries(message.id) })
