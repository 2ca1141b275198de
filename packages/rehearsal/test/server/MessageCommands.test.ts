import { describe, expect, it } from "vitest"

import type { RehearsalImapServer } from "../../src/RehearsalImapServer.ts"
import type { RawClient } from "./RawClient.ts"
import { loggedIn, mail, started } from "./ServerForTest.ts"

const date = new Date("2020-02-29T12:30:00Z")

/** INBOX with messages 1 to `count`, selected. */
const selected = async (count: number): Promise<readonly [RehearsalImapServer, RawClient]> => {
  const [server, client] = await started()
  for (let n = 1; n <= count; n++) server.deliver("INBOX", Buffer.from(mail(`m${n}@x`)), [], date)
  await client.command("SELECT INBOX")
  return [server, client]
}

const flagsIn = (server: RehearsalImapServer, mailbox = "INBOX"): ReadonlyArray<string> =>
  (server.mailboxes.get(mailbox)?.messages ?? []).map(({ uid, flags }) => `${uid}: ${[...flags].join(" ")}`)

describe("FETCH", () => {
  it("answers every item it was asked for, in that order", async () => {
    const [, client] = await selected(1)
    await client.command("EXAMINE INBOX")
    expect(
      await client.command(
        "FETCH 1 (RFC822.SIZE UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)] FLAGS)"
      )
    ).toEqual([
      '* 1 FETCH (RFC822.SIZE 45 UID 1 INTERNALDATE "29-Feb-2020 12:30:00 +0000" BODY[HEADER.FIELDS (MESSAGE-ID)] {22}',
      "Message-ID: <m1@x>",
      "",
      " FLAGS ())",
      "tag OK Fetch completed."
    ])
  })

  it("gives back the octets that were stored", async () => {
    const [server, client] = await selected(0)
    const octets = Buffer.from("a: b\r\n\r\n\u0001\x00\n\rend", "latin1")
    server.deliver("INBOX", octets)
    await client.command("NOOP")
    const lines = await client.command("UID FETCH 1 BODY.PEEK[]")
    expect(lines.join("\r\n")).toContain(`{${octets.length}}\r\n${octets.toString("latin1")})`)
    expect(server.stats.fetchedBodies).toBe(1)
  })

  it("names the UID of a UID FETCH though it was not asked for", async () => {
    const [, client] = await selected(2)
    expect(await client.command("UID FETCH 2 RFC822.SIZE")).toEqual([
      "* 2 FETCH (UID 2 RFC822.SIZE 45)",
      "tag OK Fetch completed."
    ])
  })

  it("sets \\Seen when a body is read without PEEK, but not in an EXAMINEd mailbox", async () => {
    const [server, client] = await selected(2)
    await client.command("FETCH 1 BODY.PEEK[]")
    await client.command("EXAMINE INBOX")
    await client.command("FETCH 1 BODY[]")
    expect(flagsIn(server)).toEqual(["1: ", "2: "])
    await client.command("SELECT INBOX")
    expect((await client.command("FETCH 1 BODY[TEXT]")).join("\n")).toContain("FLAGS (\\Seen)")
    expect(flagsIn(server)).toEqual(["1: \\Seen", "2: "])
  })

  it("says BAD to a number no message has, and nothing of a UID none has", async () => {
    const [, client] = await selected(1)
    expect(await client.command("FETCH 2 FLAGS")).toEqual(["tag BAD Invalid messageset"])
    expect(await client.command("UID FETCH 2:9 FLAGS")).toEqual(["tag OK Fetch completed."])
    expect(await client.command("UID FETCH 9:* UID")).toEqual([
      "* 1 FETCH (UID 1)",
      "tag OK Fetch completed."
    ])
  })

  it("gives each message once and in order however the set is written", async () => {
    const [, client] = await selected(4)
    const lines = await client.command("UID FETCH 3:2,4,2:3,1 UID")
    expect(lines.slice(0, -1)).toEqual([1, 2, 3, 4].map((n) => `* ${n} FETCH (UID ${n})`))
  })
})

describe("STORE", () => {
  it("adds, removes and replaces flags, with and without an answer", async () => {
    const [server, client] = await selected(1)
    expect(await client.command("UID STORE 1 +FLAGS (\\seen $Forwarded)")).toContain(
      "* 1 FETCH (UID 1 FLAGS (\\Seen $Forwarded \\Recent))"
    )
    expect(await client.command("STORE 1 -FLAGS.SILENT (\\Seen)")).toEqual(["tag OK Store completed."])
    expect(flagsIn(server)).toEqual(["1: $Forwarded"])
    expect(await client.command("STORE 1 FLAGS (\\Flagged)")).toContain(
      "* 1 FETCH (FLAGS (\\Flagged \\Recent))"
    )
    expect(flagsIn(server)).toEqual(["1: \\Flagged"])
  })

  it("tells of a keyword nobody had used before", async () => {
    const [, client] = await selected(1)
    expect(await client.command("STORE 1 +FLAGS.SILENT ($New)")).toContain(
      "* OK [PERMANENTFLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $New \\*)] Flags permitted."
    )
    expect(await client.command("STORE 1 +FLAGS.SILENT ($new)")).toEqual(["tag OK Store completed."])
  })

  it("is refused in an EXAMINEd mailbox and for a system flag nobody knows", async () => {
    const [server, client] = await selected(1)
    expect(await client.answer("STORE 1 +FLAGS (\\Recent)")).toMatch(/^tag BAD/u)
    await client.command("EXAMINE INBOX")
    expect(await client.answer("STORE 1 +FLAGS (\\Seen)")).toMatch(/^tag NO \[READ-ONLY\]/u)
    expect(flagsIn(server)).toEqual(["1: "])
  })
})

