import type { AttachedFile } from "./AttachedPart.ts"
import { migrationState, propertyIds } from "./GraphProperties.ts"
import { type GraphFileAttachment, type GraphRecipient, type GraphRequest, wireSize } from "./GraphRequest.ts"
import { tooLongText } from "./MessageContent.ts"
import type { MessageLoss } from "./MessageLoss.ts"

/** Octets of a request at most: Graph refuses 4 MB with 413, and what it counts is not known to the octet. */
const mostOctets = 3_500_000

/** Octets of attachments, before base64, in the creating request. */
const mostAttached = 2_000_000

/** The request as it is sent, with the attachments that fit. */
export interface FittedRequest {
  readonly request: GraphRequest
  readonly small: ReadonlyArray<AttachedFile>
  readonly later: ReadonlyArray<AttachedFile>
  readonly losses: ReadonlyArray<MessageLoss>
}

export const graphAttachment = ({
  contentId,
  contentType,
  isInline,
  name,
  octets
}: AttachedFile): GraphFileAttachment => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentType,
  isInline,
  ...(contentId === undefined ? {} : { contentId }),
  contentBytes: octets.toString("base64")
})

/** The body as a file, when it leaves no room for anything else. */
const bodyFile = ({ content, contentType }: GraphRequest["body"]): AttachedFile => ({
  name: contentType === "html" ? "body.html" : "body.txt",
  contentType: contentType === "html" ? "text/html" : "text/plain",
  isInline: false,
  octets: Buffer.from(content)
})

const lists = ["bccRecipients", "ccRecipients", "toRecipients"] as const

/** Recipients that fit, the last of each list going first. */
const withFewerRecipients = (request: GraphRequest): GraphRequest => {
  const fewer = (all: ReadonlyArray<GraphRecipient>) => all.slice(0, Math.floor(all.length * 0.75))
  return Object.assign({ ...request }, Object.fromEntries(lists.map((name) => [name, fewer(request[name])])))
}

const recipientsOf = (request: GraphRequest): number =>
  lists.reduce((sum, name) => sum + request[name].length, 0)

const fitWithoutFiles = (
  request: GraphRequest
): {
  readonly request: GraphRequest
  readonly file?: AttachedFile
  readonly losses: ReadonlyArray<MessageLoss>
} => {
  if (wireSize(request) <= mostOctets) return { request, losses: [] }
  const file = bodyFile(request.body)
  const losses: Array<MessageLoss> = [
    { kind: "body-attached", detail: `${file.octets.length} octets, as ${file.name}` }
  ]
  let fitted: GraphRequest = { ...request, body: { contentType: "text", content: tooLongText } }
  while (wireSize(fitted) > mostOctets && recipientsOf(fitted) > 0) fitted = withFewerRecipients(fitted)
  const cut = recipientsOf(request) - recipientsOf(fitted)
  if (cut > 0) losses.push({ kind: "recipients-cut", detail: `${cut} of ${recipientsOf(request)}` })
  return { request: fitted, file, losses }
}

/** `partial` until all of it is there, so that a run cut short finds it and finishes or removes it. */
export const markedPartial = (request: GraphRequest): GraphRequest => ({
  ...request,
  singleValueExtendedProperties: [
    ...request.singleValueExtendedProperties,
    { id: propertyIds.state, value: migrationState.partial }
  ]
})

/**
 * Divides the attachments between the creating request and what comes after it. Each goes with the request as long as
 * both limits hold, and all come in the order of the message, in which they are listed: behind one that has no room, only
 * pictures within the text go with it, which nobody sees in a list. A body that alone is too long becomes the first attachment.
 */
export const fitRequest = (request: GraphRequest, files: ReadonlyArray<AttachedFile>): FittedRequest => {
  const { file: bodyAsFile, losses, request: bare } = fitWithoutFiles(request)
  // What nothing shows any more has to be listed.
  const listed = files.map((file) => ({ ...file, isInline: false }))
  const all = bodyAsFile === undefined ? files : [bodyAsFile, ...listed]
  const small: Array<AttachedFile> = []
  const attachments: Array<GraphFileAttachment> = []
  const later: Array<AttachedFile> = []
  let attached = 0
  // `"attachments":[],` and the state property that a message with later attachments bears.
  let size = wireSize(markedPartial(bare)) + 20
  for (const file of all) {
    const octets =
      Math.ceil(file.octets.length / 3) * 4 + Buffer.byteLength(JSON.stringify({ ...file, octets: "" })) + 100
    const isBehind = later.length > 0 && !file.isInline
    if (isBehind || attached + file.octets.length > mostAttached || size + octets > mostOctets) {
      later.push(file)
      continue
    }
    attached += file.octets.length
    size += octets
    small.push(file)
    attachments.push(graphAttachment(file))
  }
  const whole = attachments.length === 0 ? bare : { ...bare, attachments }
  return { request: later.length === 0 ? whole : markedPartial(whole), small, later, losses }
}
