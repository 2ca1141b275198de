import { assert, describe, it } from "@effect/vitest"
import type { NameRules } from "@mailferry/core/Capabilities.ts"
import type { Mailbox, MailboxPath } from "@mailferry/core/Mailbox.ts"
import { pathKey } from "@mailferry/core/Mailbox.ts"
import { conservativeName, mapMailboxes, orphanMailbox } from "@mailferry/core/MailboxName.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { Option } from "effect"

import { allMail, folder, home, inbox, label, sent } from "./SourceMailboxes.ts"

const anyName: NameRules = {
  delimiter: Option.none(),
  maxLevelOctets: 255,
  refused: [],
  caseInsensitive: false
}
const slash: NameRules = { ...anyName, delimiter: Option.some("/") }
const dot: NameRules = { ...anyName, delimiter: Option.some(".") }

interface Given {
  readonly names?: NameRules
  readonly there?: ReadonlyArray<Mailbox>
  readonly rename?: Readonly<Record<string, string>>
}

const map = (source: ReadonlyArray<Mailbox>, { names = slash, rename = {}, there = [] }: Given = {}) =>
  mapMailboxes(source, there, names, { ...defaultRules, rename })

/** Where each mailbox goes, in the order they were given. */
const targets = (
  source: ReadonlyArray<Mailbox>,
  given: Given = {}
): ReadonlyArray<MailboxPath | undefined> => {
  const mapped = map(source, given)
  return source.map(({ path }) => mapped.get(pathKey(path))?.path)
}

const whyOf = (source: ReadonlyArray<Mailbox>, given: Given = {}) => {
  const mapped = map(source, given)
  return source.map(({ path }) =>
    Option.getOrUndefined(mapped.get(pathKey(path))?.why ?? Option.some("unmapped"))
  )
}