describe("SEARCH", () => {
  it("finds by header, flag, date, size and set", async () => {
    const [server, client] = await selected(3)
    server.deliver("INBOX", Buffer.from(`X-Pm-Internal-Id: abc==\r\n\r\n${"x".repeat(500)}`), ["\\Flagged"])
    await client.command("NOOP")
    const found = async (key: string) => (await client.command(`UID SEARCH ${key}`))[0]
    expect(await found("HEADER MESSAGE-ID <m2@x>")).toBe("* SEARCH 2")
    expect(await found("HEADER X-PM-INTERNAL-ID abc==")).toBe("* SEARCH 4")
    expect(await found("ON 29-Feb-2020 NOT UID 1")).toBe("* SEARCH 2 3")
    expect(await found("OR FLAGGED 1")).toBe("* SEARCH 1 4")
    expect(await found("LARGER 400")).toBe("* SEARCH 4")
    expect(await found("HEADER MESSAGE-ID <none@x>")).toBe("* SEARCH")
    expect(await client.answer("SEARCH CHARSET X-NONE ALL")).toMatch(/^tag NO \[BADCHARSET/u)
  })
})

describe("COPY and MOVE", () => {
  it("keep octets, date and flags, and say which UIDs they gave", async () => {
    const [server, client] = await selected(3)
    await client.command("UID STORE 3 +FLAGS (\\Flagged $Work)")
    expect(await client.answer("UID COPY 3,1 Sent")).toMatch(/^tag OK \[COPYUID \d+ 1,3 1:2\]/u)
    const [from, to] = ["INBOX", "Sent"].map((name) => server.mailboxes.get(name)?.messages ?? [])
    expect(to?.map(({ bytes }) => bytes)).toEqual([from?.[0]?.bytes, from?.[2]?.bytes])
    expect(to?.map(({ internalDate }) => internalDate)).toEqual([date, date])
    expect(flagsIn(server, "Sent")).toEqual(["1: ", "2: \\Flagged $Work"])
  })

  it("tell the new UIDs before what is gone, when they move", async () => {
    const [server, client] = await selected(3)
    expect(await client.command("UID MOVE 1:2 Trash")).toEqual([
      expect.stringMatching(/^\* OK \[COPYUID \d+ 1:2 1:2\]/u),
      "* 1 EXPUNGE",
      "* 1 EXPUNGE",
      "tag OK Move completed."
    ])
    expect(flagsIn(server)).toEqual(["3: "])
  })

  it("say TRYCREATE, and nothing of UIDs where UIDPLUS is missing", async () => {
    const [, client] = await selected(1)
    expect(await client.answer("COPY 1 Nowhere")).toMatch(/^tag NO \[TRYCREATE\]/u)
    expect(await client.answer("UID COPY 7 Sent")).toBe("tag OK Copy completed.")
    const [server, plain] = await started({ profile: "poor" })
    server.deliver("INBOX", Buffer.from("x"))
    await plain.command("SELECT INBOX")
    expect(await plain.answer("COPY 1 Sent")).toBe("tag OK Copy completed.")
    expect(await plain.answer("COPY 1 Nowhere")).toMatch(/^tag NO \[TRYCREATE\]/u)
  })
})

describe("EXPUNGE and CLOSE", () => {
  it("remove what is marked, UID EXPUNGE only what is named as well", async () => {
    const [server, client] = await selected(4)
    await client.command("UID STORE 1:3 +FLAGS.SILENT (\\Deleted)")
    expect(await client.command("UID EXPUNGE 2:4")).toEqual([
      "* 2 EXPUNGE",
      "* 2 EXPUNGE",
      "tag OK Expunge completed."
    ])
    expect(await client.command("EXPUNGE")).toEqual(["* 1 EXPUNGE", "tag OK Expunge completed."])
    expect(flagsIn(server)).toEqual(["4: "])
  })

  it("remove on CLOSE without a word, and not on UNSELECT or from an EXAMINEd mailbox", async () => {
    const [server, client] = await selected(1)
    await client.command("STORE 1 +FLAGS.SILENT (\\Deleted)")
    await client.command("UNSELECT")
    await client.command("EXAMINE INBOX")
    await client.command("CLOSE")
    expect(server.mailboxes.get("INBOX")?.messages).toHaveLength(1)
    await client.command("SELECT INBOX")
    expect(await client.command("CLOSE")).toEqual(["tag OK Close completed."])
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
  })
})

describe("changes by another session", () => {
  it("are told at the next command, expunges not during one that goes by number", async () => {
    const [server, client] = await selected(3)
    const other = await loggedIn(server)
    await other.command("SELECT INBOX")
    await other.command("UID STORE 3 +FLAGS.SILENT (\\Seen)")
    await other.command("UID STORE 1 +FLAGS.SILENT (\\Deleted)")
    await other.command("EXPUNGE")
    expect(await client.command("FETCH 3 UID")).toEqual([
      "* 3 FETCH (UID 3)",
      "* 3 FETCH (UID 3 FLAGS (\\Seen \\Recent))",
      "tag OK Fetch completed."
    ])
    expect(await client.command("FETCH 1 UID")).toEqual(["tag OK Fetch completed."])
    expect(await client.command("NOOP")).toEqual(["* 1 EXPUNGE", "tag OK NOOP completed."])
    expect(await client.command("FETCH 1 UID")).toEqual(["* 1 FETCH (UID 2)", "tag OK Fetch completed."])
  })
})
