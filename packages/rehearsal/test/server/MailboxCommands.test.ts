import { describe, expect, it } from "vitest"

import { rich } from "../../src/server/ServerProfile.ts"
import { loggedIn, started } from "./ServerForTest.ts"

const listed = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.filter((line) => line.startsWith("* L")).map((line) => line.replace(/^.* "(?:\.|\/)" /u, ""))

describe("CREATE", () => {
  it("makes a mailbox once and says ALREADYEXISTS after that, INBOX in any case included", async () => {
    const [server, client] = await started()
    expect(await client.answer("CREATE Work")).toMatch(/^tag OK/u)
    expect(await client.answer("CREATE Work")).toMatch(/^tag NO \[ALREADYEXISTS\]/u)
    expect(await client.answer("CREATE inbox")).toMatch(/^tag NO \[ALREADYEXISTS\]/u)
    expect([...server.mailboxes.keys()].toSorted()).toEqual([
      "Archive",
      "Drafts",
      "INBOX",
      "Junk",
      "Sent",
      "Trash",
      "Work"
    ])
  })

  it("lists superiors that were never made as \\Noselect, and lets them be made", async () => {
    const [, client] = await started()
    await client.command("CREATE a/b/c")
    expect(await client.command('LIST "" a*')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" "a"',
      '* LIST (\\Noselect \\HasChildren) "/" "a/b"',
      '* LIST (\\HasNoChildren) "/" "a/b/c"',
      "tag OK List completed."
    ])
    expect(await client.answer("SELECT a/b")).toMatch(/^tag NO \[NONEXISTENT\]/u)
    expect(await client.answer("CREATE a/b")).toMatch(/^tag OK/u)
  })

  it("wants the parent first where the profile says so", async () => {
    const [, client] = await started({ profile: "poor" })
    expect(await client.answer("CREATE a.b")).toBe("tag NO Permission denied")
    expect(await client.answer("CREATE a")).toMatch(/^tag OK/u)
    expect(await client.answer("CREATE a.b")).toMatch(/^tag OK/u)
  })

  it("gives a special use where CREATE-SPECIAL-USE is offered", async () => {
    const [, client] = await started()
    expect(await client.answer("CREATE Everything (USE (\\All))")).toMatch(/^tag OK/u)
    expect(await client.command('LIST "" Ev*')).toContain('* LIST (\\HasNoChildren \\All) "/" "Everything"')
    const [, plain] = await started({ profile: "courier" })
    expect(await plain.answer("CREATE INBOX.Everything (USE (\\All))")).toMatch(/^tag BAD/u)
  })

  it.each([
    ["poor", '"Misc."', "tag OK Create completed."],
    ["poor", '"Misc.."', "tag NO Invalid mailbox name"],
    ["poor", '".Misc"', "tag NO Invalid mailbox name"],
    ["poor", '"Misc "', "tag NO Mailbox name may not end in a space"],
    ["poor", '"Misc .x"', "tag NO Mailbox name may not end in a space"],
    ["courier", "Work", "tag NO Invalid mailbox name."],
    ["courier", "INBOX.Work", "tag OK Create completed."],
    ["rich", '"a//b"', "tag NO [CANNOT] Invalid mailbox name"],
    ["rich", '"trail. "', "tag OK Create completed."],
    ["rich", '"&"', "tag NO [CANNOT] Mailbox name is not valid modified UTF-7"]
  ] as const)("on a %s server answers a mailbox named %s in its own words", async (profile, name, words) => {
    const [, client] = await started({ profile })
    expect(await client.answer(`CREATE ${name}`)).toBe(words)
  })

  it("keeps names of any script", async () => {
    const [server, client] = await started()
    await client.command('CREATE "R&-D/&BeIF0QXoBdkF6g-/&2D3eAA-"')
    expect(server.mailboxes.has("R&D/עברית/😀")).toBe(true)
    expect(listed(await client.command('LIST "" R*'))).toContain('"R&-D/&BeIF0QXoBdkF6g-/&2D3eAA-"')
  })
})

describe("DELETE and RENAME", () => {
  it("never delete INBOX, and say when there is nothing to delete", async () => {
    const [server, client] = await started()
    expect(await client.answer("DELETE INBOX")).toMatch(/^tag NO \[CANNOT\]/u)
    expect(await client.answer("DELETE Nowhere")).toMatch(/^tag NO \[NONEXISTENT\]/u)
    expect(await client.answer("DELETE Junk")).toMatch(/^tag OK/u)
    expect(server.mailboxes.has("Junk")).toBe(false)
  })

  it("close a session whose mailbox another one deleted", async () => {
    const [server, client] = await started()
    const other = await loggedIn(server)
    await client.command("SELECT Junk")
    await other.command("DELETE Junk")
    expect(await client.command("NOOP")).toEqual([expect.stringMatching(/^\* BYE /u)])
  })

  it("take the messages and what is below along", async () => {
    const [server, client] = await started()
    server.deliver("Work", Buffer.from("x"))
    server.deliver("Work/Clients", Buffer.from("y"))
    const before = server.mailboxes.get("Work")?.uidValidity
    expect(await client.answer("RENAME Work Work/Old")).toMatch(/^tag OK/u)
    expect(server.mailboxes.get("Work/Old")?.uidValidity).toBe(before)
    expect(server.mailboxes.get("Work/Old/Clients")?.messages).toHaveLength(1)
    expect(server.mailboxes.has("Work/Clients")).toBe(false)
  })

  it("leave INBOX behind, empty", async () => {
    const [server, client] = await started()
    server.deliver("INBOX", Buffer.from("x"))
    await client.command("RENAME INBOX Old")
    expect(server.mailboxes.get("Old")?.messages).toHaveLength(1)
    expect(server.mailboxes.get("INBOX")?.messages).toEqual([])
  })
})