describe("mapMailboxes", () => {
  it("keeps a folder of the owner's out of the mailbox of that name in which mail is deleted, or made a draft", () => {
    const there = [
      home(["Deleted Items"], "trash"),
      home(["Entw\u00fcrfe"], "drafts"),
      home(["Archiv"], "archive")
    ]
    const names = { ...slash, caseInsensitive: true }
    const source = [
      home(["Trash"], "trash"),
      folder("deleted items"),
      folder("Deleted Items", "2019"),
      folder("Entwu\u0308rfe"),
      folder("Archiv"),
      home(["Deleted Items"])
    ]
    assert.deepStrictEqual(targets(source, { names, there }), [
      ["Deleted Items"],
      ["_deleted items"],
      ["_Deleted Items", "2019"],
      ["_Entwu\u0308rfe"],
      ["Archiv"],
      ["Deleted Items (2)"]
    ])
    assert.match(String(whyOf(source, { names, there })[1]), /own trash mailbox/u)
    const rename = { "deleted items": "Deleted Items" }
    assert.deepStrictEqual(targets([folder("deleted items")], { names, there, rename }), [["Deleted Items"]])
  })

  it("tells names apart as the destination does: neither by case nor by how a letter is composed", () => {
    const source = [folder("\u00c4rger"), folder("A\u0308rger")]
    assert.deepStrictEqual(targets(source), [["\u00c4rger"], ["A\u0308rger"]])
    const fitted = targets(source, { names: { ...slash, caseInsensitive: true } })
    assert.deepStrictEqual(fitted, [["\u00c4rger (2)"], ["A\u0308rger"]])
  })

  it("carries a name over as it is where the server takes it, and says nothing", () => {
    const source = [inbox, folder("Work", "2019"), label("Friends"), folder("日本 💌")]
    assert.deepStrictEqual(targets(source), [["INBOX"], ["Work", "2019"], ["Labels", "Friends"], ["日本 💌"]])
    assert.deepStrictEqual(whyOf(source), [undefined, undefined, undefined, undefined])
  })

  it.each<[name: string, names: NameRules, fitted: string, why: RegExp | undefined]>([
    ["a/b", slash, "a_b", /"\/" is the hierarchy delimiter/u],
    ["a/b", dot, "a/b", undefined],
    ["a.b", dot, "a_b", /"\." is the hierarchy delimiter/u],
    ["v1.2.3", dot, "v1_2_3", /delimiter/u],
    ["a.b", slash, "a.b", undefined],
    ["a_b", { ...anyName, delimiter: Option.some("_") }, "a-b", /delimiter/u],
    ["a\u0000b\tc", anyName, "a b c", /control characters/u],
    ["\u0007", anyName, "_", /must not be empty/u],
    [" ", anyName, "_", /must not be empty/u],
    ["x".repeat(256), anyName, "x".repeat(255), /limited to 255 octets/u],
    ["é".repeat(128), anyName, "é".repeat(127), /limited to 255 octets/u],
    ["💌".repeat(64), anyName, "💌".repeat(63), /limited/u],
    [
      "日".repeat(100),
      { ...anyName, maxLevelOctets: 1020, maxLevelCharacters: 99 },
      "日".repeat(99),
      /99 characters/u
    ],
    ["what?", { ...anyName, refused: [{ pattern: /[?*]/u, why: "no wildcards" }] }, "what_", /no wildcards/u],
    ["a*", { ...anyName, refused: [{ pattern: /[?*]/gu, why: "no wildcards" }] }, "a_", /no wildcards/u],
    ["end ", { ...anyName, refused: [{ pattern: /\s+$/u, why: "no blank at the end" }] }, "end_", /blank/u]
  ])("fits %j by the server's rules", (name, names, fitted, why) => {
    // Several times in one map: a pattern with the flag g must not remember where it was.
    const source = [home([name]), home([name, name])]
    assert.deepStrictEqual(targets(source, { names }), [[fitted], [fitted, fitted]])
    const [said] = whyOf(source, { names })
    if (why === undefined) assert.isUndefined(said)
    else assert.match(said ?? "", why)
  })

  it("keeps apart two names that would fall together, and says so", () => {
    const source = [folder("a.b"), folder("a_b"), folder("a/b")]
    const names = { ...anyName, delimiter: Option.some(".") }
    assert.deepStrictEqual(targets([folder("a.b"), folder("a_b")], { names }), [["a_b"], ["a_b (2)"]])
    assert.deepStrictEqual(whyOf([folder("a.b"), folder("a_b")], { names })[1], '"a_b" is taken')
    assert.strictEqual(new Set(targets(source, { names }).map((path) => path?.join("/"))).size, 3)
  })

  it("keeps apart names that differ in case only where the server folds case", () => {
    const source = [folder("Work"), folder("work"), folder("WORK")]
    assert.deepStrictEqual(targets(source), [["Work"], ["work"], ["WORK"]])
    assert.deepStrictEqual(targets(source, { names: { ...slash, caseInsensitive: true } }), [
      ["Work (2)"],
      ["work (3)"],
      ["WORK"]
    ])
  })

  it("uses the destination's own spelling where the server folds case", () => {
    const there = [home(["WORK"]), home(["old"])]
    const folding = { ...slash, caseInsensitive: true }
    assert.deepStrictEqual(
      targets([folder("Work"), folder("Old"), folder("New")], { names: folding, there }),
      [["WORK"], ["old"], ["New"]]
    )
    assert.deepStrictEqual(targets([folder("Work")], { there }), [["Work"]])
    assert.match(whyOf([folder("Work")], { names: folding, there })[0] ?? "", /spelt/u)
  })

  it("keeps long names apart within the server's limit", () => {
    const long = (end: string) => folder(`${"x".repeat(300)}${end}`)
    const mapped = targets([long("a"), long("b"), long("c")])
    assert.strictEqual(new Set(mapped.map((path) => path?.[0])).size, 3)
    for (const path of mapped) assert.isAtMost(Buffer.byteLength(path?.[0] ?? ""), 255)
  })

  it("does not take a folder called Inbox for INBOX", () => {
    assert.deepStrictEqual(targets([folder("Inbox"), inbox]), [["INBOX (2)"], ["INBOX"]])
    assert.deepStrictEqual(targets([folder("inbox", "sub")]), [["inbox", "sub"]])
  })

  it("keeps a folder and a label of one name apart", () => {
    assert.deepStrictEqual(targets([folder("Work"), label("Work")]), [["Work"], ["Labels", "Work"]])
  })

  it("is the same whatever order LIST gives, since LIST has none", () => {
    const source = [
      inbox,
      sent,
      allMail,
      home(["Archive"], "archive"),
      ...["a.b", "a_b", "a b", "A_B", "x".repeat(300), `${"x".repeat(299)}y`].map((name) => folder(name)),
      ...["a_b", "Inbox", "Sent"].map(label),
      folder("Inbox"),
      folder("Sent")
    ]
    const names: NameRules = { ...dot, caseInsensitive: true }
    const there = [home(["INBOX"], "inbox"), home(["Sent Items"], "sent")]
    const rename = { Labels: "" }
    const expected = [...map(source, { names, there, rename })].toSorted(([a], [b]) => (a < b ? -1 : 1))
    for (let turn = 0; turn < source.length; turn++) {
      const turned = [...source.slice(turn), ...source.slice(0, turn)]
      for (const order of [turned, turned.toReversed()]) {
        const got = [...map(order, { names, there, rename })].toSorted(([a], [b]) => (a < b ? -1 : 1))
        assert.deepStrictEqual(got, expected)
      }
    }
  })

  it("keeps no name for the view of flagged mail, which is not carried over", () => {
    const starred: Mailbox = { ...home(["Starred"], "flagged"), role: "starred" }
    assert.deepStrictEqual(targets([starred, folder("Starred")]), [["Starred"], ["Starred"]])
  })

  it("gives mail that only the view of all mail shows a mailbox of its own", () => {
    assert.deepStrictEqual(targets([allMail]), [orphanMailbox])
    assert.deepStrictEqual(targets([allMail], { rename: { "All Mail only": "Snoozed" } }), [["Snoozed"]])
  })
})

