import { assert, describe, it } from "@effect/vitest"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { HookAction, RequestHook } from "@mailferry/rehearsal/http/RequestHook.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { DateTime, Deferred, Effect } from "effect"

import { mailWithFiles } from "./support/mailWithFiles.ts"
import { moving } from "./support/moving.ts"
import { filesAt, stateOf } from "./support/onlyMessage.ts"

/** Mulberry32. */
const randomOf = (seed: number) => {
  let state = seed * 0x9e37_79b9
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const text = (n: number, id: string) =>
  Buffer.from(
    `From: a@example.net\r\n${id === "" ? "" : `Message-ID: ${id}\r\n`}Subject: letter ${n}\r\n\r\nhello ${n}\r\n`
  )

const sizes: ReadonlyArray<ReadonlyArray<number>> = [[2_000_000, 10, 20], [30, 3_300_000], [10]]

/** Mail of all kinds: with files, drafts, with labels, to oneself, twins, without a Message-ID. */
const account = () => {
  const source = Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Drafts"], specialUse: "drafts" },
    { path: ["All Mail"], specialUse: "all", role: "everything" },
    { path: ["Folders", "Work"], proposed: ["Work"] },
    { path: ["Labels", "blue"], role: "label" }
  ])
  const add = (n: number, bytes: Uint8Array, draft: boolean, ...paths: ReadonlyArray<MailboxPath>) => {
    const message = Account.newMessage(source, {
      bytes: Buffer.concat([Buffer.from(`X-Pm-Internal-Id: ${n}==\r\n`), bytes]),
      internalDate: DateTime.makeUnsafe(`2019-03-31T12:00:${10 + n}Z`),
      flags: [...(n % 2 === 0 ? ["\\Seen" as const] : []), ...(draft ? ["\\Draft" as const] : [])]
    })
    for (const path of [...paths, ["All Mail"] as const]) {
      Account.show(Account.mailboxOf(source, path), message)
    }
  }
  for (const [n, files] of sizes.entries()) add(n, mailWithFiles(files), false, ["INBOX"], ["Labels", "blue"])
  add(10, text(10, "<same@x>"), false, ["INBOX"], ["Sent"])
  add(11, text(11, "<same@x>"), false, ["INBOX"])
  add(12, text(12, ""), false, ["Folders", "Work"])
  add(13, text(13, "<13@x>"), true, ["Drafts"])
  add(14, text(14, "<13@x>"), true, ["Drafts"])
  add(15, text(15, ""), true, ["Drafts"])
  return source
}

const stored = (server: RehearsalGraph) =>
  server.account.messages
    .map((message) => {
      const { categories, folderPath, isDraft, isRead, subject } = message
      const files = filesAt(message).map(([name, hash]) => `${name} ${hash.slice(0, 8)}`)
      return JSON.stringify({ folderPath, subject, isDraft, isRead, categories, files })
    })
    .toSorted()

const json = { "content-type": "application/json" }

/** What may become of a request before anything was done, and after all was. */
const before: ReadonlyArray<HookAction> = [
  "drop",
  { status: 503, body: "" },
  { status: 429, body: "", headers: { "retry-after": "2" } },
  { status: 502, body: "<html>Bad gateway</html>", headers: { "content-type": "text/html" } },
  { status: 409, body: '{"error":{"code":"ErrorIrresolvableConflict","message":"changed"}}', headers: json }
]
const after: ReadonlyArray<HookAction> = [
  "drop",
  { status: 504, body: "" },
  { status: 200, body: "" },
  { status: 201, body: "" }
]

/** Of 100 requests eight go wrong, and at one of them the run is killed. The first three of a run, by which it connects, go well. */
const trouble = (random: () => number, death: number, die: () => void): RequestHook => {
  let seen = 0
  return (_request, phase) => {
    if (phase === "arrived" && ++seen === death) die()
    if (seen <= 3) return undefined
    const ways = phase === "arrived" ? before : after
    return random() < 0.04 ? ways[Math.floor(random() * ways.length)] : undefined
  }
}

// Of the first three hundred those that have found something.
const seeds = [17, 46, 65, 96, 254]

describe("whatever goes wrong at Exchange", () => {
  it.live.each(seeds)("every message arrives exactly once, with all its files: seed %i", (seed) =>
    Effect.gen(function* () {
      const undisturbed = yield* graphScoped()
      yield* (yield* moving(undisturbed, account())).run
      const random = randomOf(seed)
      const server = yield* graphScoped()
      const { run, verify } = yield* moving(server, account())
      for (let life = 0; life < 3; life++) {
        const dead = yield* Deferred.make<void>()
        const die = () => Deferred.doneUnsafe(dead, Effect.void)
        server.onRequest(trouble(random, 10 + Math.floor(random() * 60), die))
        yield* Effect.ignore(Effect.raceFirst(run, Deferred.await(dead)))
      }
      server.behave()
      const result = yield* run
      assert.deepInclude(result, { outcome: "complete", quarantined: 0, failed: 0 })
      assert.deepStrictEqual(stored(server), stored(undisturbed))
      assert.notInclude(server.account.messages.map(stateOf), "partial")
      assert.deepInclude(yield* verify, { ok: true, missing: 0, doubled: 0, altered: 0, foreign: 0 })
    })
  )
})
