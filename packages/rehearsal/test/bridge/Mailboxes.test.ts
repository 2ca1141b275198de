import { assert, describe, it } from "@effect/vitest"
import { SystemLabel } from "@mailferry/rehearsal/ProtonAccount.ts"

import { signedIn, withBridge } from "./RawClient.ts"
import { tinyAccount } from "./TinyAccount.ts"

describe("mailboxes", () => {
  const labelled = () =>
    tinyAccount(
      [{ name: "one", labels: [SystemLabel.inbox, "L"] }],
      [
        { id: "L", kind: "label", path: ["Überblick"] },
        { id: "F", kind: "folder", path: ["a/b"] },
        { id: "P", kind: "folder", path: ["Parent"] },
        { id: "C", kind: "folder", path: ["Parent", "Child"] }
      ]
    )

  it("lists its mailboxes with their attributes, unsorted", async () => {
    await withBridge(labelled(), { seed: 7 }, async (bridge) => {
      const client = await signedIn(bridge)
      await client.command("SELECT INBOX")
      await client.command('SELECT "All Mail"')
      await client.command("SELECT Labels/&ANw-berblick")
      const lines = await client.command('LIST "" "*"')
      assert.deepStrictEqual(lines.slice(0, -1).toSorted(), [
        '* LIST (\\All \\Noinferiors \\Unmarked) "/" "All Mail"',
        '* LIST (\\Archive \\Noinferiors \\Unmarked) "/" "Archive"',
        '* LIST (\\Drafts \\Noinferiors \\Unmarked) "/" "Drafts"',
        '* LIST (\\Flagged \\Noinferiors \\Unmarked) "/" "Starred"',
        '* LIST (\\Junk \\Noinferiors \\Unmarked) "/" "Spam"',
        '* LIST (\\Noinferiors \\Sent \\Unmarked) "/" "Sent"',
        '* LIST (\\Noinferiors \\Trash \\Unmarked) "/" "Trash"',
        '* LIST (\\Noinferiors \\Unmarked) "/" "INBOX"',
        '* LIST (\\Noselect \\Unmarked) "/" "Folders"',
        '* LIST (\\Noselect \\Unmarked) "/" "Labels"',
        '* LIST (\\Unmarked) "/" "Folders/Parent"',
        '* LIST (\\Unmarked) "/" "Folders/Parent/Child"',
        '* LIST (\\Unmarked) "/" "Folders/a\\\\/b"',
        '* LIST (\\Unmarked) "/" "Labels/&ANw-berblick"'
      ])
      assert.notDeepEqual(lines.slice(0, -1), lines.slice(0, -1).toSorted())
      assert.strictEqual(lines.at(-1), "T OK LIST")
      assert.notDeepEqual(await client.command('LIST "" "*"'), lines)
    })
  })

  it("answers the question for the delimiter", async () => {
    await withBridge(tinyAccount(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.deepStrictEqual(await client.command('LIST "" ""'), ['* LIST (\\Noselect) "/" ""', "T OK LIST"])
    })
  })

  it("makes up the level above a slash that is part of a name", async () => {
    await withBridge(labelled(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.include(await client.command('LIST "" "Folders/%"'), '* LIST (\\Noselect) "/" "Folders/a\\\\"')
    })
  })

  it("explains the codes of SELECT and leaves those of EXAMINE bare", async () => {
    await withBridge(labelled(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      const examined = await client.command("EXAMINE inbox")
      const validity = /UIDVALIDITY (\d+)/u.exec(examined.join("|"))?.[1]
      const flags = "($Forwarded Forwarded \\Deleted \\Flagged \\Seen)"
      assert.deepStrictEqual(examined, [
        `* FLAGS ${flags}`,
        "* 1 EXISTS",
        "* 1 RECENT",
        `* OK [PERMANENTFLAGS ${flags}]`,
        "* OK [UIDNEXT 2]",
        `* OK [UIDVALIDITY ${validity}]`,
        "* OK [UNSEEN 1]",
        "T OK [READ-ONLY] EXAMINE"
      ])
      assert.deepStrictEqual(await client.command("SELECT INBOX"), [
        `* FLAGS ${flags}`,
        "* 1 EXISTS",
        "* 1 RECENT",
        `* OK [PERMANENTFLAGS ${flags}] Flags permitted`,
        "* OK [UIDNEXT 2] Predicted next UID",
        `* OK [UIDVALIDITY ${validity}] UIDs valid`,
        "* OK [UNSEEN 1] Unseen messages",
        "T OK [READ-WRITE] SELECT"
      ])
      assert.include(await client.command('EXAMINE "All Mail"'), "* FLAGS (\\Flagged \\Seen)")
    })
  })

  it("takes only INBOX in any case, and opens the placeholders", async () => {
    await withBridge(labelled(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.deepStrictEqual(await client.command("EXAMINE archive"), ["T NO no such mailbox"])
      assert.include(await client.command("EXAMINE Folders"), "* 0 EXISTS")
      assert.include(await client.command('EXAMINE "Folders/a\\\\/b"'), "T OK [READ-ONLY] EXAMINE")
    })
  })

  it("echoes the name of a STATUS as it was written", async () => {
    await withBridge(labelled(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      assert.deepStrictEqual(await client.command("STATUS inBox (MESSAGES UNSEEN UIDNEXT)"), [
        '* STATUS "inBox" (MESSAGES 1 UNSEEN 1 UIDNEXT 2)',
        "T OK STATUS"
      ])
      assert.match(
        (await client.command("STATUS INBOX (HIGHESTMODSEQ)")).join("|"),
        /^T BAD \[Error offset=\d+\]: unknown status attribute 'highestmodseq'$/u
      )
    })
  })

  it("counts UIDVALIDITY in seconds since February 2023, another for each mailbox", async () => {
    await withBridge(labelled(), {}, async (bridge) => {
      const client = await signedIn(bridge)
      const values: Array<number> = []
      for (const name of ["INBOX", "Archive", "Folders/Parent"]) {
        const [line = ""] = await client.command(`STATUS ${name} (UIDVALIDITY)`)
        values.push(Number(/UIDVALIDITY (\d+)/u.exec(line)?.[1]))
      }
      const elapsed = (Date.now() - Date.UTC(2023, 1, 1)) / 1000
      assert.strictEqual(new Set(values).size, 3)
      for (const value of values) assert.closeTo(value, elapsed, 60)
    })
  })

  it("lists Scheduled and Recovered Messages only when there is something in them", async () => {
    const account = tinyAccount([{ name: "later", labels: [SystemLabel.scheduled] }])
    const recovered = [Buffer.from("Subject: refused\r\n\r\nby Proton\r\n")]
    await withBridge(account, { recovered }, async (bridge) => {
      const client = await signedIn(bridge)
      const lines = (await client.command('LIST "" "*"')).join("|")
      assert.include(lines, '(\\Marked \\Noinferiors) "/" "Scheduled"')
      assert.include(lines, '"Recovered Messages"')
      await client.command('EXAMINE "Recovered Messages"')
      const [fetched = ""] = await client.command("FETCH 1 BODY.PEEK[HEADER]")
      assert.match(fetched, /X-Pm-Gluon-Id: [\da-f-]{36}\r\nSubject: refused/u)
      assert.notInclude(fetched, "X-Pm-Internal-Id")
    })
  })
})