describe("mapMailboxes with special-use mailboxes", () => {
  it("uses the destination's own mailbox of that use, whatever it is called", () => {
    const source = [sent, home(["Spam"], "junk"), home(["Archive"], "archive")]
    const there = [home(["Sent Items"], "sent"), home(["Junk"], "junk")]
    assert.deepStrictEqual(targets(source, { there }), [["Sent Items"], ["Junk"], ["Archive"]])
    assert.deepStrictEqual(whyOf(source, { there }), [
      "the destination's own sent mailbox",
      "the destination's own junk mailbox",
      undefined
    ])
  })

  it("takes the name to create for that use when the destination has none", () => {
    const mapped = map([home(["Spam"], "junk"), label("x")])
    assert.deepStrictEqual(mapped.get(pathKey(["Spam"]))?.specialUse, Option.some("junk"))
    assert.deepStrictEqual(mapped.get(pathKey(["Labels", "x"]))?.specialUse, Option.none())
  })

  it("does not let an ordinary folder take the name of a special one", () => {
    assert.deepStrictEqual(targets([folder("Sent"), sent]), [["Sent (2)"], ["Sent"]])
    const there = [home(["Sent Items"], "sent")]
    assert.deepStrictEqual(targets([folder("Sent Items"), sent], { there }), [
      ["Sent Items (2)"],
      ["Sent Items"]
    ])
  })

  it("follows a rename before the destination's own", () => {
    const there = [home(["Sent Items"], "sent")]
    assert.deepStrictEqual(targets([sent], { there, rename: { Sent: "Old/Sent" } }), [["Old", "Sent"]])
  })
})

