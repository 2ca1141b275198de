import { createHash } from "node:crypto"

import * as DateTime from "effect/DateTime"
import { decodeHTML } from "entities"

import { type AttachedFile, attachedFiles } from "./message/AttachedPart.ts"
import { decodedWords } from "./message/EncodedWords.ts"
import { buildMessage } from "./message/GraphMessage.ts"
import { messageContent } from "./message/MessageContent.ts"
import { fieldOf, mimeTree } from "./message/MimeTree.ts"

const someDay = DateTime.makeUnsafe("2010-02-03T04:05:06Z")

/** What of a text is to be read: without markup, and without the blanks that every rebuilding changes. */
const wordsOf = (text: string, isHtml: boolean): string => {
  // Exchange writes letters that a part's charset has not as references, and others as it likes.
  const read = isHtml
    ? decodeHTML(
        text
          .replaceAll(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/giu, "")
          .replaceAll(/<!--[\s\S]*?-->|<[^>]*>/gu, "")
      )
    : text
  return read.replaceAll(/[\s\u00A0\u200B\uFEFF]+/gu, "")
}

const digest = ({ octets }: AttachedFile): string => createHash("sha256").update(octets).digest("hex")

/** How often each file is there, by its octets. */
const counted = (files: ReadonlyArray<AttachedFile>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const file of files) {
    const hash = digest(file)
    counts.set(hash, (counts.get(hash) ?? 0) + 1)
  }
  return counts
}

/** What is compared of a message: no octets, so that two of its size and their files are never held at once. */
interface Content {
  readonly words: string
  readonly files: ReadonlyMap<string, number>
  readonly messageId: string | undefined
  readonly subject: string
}

const contentSent = (sent: Uint8Array): Content | undefined => {
  const built = buildMessage(sent, {
    flags: new Set(),
    keywords: new Set(),
    categories: [],
    internalDate: someDay,
    key: "",
    original: "never"
  })
  if (built._tag === "too-large") return undefined
  const { body, internetMessageId, subject } = built.request
  return {
    words: wordsOf(body.content, body.contentType === "html"),
    files: counted([...built.small, ...built.later]),
    messageId: internetMessageId,
    subject
  }
}

const contentThere = (there: Uint8Array): Content => {
  const root = mimeTree(there)
  const { attached, body } = messageContent(root)
  const isHtml = body.contentType === "html"
  return {
    words: wordsOf(body.content, isHtml),
    files: counted(attachedFiles(attached, isHtml ? body.content : "").files),
    messageId: fieldOf(root, "message-id")?.trim(),
    subject: decodedWords(fieldOf(root, "subject") ?? "")
  }
}

/**
 * What of a message's content is not in the one that Exchange gives back for it: its text, its files by SHA-256, each as
 * often as it was, its Message-ID and subject. Compared with what was to be stored, so that what Exchange cannot keep, and was named as a
 * loss, is not named again (graph.md section 8, behaviour 21).
 */
export const contentMissing = (there: Uint8Array): ((sent: Uint8Array) => ReadonlyArray<string>) => {
  const is = contentThere(there)
  return (sent) => missingFrom(is, sent)
}

const missingFrom = (is: Content, sent: Uint8Array): ReadonlyArray<string> => {
  const wanted = contentSent(sent)
  if (wanted === undefined) return []
  // Kept as a file, all of it is there to the octet.
  if (is.files.has(createHash("sha256").update(sent).digest("hex"))) return []
  const missing: Array<string> = []
  if (wanted.words !== is.words) missing.push("its text is not the one that was sent")

  let absent = 0
  let doubled = 0
  for (const [hash, n] of wanted.files) {
    const present = is.files.get(hash) ?? 0
    absent += Math.max(0, n - present)
    doubled += Math.max(0, present - n)
  }
  if (absent > 0) missing.push(`${absent} of its files ${absent === 1 ? "is" : "are"} not there as sent`)
  if (doubled > 0) missing.push(`${doubled} of its files ${doubled === 1 ? "is" : "are"} there once more`)

  if (wanted.messageId !== undefined && wanted.messageId !== is.messageId) {
    missing.push("its Message-ID is another")
  }
  const title = wordsOf(is.subject, false)
  const asked = wordsOf(wanted.subject, false)
  if (title === "" && asked !== "") missing.push("its subject is gone")
  // Some take 255 characters of it, as was said then.
  else if (title !== asked && !(asked.startsWith(title) && wanted.subject.length > 255)) {
    missing.push("its subject is another")
  }
  return missing
}
