import type { StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"
import { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { type SampleAccount, sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"

import { allArrivedOnce } from "../../src/Arrivals.ts"
import type { NamedLoss } from "../../src/Fidelity.ts"
import { compareWithExchange, countInExchange } from "../../src/rehearsal/ExchangeArrivals.ts"
import { exchangeMailbox } from "../../src/rehearsal/ExchangeMail.ts"
import { withExchangeMail } from "../../src/rehearsal/ExchangeSample.ts"
import { bringAll } from "./HandMade.ts"

const whole: SampleAccount = withExchangeMail(sampleMailbox({ messages: 90, largest: 20_000 }))

const chosen = ["many-labels", "signed", "starred", "trashed"] as const
const ids = new Set(chosen.flatMap((peculiarity) => whole.peculiar.get(peculiarity) ?? []))

/** Of the large files only the one with several. */
const few: SampleAccount = {
  ...whole,
  messages: whole.messages.filter(
    ({ id, raw }) =>
      ids.has(id) ||
      /^Subject: With (?:several|a (?:draft|signature))/mu.test(Buffer.from(raw.subarray(0, 2000)).toString())
  )
}

describe("all kinds of mail compared with what Exchange holds", () => {
  let server: RehearsalGraph
  let losses: ReadonlyArray<NamedLoss>
  beforeAll(async () => {
    server = await RehearsalGraph.start({ octetsPer5Minutes: Infinity })
    losses = await bringAll(server, whole)
  })
  afterAll(() => server.stop())

  it("finds nothing wrong where nothing is, and counts what could not be kept by the loss that was named", () => {
    const arrivals = countInExchange(whole, server.account, losses)
    expect(arrivals).toMatchObject({ sent: 96, arrived: 96, doubled: 0, strange: 0, altered: [] })
    expect(allArrivedOnce(arrivals)).toBe(true)
    const row = (what: string) => arrivals.fidelity?.find((each) => each.what.startsWith(what))
    expect(row("place")).toEqual({ what: "place", messages: 96, kept: 96, lost: {}, unnamed: 0 })
    expect(row("signature")).toMatchObject({ messages: 3, kept: 0, lost: { signature: 2, encryption: 1 } })
    expect(row("the text's other form")).toMatchObject({ kept: 0, lost: { "text-alternative": 1 } })
    expect(row("octets")).toMatchObject({ kept: 3, lost: { "mime-rebuilt": 93 } })
  })

  it("takes a loss that nobody named for a fault", () => {
    const silent = losses.filter(({ kind }) => kind !== "text-alternative" && kind !== "message-id")
    const arrivals = countInExchange(whole, server.account, silent)
    expect(arrivals.altered).toEqual([
      expect.stringContaining("Message-ID: another Message-ID"),
      expect.stringContaining("Message-ID: another Message-ID"),
      expect.stringContaining("the text's other form (text beside HTML): one is stored")
    ])
    expect(allArrivedOnce(arrivals)).toBe(false)
    expect(arrivals.fidelity?.find(({ what }) => what === "Message-ID")).toMatchObject({ unnamed: 2 })
  })
})

describe("a difference from what Exchange should hold", () => {
  let server: RehearsalGraph
  let losses: ReadonlyArray<NamedLoss>
  beforeEach(async () => {
    server = await RehearsalGraph.start()
    losses = await bringAll(server, few)
  })
  afterEach(() => server.stop())

  const compare = () => compareWithExchange(exchangeMailbox(few), server.account, losses)

  const itemsOf = (id: string): ReadonlyArray<StoredMessage> =>
    server.account.messages.filter(({ parts }) => parts.headers.some(({ value }) => value === id))

  const find = (peculiarity: (typeof chosen)[number]) => {
    const [id = ""] = whole.peculiar.get(peculiarity) ?? []
    const [stored] = itemsOf(id)
    if (stored === undefined) throw new Error(`nothing that is ${peculiarity}`)
    return { id, stored }
  }

  const named = (subject: string): StoredMessage => {
    const stored = server.account.messages.find((each) => each.subject === subject)
    if (stored === undefined) throw new Error(`nothing called ${subject}`)
    return stored
  }

  it("names what is lost, doubled or nobody's", () => {
    const lost = find("starred")
    server.account.remove(lost.stored)
    const doubled = find("trashed")
    server.account.add(doubled.stored.parts, doubled.stored.folder, "json")
    server.account.deposit("inbox")
    server.account.remove(server.account.deposit("mailferry probe"))
    const found = compare()
    expect(found.lost).toEqual([lost.id])
    expect(found.doubled).toEqual([doubled.id])
    expect(found.strange).toEqual(["message in inbox", "folder mailferry probe"])
  })

  it.each<[string, (stored: StoredMessage) => void]>([
    ["real mail, and drafts drafts: true instead of false", (stored) => stored.change({ isDraft: true })],
    ["received date (INTERNALDATE): 1970-01-01T", (stored) => stored.change({ received: 0 })],
    ["sent date (Date): 1970-01-01T", (stored) => stored.change({ sent: 0 })],
    ["read or unread: false instead of true", (stored) => stored.change({ isRead: false })],
    ["star as flag: true instead", (stored) => stored.change({ flag: { flagStatus: "flagged" } })],
    ["labels as categories", (stored) => stored.change({ categories: [] })],
    [
      "From: x@y.example instead",
      (stored) => stored.change({ from: { emailAddress: { address: "x@y.example" } } })
    ],
    ["To, Cc and Bcc: other recipients", (stored) => stored.change({ toRecipients: [] })],
    ["Subject: another subject", (stored) => stored.change({ subject: "Statement" })],
    ["Message-ID: another Message-ID", (stored) => stored.change({ internetMessageId: "<a@b>" })],
    ["In-Reply-To and References: another conversation", (stored) => stored.change({ references: "<a@b>" })],
    ["text: another text", (stored) => stored.change({ body: { contentType: "text", content: "Your" } })],
    [
      "no file more than there was: 1 more",
      (stored) => stored.attachments.push(...named("With a draft with a file").attachments)
    ],
    ["marked as incomplete", (stored) => stored.properties.set("String {0} Name MigrationState", "partial")],
    [
      "place: deleteditems instead",
      (stored) =>
        stored.folder.wellKnown ?? (stored.folder = server.account.folder("deleteditems") ?? stored.folder)
    ]
  ])("finds %s", (words, change) => {
    change(named("Statement no. 1"))
    expect(compare().altered).toEqual([expect.stringContaining(words)])
  })

  it("finds a header that is not whole, and a file with another octet", () => {
    const mail = named("With several large files")
    mail.change({ transportHeaders: (mail.parts.transportHeaders ?? "").replace(/^To: .*\r\n/mu, "") })
    const [file] = mail.attachments.splice(1, 1)
    if (file === undefined) throw new Error("it has no second file")
    const octets = Buffer.from(file.octets.read())
    octets[0] = 255 - (octets[0] ?? 0)
    mail.attachments.push({ ...file, octets: server.account.keep(octets) })
    const [altered] = compare().altered
    expect(altered).toContain("whole header, as internet headers: another header")
    expect(altered).toContain("files, each octet (SHA-256): 1 of 4 files missing or different")
    expect(altered).toContain("no file more than there was: 1 more")
  })
})