describe("mapMailboxes with renames", () => {
  it.each<[rename: Record<string, string>, from: MailboxPath, to: MailboxPath]>([
    [{ Work: "Job" }, ["Work"], ["Job"]],
    [{ Work: "Job" }, ["Work", "2019"], ["Job", "2019"]],
    [{ Work: "Job" }, ["Workshop"], ["Workshop"]],
    [{ Work: "Job" }, ["Home", "Work"], ["Home", "Work"]],
    [{ Work: "Old/Job" }, ["Work", "2019"], ["Old", "Job", "2019"]],
    [{ Work: "Job", "Work/2019": "Past" }, ["Work", "2019", "Q1"], ["Past", "Q1"]],
    [{ Work: "" }, ["Work", "2019"], ["2019"]],
    [{ Work: "" }, ["Work"], ["Work"]],
    [{ Work: "/Job/" }, ["Work"], ["Job"]],
    [{ work: "Job" }, ["Work"], ["Work"]],
    [{}, ["constructor"], ["constructor"]],
    [{}, ["toString", "valueOf"], ["toString", "valueOf"]],
    [{}, ["__proto__"], ["__proto__"]]
  ])("with %j carries %j to %j", (rename, [first, ...rest], to) => {
    assert.deepStrictEqual(targets([folder(first, ...rest)], { rename }), [to])
  })

  it("drops the level of labels, which merges a label with the folder of its name as asked", () => {
    const source = [folder("Work"), label("Work"), label("Friends")]
    assert.deepStrictEqual(targets(source, { rename: { Labels: "" } }), [["Work"], ["Work"], ["Friends"]])
  })

  it("merges two that a rename brings together", () => {
    const rename = { A: "Both", B: "Both" }
    assert.deepStrictEqual(targets([folder("A"), folder("B")], { rename }), [["Both"], ["Both"]])
  })

  it("merges into a special-use mailbox that a rename names", () => {
    const there = [home(["Sent Items"], "sent")]
    const source = [sent, folder("Old")]
    assert.deepStrictEqual(targets(source, { there, rename: { Old: "Sent Items" } }), [
      ["Sent Items"],
      ["Sent Items"]
    ])
    assert.deepStrictEqual(targets([sent, folder("Old")], { rename: { Old: "Sent" } }), [["Sent"], ["Sent"]])
  })

  it("keeps apart by number what a rename brings together by accident", () => {
    const rename = { A: "x.y", B: "x_y" }
    assert.deepStrictEqual(targets([folder("A"), folder("B")], { names: dot, rename }), [
      ["x_y"],
      ["x_y (2)"]
    ])
  })
})

describe("mapMailboxes with names from earlier runs", () => {
  const keptOf = (...entries: ReadonlyArray<readonly [Mailbox, MailboxPath]>) =>
    new Map(entries.map(([{ path }, to]) => [pathKey(path), to]))
  const mapKept = (
    source: ReadonlyArray<Mailbox>,
    kept: ReadonlyMap<string, MailboxPath>,
    { names = slash, rename = {}, there = [] }: Given = {}
  ) => {
    const mapped = mapMailboxes(source, there, names, { ...defaultRules, rename }, kept)
    return source.map(({ path }) => mapped.get(pathKey(path))?.path)
  }
  const folding = { ...slash, caseInsensitive: true }

  it("keeps them though a new mailbox would have come first", () => {
    const kept = keptOf([folder("Work"), ["Work"]], [folder("work"), ["work (2)"]])
    const source = [folder("WORK"), folder("Work"), folder("work")]
    assert.deepStrictEqual(mapKept(source, kept, { names: folding }), [["WORK (3)"], ["Work"], ["work (2)"]])
  })

  it("keeps them though the destination has a mailbox of that use by now", () => {
    const there = [home(["Sent Items"], "sent")]
    assert.deepStrictEqual(mapKept([sent], keptOf([sent, ["Sent"]]), { there }), [["Sent"]])
    const whyOfKept = (to: MailboxPath) =>
      mapMailboxes([sent], there, slash, defaultRules, keptOf([sent, to])).get(pathKey(sent.path))?.why
    assert.deepStrictEqual(whyOfKept(["Sent"]), Option.none())
    assert.deepStrictEqual(whyOfKept(["Old"]), Option.some("as in earlier runs"))
  })

  it("gives them up for a rule that names another", () => {
    const kept = keptOf([folder("Work"), ["Work"]])
    assert.deepStrictEqual(mapKept([folder("Work")], kept, { rename: { Work: "Job" } }), [["Job"]])
  })

  it("gives no new mailbox a name that an earlier one has", () => {
    const kept = keptOf([folder("a.b"), ["a_b"]])
    assert.deepStrictEqual(mapKept([folder("a_b"), folder("a.b")], kept, { names: dot }), [
      ["a_b (2)"],
      ["a_b"]
    ])
  })
})