describe("LIST", () => {
  it("tells the delimiter for the empty pattern", async () => {
    const [, client] = await started({ profile: "courier" })
    expect((await client.command('LIST "" ""'))[0]).toBe('* LIST (\\Noselect) "." ""')
  })

  it("tells % from *", async () => {
    const [server, client] = await started()
    server.deliver("a/b", Buffer.from("x"))
    expect(listed(await client.command('LIST "" a%'))).toEqual(['"a"'])
    expect(listed(await client.command('LIST "" a*'))).toEqual(['"a"', '"a/b"'])
    expect(listed(await client.command("LIST a/ %"))).toEqual(['"a/b"'])
  })

  it("shows special uses and children only where they are offered", async () => {
    const [, client] = await started({ profile: "poor" })
    expect(await client.command('LIST "" *')).toEqual([
      '* LIST () "." "INBOX"',
      '* LIST () "." "Sent"',
      '* LIST () "." "Trash"',
      "tag OK List completed."
    ])
    expect(await client.answer('LIST (SPECIAL-USE) "" *')).toMatch(/^tag BAD/u)
  })

  it("selects, returns and counts as LIST-EXTENDED and LIST-STATUS have it", async () => {
    const [server, client] = await started()
    server.deliver("Sent", Buffer.from("x"))
    expect(
      await client.command('LIST (SPECIAL-USE) "" (S* T*) RETURN (CHILDREN STATUS (MESSAGES UNSEEN))')
    ).toEqual([
      '* LIST (\\HasNoChildren \\Sent) "/" "Sent"',
      '* STATUS "Sent" (MESSAGES 1 UNSEEN 1)',
      '* LIST (\\HasNoChildren \\Trash) "/" "Trash"',
      '* STATUS "Trash" (MESSAGES 0 UNSEEN 0)',
      "tag OK List completed."
    ])
  })

  it("shows what was subscribed to by LSUB and by RETURN (SUBSCRIBED)", async () => {
    const [, client] = await started()
    await client.command("CREATE Work")
    expect(listed(await client.command('LSUB "" W*'))).toEqual([])
    expect(await client.answer("SUBSCRIBE Work")).toMatch(/^tag OK/u)
    expect(listed(await client.command('LSUB "" W*'))).toEqual(['"Work"'])
    expect((await client.command('LIST "" W* RETURN (SUBSCRIBED)'))[0]).toContain("\\Subscribed")
    await client.command("UNSUBSCRIBE Work")
    expect(listed(await client.command('LSUB "" W*'))).toEqual([])
    expect(await client.answer("SUBSCRIBE Nowhere")).toMatch(/^tag NO/u)
  })
})

describe("STATUS and SELECT", () => {
  it("count messages, unseen and recent ones", async () => {
    const [server, client] = await started()
    server.deliver("INBOX", Buffer.from("a"), ["\\Seen"])
    server.deliver("INBOX", Buffer.from("b"))
    expect((await client.command("STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)"))[0]).toMatch(
      /^\* STATUS "INBOX" \(MESSAGES 2 RECENT 2 UIDNEXT 3 UIDVALIDITY \d+ UNSEEN 1\)$/u
    )
    expect(await client.answer("STATUS INBOX (HIGHESTMODSEQ)")).toMatch(/^tag BAD/u)
  })

  it("tell of the mailbox what RFC 3501 asks for", async () => {
    const [server, client] = await started()
    server.deliver("INBOX", Buffer.from("a"), ["\\Seen", "$Forwarded"])
    server.deliver("INBOX", Buffer.from("b"))
    expect(await client.command("SELECT INBOX")).toEqual([
      "* FLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $Forwarded)",
      "* OK [PERMANENTFLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $Forwarded \\*)] Flags permitted.",
      "* 2 EXISTS",
      "* 2 RECENT",
      "* OK [UNSEEN 2] First unseen.",
      "* OK [UIDVALIDITY 1700000001] UIDs valid",
      "* OK [UIDNEXT 3] Predicted next UID",
      "tag OK [READ-WRITE] Select completed."
    ])
    expect(await client.command("SELECT INBOX")).toContain("* 0 RECENT")
    expect((await client.command("EXAMINE INBOX")).at(-1)).toBe("tag OK [READ-ONLY] Examine completed.")
  })

  it("offer no keywords where they are forgotten, and no codes where there are few", async () => {
    const [, client] = await started({ profile: "poor" })
    const lines = await client.command("SELECT INBOX")
    expect(lines).toContain(
      "* OK [PERMANENTFLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen)] Flags permitted."
    )
    expect(lines.at(-1)).toBe("tag OK Select completed.")
  })

  it("leave no mailbox selected after a SELECT that failed", async () => {
    const [, client] = await started()
    await client.command("SELECT INBOX")
    expect(await client.answer("SELECT Nowhere")).toMatch(/^tag NO/u)
    expect(await client.answer("FETCH 1 FLAGS")).toBe("tag BAD No mailbox selected")
  })

  it("tell new UIDs from old ones by UIDVALIDITY, and end the sessions that knew the old", async () => {
    const [server, client] = await started({ profile: rich })
    server.deliver("INBOX", Buffer.from("x"))
    await client.command("SELECT INBOX")
    const before = server.mailboxes.get("INBOX")?.uidValidity ?? 0
    server.renumber("INBOX")
    expect(server.mailboxes.get("INBOX")?.uidValidity).toBeGreaterThan(before)
    expect(await client.command("NOOP")).toEqual([expect.stringMatching(/^\* BYE/u)])
  })
})
