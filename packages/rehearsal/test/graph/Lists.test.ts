import { describe, expect, it } from "vitest"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { call, create, keyId, property, readAndNotDraft, started } from "./GraphForTest.ts"

/** Messages of the first of January 2010 and the days after. */
const withMail = async (count: number): Promise<RehearsalGraph> => {
  const server = await started()
  for (let day = 1; day <= count; day += 1) {
    const two = String(day).padStart(2, "0")
    await create(server, {
      subject: `Day ${two}`,
      internetMessageId: `<${day}@example.org>`,
      singleValueExtendedProperties: [
        readAndNotDraft,
        property("SystemTime 0x0E06", `2010-01-${two}T00:00:00Z`),
        property(keyId, `key${day}`)
      ]
    })
  }
  return server
}

const list = (
  server: RehearsalGraph,
  options: Readonly<Record<string, string>>,
  path = "mailFolders/inbox/messages"
) => call(server, "GET", `${path}?${new URLSearchParams(options).toString()}`)

const subjects = (json: any): ReadonlyArray<string> => json.value.map((each: any) => each.subject)

describe("lists of messages", () => {
  it("have ten to a page, newest first, and a link that skips", async () => {
    const server = await withMail(12)
    const first = await list(server, {})
    expect(subjects(first.json)[0]).toBe("Day 12")
    expect(first.json.value).toHaveLength(10)
    expect(first.json["@odata.nextLink"]).toContain("$skip=10")
    const second = await call(server, "GET", first.json["@odata.nextLink"])
    expect(subjects(second.json)).toEqual(["Day 02", "Day 01"])
  })

  it("move under the reader's feet when something goes: what is skipped is counted", async () => {
    const server = await withMail(4)
    const first = await list(server, { $top: "2" })
    for (const newest of server.account.messages.slice(-1)) server.account.remove(newest)
    const second = await call(server, "GET", first.json["@odata.nextLink"])
    expect(subjects(second.json)).toEqual(["Day 01"])
  })

  it("show what is selected, and the id", async () => {
    const server = await withMail(1)
    const { json } = await list(server, { $select: "subject,internetMessageId" })
    expect(Object.keys(json.value[0]).toSorted()).toEqual([
      "@odata.etag",
      "id",
      "internetMessageId",
      "subject"
    ])
  })

  it.each([
    [{ $filter: "internetMessageId eq '<2@example.org>'" }, ["Day 02"]],
    [
      { $filter: "receivedDateTime ge 2010-01-02T00:00:00Z and receivedDateTime lt 2010-01-03T00:00:00Z" },
      ["Day 02"]
    ],
    [{ $filter: "isDraft eq true" }, []],
    [{ $filter: "not (subject eq 'day 01') and (subject ne 'Day 03')" }, ["Day 02"]],
    [{ $filter: "startswith(subject, 'Day 0') and contains(subject, '3')" }, ["Day 03"]],
    [{ $filter: "from/emailAddress/address eq 'ANN@example.org' and subject eq 'Day 01'" }, ["Day 01"]],
    [
      {
        $filter: `singleValueExtendedProperties/Any(ep: ep/id eq '${keyId}' and startswith(ep/value, 'KEY3'))`
      },
      ["Day 03"]
    ],
    [{ $orderby: "receivedDateTime asc", $top: "2" }, ["Day 01", "Day 02"]],
    [{ $orderby: "subject desc", $skip: "1" }, ["Day 02", "Day 01"]]
  ])("are filtered and ordered by %j", async (options, expected) => {
    const server = await withMail(3)
    const { status, json } = await list(server, options)
    expect(status).toBe(200)
    expect(subjects(json)).toEqual(expected)
  })

  it.each([
    [{ $select: "subjekt" }, "RequestBroker--ParseUri"],
    [{ $filter: "subjekt eq 'a'" }, "RequestBroker--ParseUri"],
    [{ $filter: "subject eq" }, "ErrorInvalidUrlQueryFilter"],
    [{ $filter: "subject like 'a'" }, "ErrorInvalidUrlQueryFilter"],
    [
      { $filter: "singleValueExtendedProperties/Any(ep: ep/id eq 'Integer 0xZZ' and ep/value eq '1')" },
      "ErrorInvalidExtendedProperty"
    ],
    [{ $expand: "singleValueExtendedProperties" }, "ErrorInvalidUrlQueryFilter"],
    [{ $expand: "sender" }, "RequestBroker--ParseUri"],
    [{ $top: "0" }, "ErrorInvalidUrlQuery"],
    [{ $top: "1001" }, "ErrorInvalidUrlQuery"],
    [{ $filter: "subject eq 'a'", $orderby: "receivedDateTime" }, "InefficientFilter"],
    [{ $limit: "1" }, "BadRequest"]
  ])("are refused with %j", async (options, code) => {
    const server = await started()
    const answer = await list(server, options)
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it("show the key of each message that has one", async () => {
    const server = await withMail(2)
    await create(server, { subject: "None", singleValueExtendedProperties: [] })
    const { json } = await list(server, {
      $expand: `singleValueExtendedProperties($filter=id eq '${keyId}')`,
      $select: "internetMessageId"
    })
    expect(json.value.map((each: any) => each.singleValueExtendedProperties?.[0]?.value)).toEqual([
      undefined,
      "key2",
      "key1"
    ])
  })

  it("cover all folders below /messages", async () => {
    const server = await withMail(1)
    await create(server, { subject: "Sent" }, "sentitems")
    expect(subjects((await list(server, { $count: "true" }, "messages")).json)).toHaveLength(2)
  })

  it("have pages of the size that Prefer says", async () => {
    const server = await withMail(3)
    const { json } = await call(server, "GET", "messages", { headers: { prefer: "odata.maxpagesize=2" } })
    expect(json.value).toHaveLength(2)
  })
})