describe("conservativeName", () => {
  it.each<[MailboxPath, MailboxPath]>([
    [["Work"], ["Work"]],
    [
      ["a:b", "c*d"],
      ["a_b", "c_d"]
    ],
    [["Été"], ["_t_"]],
    [[" x "], ["x"]],
    [["..."], ["___"]],
    [["  "], ["_"]],
    [["x".repeat(80)], ["x".repeat(60)]],
    [["2019-01 old_mail"], ["2019-01 old_mail"]]
  ])("makes %j into %j", (path, plain) => {
    assert.deepStrictEqual(conservativeName(path), plain)
  })
})

describe("mapMailboxes to a service with labels", () => {
  const labels: NameRules = {
    ...slash,
    caseInsensitive: true,
    reserved: new Set(["sent", "drafts", "enviado", "all mail"]),
    homes: {
      bySpecialUse: { drafts: ["Proton", "Drafts"] },
      byName: { scheduled: ["Proton", "Scheduled"] }
    },
    labelsStandAlone: true
  }
  const there = [inbox, sent, home(["All Mail"], "all")]
  const given = { names: labels, there }

  it("brings each box to the service's own, or to the one it has for lack of its own", () => {
    const source = [
      inbox,
      sent,
      home(["Drafts"], "drafts"),
      home(["Scheduled"]),
      home(["Archive"], "archive"),
      allMail
    ]
    const names = {
      ...labels,
      homes: {
        ...labels.homes!,
        bySpecialUse: { ...labels.homes!.bySpecialUse, archive: ["All Mail"] as const }
      }
    }
    assert.deepStrictEqual(targets(source, { names, there }), [
      ["INBOX"],
      ["Sent"],
      ["Proton", "Drafts"],
      ["Proton", "Scheduled"],
      ["All Mail"],
      ["All Mail"]
    ])
    assert.match(String(whyOf([allMail], given)[0]), /archived mail there/u)
  })

  it("leaves a mailbox of the service alone that mail is not kept in, where it says so", () => {
    const names = {
      ...labels,
      homes: { ...labels.homes!, bySpecialUse: { trash: ["Proton", "Trash"] as const } }
    }
    const purging = { names, there: [...there, home(["Trash"], "trash")] }
    assert.deepStrictEqual(targets([home(["Trash"], "trash")], purging), [["Proton", "Trash"]])
    assert.deepStrictEqual(targets([home(["Trash"], "trash")], { ...purging, names: labels }), [["Trash"]])
  })

  it("puts a line before a name that the service keeps for itself, whoever had it", () => {
    const source = [folder("Sent"), label("Drafts"), folder("ENVIADO", "2019"), folder("Work", "Sent")]
    assert.deepStrictEqual(targets(source, given), [
      ["_Sent"],
      ["_Drafts"],
      ["_ENVIADO", "2019"],
      ["Work", "Sent"]
    ])
    assert.match(String(whyOf(source, given)[0]), /keeps for itself/u)
  })

  it("takes a folder called Scheduled for what it is, a folder", () => {
    assert.deepStrictEqual(targets([folder("Scheduled")], given), [["Scheduled"]])
  })

  it("calls a label by its own name, which may be a folder's, but never the inbox's", () => {
    const source = [folder("Work"), label("Work"), label("Inbox")]
    assert.deepStrictEqual(targets(source, given), [["Work"], ["Work"], ["_Inbox"]])
  })

  it("puts everything of the owner's under one label when told to, and leaves the rest where it belongs", () => {
    const names = { ...labels, parent: "Proton" }
    const source = [inbox, sent, home(["Drafts"], "drafts"), folder("Sent"), label("x")]
    assert.deepStrictEqual(targets(source, { names, there }), [
      ["INBOX"],
      ["Sent"],
      ["Proton", "Drafts"],
      ["Proton", "Sent"],
      ["Proton", "x"]
    ])
  })

  it("follows a rule before it follows the service", () => {
    const rename = { Drafts: "Unfinished", "All Mail only": "Rest" }
    const source = [home(["Drafts"], "drafts"), allMail]
    assert.deepStrictEqual(targets(source, { ...given, rename }), [["Unfinished"], ["Rest"]])
  })
})
