import { createHash } from "node:crypto"

import { describe, expect, it } from "vitest"

import { type ProtonMessage, SystemLabel } from "../../src/ProtonAccount.ts"
import type { Peculiarity } from "../../src/sample/PeculiarMail.ts"
import { type SampleAccount, sampleMailbox } from "../../src/sample/SampleMailbox.ts"

/** Small attachments, so that these tests read every octet in no time. */
const account = sampleMailbox({ largest: 100_000 })

const digest = (of: SampleAccount): string => {
  const hash = createHash("sha256")
  for (const { raw, labelIds, ...rest } of of.messages)
    hash.update(raw).update(JSON.stringify([[...labelIds], rest]))
  return hash.update(JSON.stringify(of.labels)).digest("hex")
}

const byId = new Map(account.messages.map((message) => [message.id, message]))

const peculiar = (peculiarity: Peculiarity): ReadonlyArray<ProtonMessage> =>
  (account.peculiar.get(peculiarity) ?? []).flatMap((id) => byId.get(id) ?? [])

const textOf = (message: ProtonMessage | undefined): string =>
  Buffer.from(message?.raw ?? []).toString("latin1")

const header = (message: ProtonMessage | undefined): string => textOf(message).split("\r\n\r\n")[0] ?? ""
const bodyOf = (message: ProtonMessage | undefined): string =>
  textOf(message).slice(header(message).length + 4)

const fieldsNamed = (message: ProtonMessage | undefined, name: string): ReadonlyArray<string> =>
  [...`${header(message)}\r\n`.matchAll(new RegExp(`^${name}:((?:[^\\r]|\\r\\n[ \\t])*)\\r\\n`, "gimu"))].map(
    (found) => (found[1] ?? "").trim()
  )

const labelled = (kind: "folder" | "label", ...path: ReadonlyArray<string>) =>
  account.labels.find((label) => label.kind === kind && JSON.stringify(label.path) === JSON.stringify(path))

const idsOf = (kind: "folder" | "label") =>
  new Set(account.labels.filter((label) => label.kind === kind).map(({ id }) => id))

const exclusive = new Set<string>([
  ...idsOf("folder"),
  SystemLabel.inbox,
  SystemLabel.sent,
  SystemLabel.drafts,
  SystemLabel.archive,
  SystemLabel.spam,
  SystemLabel.trash,
  SystemLabel.scheduled
])

describe("the sample mailbox as a whole", () => {
  it("is the same to the octet for the same seed, and another for another seed", () => {
    expect(digest(sampleMailbox({ largest: 100_000 }))).toBe(digest(account))
    expect(digest(sampleMailbox({ largest: 100_000, seed: 2 }))).not.toBe(digest(account))
  })

  it("holds as many messages as asked for, and never fewer than the peculiar ones", () => {
    const odd = [...account.peculiar.values()].flat().length
    expect(account.messages).toHaveLength(600)
    expect(sampleMailbox({ messages: 1000, largest: 1 }).messages).toHaveLength(1000)
    expect(sampleMailbox({ messages: 1, largest: 1 }).messages).toHaveLength(odd)
  })

  it("gives messages and labels unique ids of Proton's shape", () => {
    const ids = [...account.messages, ...account.labels].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^[\w-]{86}==$/u.test(id))).toEqual([])
  })

  it("puts a message in one folder at most, self-sent mail in two, and never in All Mail by name", () => {
    const selfSent = new Set(account.peculiar.get("self-sent"))
    for (const { id, labelIds } of account.messages) {
      const places = [...labelIds].filter((label) => exclusive.has(label))
      expect(places.length).toBeLessThanOrEqual(selfSent.has(id) ? 2 : 1)
      expect(labelIds.has(SystemLabel.allMail)).toBe(false)
    }
  })

  it("uses only labels that exist, and at most four of the user's on one message", () => {
    const known = new Set<string>([...account.labels.map(({ id }) => id), ...Object.values(SystemLabel)])
    const labels = idsOf("label")
    const counts = account.messages.map(({ labelIds }) => [...labelIds].filter((id) => labels.has(id)).length)
    expect(account.messages.flatMap(({ labelIds }) => [...labelIds]).filter((id) => !known.has(id))).toEqual(
      []
    )
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4]))
  })

  it("knows every Message-ID that the octets bear", () => {
    for (const message of account.messages) {
      const stated = fieldsNamed(message, "Message-ID").filter((value) => value !== "<>")
      expect(stated).toEqual(message.externalId === undefined ? [] : [`<${message.externalId}>`])
    }
  })

  it("has CRLF line ends and nothing else", () => {
    for (const message of account.messages) expect(textOf(message)).not.toMatch(/[^\r]\n|\r[^\n]/u)
  })

  it("spans ten years and mixes read, unread, answered and forwarded mail", () => {
    const times = account.messages.map(({ time }) => time).filter((time) => time > 0)
    const count = (has: (message: ProtonMessage) => boolean) => account.messages.filter(has).length
    expect(new Date((times[0] ?? 0) * 1000).getUTCFullYear()).toBe(2016)
    expect(new Date((times.at(-1) ?? 0) * 1000).getUTCFullYear()).toBe(2026)
    for (const has of [
      (message: ProtonMessage) => message.unread,
      (message: ProtonMessage) => message.answered,
      (message: ProtonMessage) => message.forwarded,
      (message: ProtonMessage) => message.labelIds.has(SystemLabel.starred)
    ]) {
      expect(count(has)).toBeGreaterThan(10)
      expect(count(has)).toBeLessThan(300)
    }
  })

  it("makes octets only when they are read, and the same ones each time", () => {
    const large = sampleMailbox({ largest: 25_000_000 }).messages.find(
      ({ id }) => account.peculiar.get("large")?.[0] === id
    )
    const first = large?.raw ?? new Uint8Array(0)
    const text = Buffer.from(first)
    const start = text.indexOf("base64\r\n\r\n") + 10
    const encoded = text.toString("latin1", start, text.indexOf("\r\n\r\n--=_summit--"))
    expect(Buffer.from(encoded, "base64")).toHaveLength(25_000_000)
    expect(Buffer.compare(first, large?.raw ?? new Uint8Array(0))).toBe(0)
  })
})

