import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import type { GmailAccount } from "@mailferry/rehearsal/gmail/GmailAccount.ts"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { allArrivedOnce } from "../../src/Arrivals.ts"
import { compareByLabels, countByLabels } from "../../src/rehearsal/LabelledArrivals.ts"
import { labelledMail } from "../../src/rehearsal/LabelledMail.ts"

const account = sampleMailbox({ messages: 90, largest: 20_000 })
const recovered = [Buffer.from("From: a@b.example\r\nDate: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\nhello\r\n")]
const mails = labelledMail(account, recovered)

describe("mail compared with what an account with labels holds", () => {
  let server: RehearsalGmail
  let gmail: GmailAccount
  beforeEach(async () => {
    server = await RehearsalGmail.start()
    gmail = server.account
    for (const { labels, members } of mails) {
      const [member] = members
      if (member !== undefined) gmail.deposit(member.octets(), labels, new Date(member.date))
    }
  })
  afterEach(() => server.stop())

  const find = (peculiarity: Parameters<typeof account.peculiar.get>[0]) => {
    const [id = ""] = account.peculiar.get(peculiarity) ?? []
    const stored = gmail.messages.find(({ raw }) => raw.includes(`X-Pm-Internal-Id: ${id}`))
    if (stored === undefined) throw new Error(`nothing that is ${peculiarity}`)
    return { id, stored }
  }

  it("finds nothing wrong where nothing is, and counts what shares a Message-ID as joined", () => {
    expect(compareByLabels(mails, gmail)).toEqual({ lost: [], doubled: [], strange: [], altered: [] })
    gmail.delete(gmail.messages.find(({ raw }) => !raw.includes("X-Pm-Internal-Id")) ?? find("draft").stored)
    const arrivals = countByLabels(account, gmail)
    expect(arrivals).toMatchObject({ sent: 89, arrived: 89, merged: 4 })
    expect(allArrivedOnce(arrivals)).toBe(true)
  })

  it("allows lines added above the header, and what they replace under another name", () => {
    const { id, stored } = find("no-subject")
    const raw = buildLiteral(account.messages.find((message) => message.id === id) ?? account.messages[0]!)
    gmail.delete(stored)
    const mended = raw.toString("latin1").replace(/^From:/mu, "X-Mailferry-Original-From:")
    gmail.deposit(
      Buffer.from(`From: <a@b.example>\r\n${mended}`, "latin1"),
      stored.labels,
      new Date(stored.internalDate)
    )
    expect(compareByLabels(mails, gmail).altered).toEqual([])
  })

  it("names what is lost, doubled, strange, or differs in labels, date or octets", () => {
    const lost = find("starred")
    gmail.delete(lost.stored)
    const doubled = find("draft")
    gmail.deposit(doubled.stored.raw, doubled.stored.labels, new Date(doubled.stored.internalDate))
    gmail.deposit(Buffer.from("From: x@y.example\r\n\r\nnobody knows me\r\n"))
    const relabelled = find("trashed")
    gmail.relabel(relabelled.stored, new Set(["TRASH"]))
    const dated = find("calendar")
    gmail.delete(dated.stored)
    gmail.deposit(dated.stored.raw, dated.stored.labels, new Date(0))
    const cut = find("signed")
    gmail.delete(cut.stored)
    gmail.deposit(cut.stored.raw.subarray(0, -1), cut.stored.labels, new Date(cut.stored.internalDate))

    const found = compareByLabels(mails, gmail)
    expect(found.lost).toEqual([lost.id])
    expect(found.doubled).toEqual([doubled.id])
    expect(found.strange).toHaveLength(1)
    expect(found.altered).toEqual([
      `${relabelled.id}: labels TRASH instead of Proton/Trash, UNREAD`,
      expect.stringMatching(new RegExp(`^${dated.id}: date 1970-01-01T00:00:00.000Z instead of 2023`, "u")),
      `${cut.id}: other octets`
    ])
  })
})
