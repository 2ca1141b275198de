import { assert, describe, it } from "@effect/vitest"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { Effect } from "effect"

import { moving } from "./support/moving.ts"
import { everyKind, protonAccount, proved } from "./support/protonAccount.ts"

describe("verify", () => {
  const moved = Effect.fnUntraced(function* () {
    const server = yield* graphScoped()
    const source = protonAccount()
    everyKind(source, [2000, 30])
    const { run, verify } = yield* moving(server, source)
    yield* run
    const named = (subject: string) => {
      const found = server.account.messages.find((each) => each.subject === subject)
      if (found === undefined) throw new Error(`there is no ${subject}`)
      return found
    }
    return { server, verify, named }
  })

  type Moved = Effect.Success<ReturnType<typeof moved>>

  const planted: ReadonlyArray<{
    readonly what: string
    readonly plant: (moved: Moved) => unknown
    readonly found: object
    readonly words: string
  }> = [
    {
      what: "a message that is unread now",
      plant: ({ named }) => named("letter 2").change({ isRead: false }),
      found: { altered: 1 },
      words: "Seen"
    },
    {
      what: "a star that is gone",
      plant: ({ named }) => named("letter 2").change({ flag: { flagStatus: "notFlagged" } }),
      found: { altered: 1 },
      words: "Flagged"
    },
    {
      what: "a category that is gone",
      plant: ({ named }) => named("letter 1").change({ categories: ["blue"] }),
      found: { altered: 1 },
      words: "red"
    },
    {
      what: "another day",
      plant: ({ named }) => named("letter 3").change({ received: Date.parse("2020-01-01T00:00:00Z") }),
      found: { altered: 1 },
      words: "2020-01-01"
    },
    {
      what: "another text",
      plant: ({ named }) => named("letter 3").change({ body: { contentType: "text", content: "hell" } }),
      found: { altered: 1 },
      words: "its text"
    },
    {
      what: "one octet of a file",
      plant: ({ named, server }) => {
        const { attachments } = named("with files")
        const [first] = attachments
        if (first === undefined) throw new Error("it has no files")
        const octets = first.octets.read()
        octets[1999] = (octets[1999] ?? 0) ^ 1
        attachments[0] = { ...first, octets: server.account.keep(octets) }
      },
      found: { altered: 1 },
      words: "1 of its files"
    },
    {
      what: "a file that is gone",
      plant: ({ named }) => named("with files").attachments.pop(),
      found: { altered: 1 },
      words: "1 of its files"
    },
    {
      what: "a file that is there twice",
      plant: ({ named }) => {
        const { attachments } = named("with files")
        attachments.push(...attachments.slice(-1))
      },
      found: { altered: 1 },
      words: "1 of its files is there once more"
    },
    {
      what: "another subject",
      plant: ({ named }) => named("letter 3").change({ subject: "letter 4" }),
      found: { altered: 1 },
      words: "its subject is another"
    },
    {
      what: "a message that was deleted",
      plant: ({ named, server }) => server.account.remove(named("letter 7")),
      found: { missing: 1 },
      words: ""
    },
    {
      what: "a message that was moved",
      plant: ({ named, server }) => {
        const archive = server.account.folder("archive")
        if (archive !== undefined) server.account.move(named("letter 9"), archive)
      },
      // Where it is now, nobody has put it.
      found: { missing: 1, foreign: 1 },
      words: ""
    },
    {
      what: "a message that was doubled",
      plant: ({ named, server }) => {
        const { folder, parts, properties } = named("letter 3")
        server.account.add({ ...parts, properties }, folder, "copy")
      },
      found: { doubled: 1 },
      words: ""
    },
    {
      what: "a message of somebody else's",
      plant: ({ server }) => server.account.deposit("inbox", { subject: "new" }),
      found: { foreign: 1 },
      words: ""
    }
  ]

  it.live.each(planted)("finds $what, and nothing else", ({ found, plant, words }) =>
    Effect.gen(function* () {
      const all = yield* moved()
      plant(all)
      const { differences, ...counts } = yield* all.verify
      assert.deepInclude(counts, { ...proved, ok: false, ...found })
      assert.include(differences[0]?.detail, words)
    })
  )

  it.live("does not take for missing what a list leaves out, since mail was deleted between its pages", () =>
    Effect.gen(function* () {
      const { server, verify } = yield* moved()
      server.onRequest(({ call, query }, phase) =>
        phase === "arrived" && call === "messages.list" && !query.has("$filter")
          ? { status: 200, body: '{"value":[]}', headers: { "content-type": "application/json" } }
          : undefined
      )
      assert.deepInclude(yield* verify, proved)
    })
  )
})