describe("the sample's folders and labels", () => {
  it("nest three deep, each parent a folder of its own", () => {
    expect(labelled("folder", "Work", "Clients", "Nordwind")).toBeDefined()
    expect(labelled("folder", "Work", "Clients")).toBeDefined()
    expect(labelled("folder", "Work")).toBeDefined()
  })

  it.each([
    ["a slash", /\//u],
    ["emoji", /\p{Extended_Pictographic}/u],
    ["Hebrew", /\p{Script=Hebrew}/u],
    ["Arabic", /\p{Script=Arabic}/u],
    ["Han", /\p{Script=Han}/u],
    ["an ampersand", /&/u],
    ["double quotes", /"/u],
    ["single quotes", /'/u],
    ["a backslash", /\\/u],
    ["a trailing dot", /\.$/u],
    ["LIST wildcards", /%.*\*/u]
  ])("include a name with %s, and mail in it", (_, pattern) => {
    const found = account.labels.filter(({ path }) => path.some((level) => pattern.test(level)))
    const used = new Set(account.messages.flatMap(({ labelIds }) => [...labelIds]))
    expect(found.filter(({ id }) => used.has(id))).not.toHaveLength(0)
  })

  it("include a label with the name of a folder, a folder with no mail and a label nobody used", () => {
    const used = new Set(account.messages.flatMap(({ labelIds }) => [...labelIds]))
    const unused = account.labels.filter(({ id }) => !used.has(id)).map(({ path }) => path.join("/"))
    expect(labelled("label", "Receipts")?.id).not.toBe(labelled("folder", "Receipts")?.id)
    expect(unused).toEqual(expect.arrayContaining(["Nothing in here", "Never used"]))
  })
})

describe("the sample's peculiar mail", () => {
  it("shows self-sent mail in the Inbox and in Sent as one message", () => {
    for (const { labelIds } of peculiar("self-sent"))
      expect([labelIds.has(SystemLabel.inbox), labelIds.has(SystemLabel.sent)]).toEqual([true, true])
    expect(peculiar("self-sent")).toHaveLength(2)
  })

  it("has mail that only All Mail shows, one of it labelled", () => {
    const [bare, labelled] = peculiar("snoozed").map(({ labelIds }) => Array.from(labelIds))
    expect(bare).toEqual([])
    expect(labelled?.filter((id) => exclusive.has(id))).toEqual([])
    expect(labelled).toHaveLength(1)
  })

  it("has one message with four labels and a star in a folder three levels down", () => {
    const [message] = peculiar("many-labels")
    expect(message?.labelIds.size).toBe(6)
  })

  it.each([
    ["scheduled", SystemLabel.scheduled],
    ["draft", SystemLabel.drafts],
    ["trashed", SystemLabel.trash],
    ["starred", SystemLabel.starred]
  ] as const)("has %s mail", (peculiarity, label) => {
    expect(peculiar(peculiarity)).not.toHaveLength(0)
    for (const { labelIds } of peculiar(peculiarity)) expect(labelIds).toContain(label)
  })

  it.each(["skipped", "undecryptable-body", "undecryptable-attachment"] as const)(
    "says which message is %s",
    (trouble) => {
      expect(peculiar(trouble).map((message) => message.trouble)).toEqual([trouble])
      expect(account.messages.filter((message) => message.trouble === trouble)).toHaveLength(1)
    }
  )

  it("has mail without a Message-ID, with an empty one and with one on a line of its own", () => {
    expect(peculiar("missing-message-id").map((message) => fieldsNamed(message, "Message-ID"))).toEqual([
      [],
      []
    ])
    expect(peculiar("odd-message-id").map((message) => fieldsNamed(message, "Message-ID")[0])).toEqual([
      "<>",
      expect.stringContaining("a very-long-left-hand-side")
    ])
  })

  it("has a list copy and a sent copy of one mail with one Message-ID", () => {
    const copies = peculiar("doubled-message-id")
    expect(new Set(copies.map(({ externalId }) => externalId)).size).toBe(1)
    expect(new Set(copies.map(textOf)).size).toBe(2)
    expect(copies.flatMap((message) => fieldsNamed(message, "List-Id"))).toHaveLength(1)
  })

  it("has different mails with one Message-ID in one mailbox, and the same mail twice", () => {
    const pages = peculiar("shared-message-id")
    const twins = peculiar("byte-identical")
    expect(new Set(pages.map(({ externalId }) => externalId)).size).toBe(1)
    expect(new Set(pages.map(bodyOf)).size).toBe(3)
    expect(new Set(twins.map(textOf)).size).toBe(1)
    expect(new Set(twins.map(({ id }) => id)).size).toBe(2)
  })

  it("has dates that are bad, missing, before the epoch and far ahead", () => {
    const date = (peculiarity: Peculiarity) =>
      peculiar(peculiarity).map((message) => fieldsNamed(message, "Date"))
    expect(date("bad-date")).toEqual([["yesterday, after lunch"], ["Fri, 30 Feb 2018 25:61:61 +9900"]])
    expect(date("missing-date")).toEqual([[]])
    expect(date("date-1969")[0]?.[0]).toContain(" 1969 ")
    expect(date("date-2099")[0]?.[0]).toContain(" 2099 ")
    expect(peculiar("no-time").map(({ time }) => time)).toEqual([0])
  })

  it("has 8-bit headers in two charsets and encoded words in several", () => {
    const [utf, latin] = peculiar("eight-bit-headers").map(header)
    expect(Buffer.from(utf ?? "", "latin1").toString("utf8")).toContain(
      "Subject: Grüße aus Köln — schöne Tage 🎈"
    )
    expect(latin).toContain("Réunion déplacée")
    expect(peculiar("encoded-words").map(header).join("\n")).toMatch(/iso-8859-1\?Q\?[^]*ISO-2022-JP\?B\?/u)
    expect(
      account.messages.filter((message) => header(message).includes("Subject: =?UTF-8?B?")).length
    ).toBeGreaterThan(10)
  })

  it("has mail with no subject, no sender, and a header of several kilobytes", () => {
    expect(fieldsNamed(peculiar("no-subject")[0], "Subject")).toEqual([])
    expect(fieldsNamed(peculiar("no-from")[0], "From")).toEqual([])
    expect(header(peculiar("long-header")[0]).length).toBeGreaterThan(8000)
  })

  it("has a message that already bears another account's Internal-Id", () => {
    const [message] = peculiar("foreign-internal-id")
    expect(fieldsNamed(message, "X-Pm-Internal-Id")[0]).toMatch(/^[\w-]{86}==$/u)
    expect(fieldsNamed(message, "X-Pm-Internal-Id")[0]).not.toBe(message?.id)
  })

  it("has a message without a body and one without even the empty line before it", () => {
    expect(textOf(peculiar("empty-body")[0])).toMatch(/\r\n\r\n$/u)
    expect(textOf(peculiar("header-only")[0])).toMatch(/[^\n]\r\n$/u)
    expect(textOf(peculiar("header-only")[0])).not.toContain("\r\n\r\n")
  })

  it.each<[Peculiarity, RegExp]>([
    ["from-lines", /^From the window[^]*\r\n>From the door[^]*\r\nFrom \S+ Fri[^]*\r\n\.\r\n/u],
    ["imap-commands", /^a1 LOGOUT\r\na2 DELETE INBOX\r\n/u],
    ["long-lines", /^[^\r]{50000}\r\n$/u],
    ["no-final-line-end", /[^\n]$/u],
    ["eight-bit-body", /Gr\xfc\xdfe/u],
    ["html-with-attachments", /text\/html[^]*Content-ID[^]*offer; final \\"3\\"\.pdf[^]*empty\.txt/u],
    ["calendar", /text\/calendar; charset=utf-8; method=REQUEST[^]*BEGIN:VEVENT/u],
    ["nested-message", /(?:message\/rfc822[^]*){3}At the bottom of it all/u],
    ["deep-nesting", /(?:Content-Type: multipart\/[^]*){19}Here\./u],
    ["unclosed-multipart", /hung up$/u],
    ["signed", /application\/pgp-signature[^]*BEGIN PGP SIGNATURE/u]
  ])("has a body of the kind %s", (peculiarity, pattern) => {
    expect(bodyOf(peculiar(peculiarity)[0])).toMatch(pattern)
  })

  it("files one letter in every folder that has mail", () => {
    const folders = account.labels.filter(
      ({ kind, path }) => kind === "folder" && path[0] !== "Nothing in here"
    )
    const holding = peculiar("filed-in-every-folder").flatMap(({ labelIds }) => Array.from(labelIds))
    const leaves = folders.filter(({ path }) => path.join() !== "Travel" && path.join() !== "Travel,2019")
    expect(new Set(holding)).toEqual(new Set(leaves.map(({ id }) => id)))
  })

  it("has mail of the second address", () => {
    expect(peculiar("second-address").map(({ address }) => address)).toEqual([
      account.addresses[1],
      account.addresses[1]
    ])
  })
})
