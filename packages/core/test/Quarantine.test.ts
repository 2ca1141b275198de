import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@mailferry/core/Ledger.ts"
import { makeQuarantine, type Verdict } from "@mailferry/core/Quarantine.ts"
import { Effect, Option } from "effect"

import { newLedger, temporaryDirectory } from "./LedgerOnDisk.ts"
import { messageRow } from "./MessageRows.ts"
import { recordedEvents } from "./RecordedEvents.ts"

const octets = Buffer.from("Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\nbody\r\n")

const refusal: Verdict = { why: "policy", detail: "554 no", advice: undefined, bytes: Option.some(octets) }

/** Sets one message aside and tells what the ledger and the events say of it. */
const setAside = Effect.fnUntraced(function* (
  directory: Option.Option<string>,
  verdicts: ReadonlyArray<Verdict>,
  subject: Option.Option<string> = Option.none()
) {
  const { ids, ledger } = yield* newLedger(1)
  const { events, layer } = recordedEvents()
  const message = messageRow({ id: ids[0] ?? 0, subject })
  const quarantine = yield* makeQuarantine(directory, 7).pipe(
    Effect.provideService(Ledger, ledger),
    Effect.provide(layer)
  )
  for (const verdict of verdicts) yield* quarantine(message, verdict)
  const [row, ...others] = yield* ledger.reports.quarantined
  assert.deepStrictEqual(others, [])
  return { row, events, id: message.id }
})

describe("makeQuarantine", () => {
  it.effect("keeps the octets for their owner's eyes only, and names the message by its subject", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "quarantine")
      const { events, id, row } = yield* setAside(Option.some(directory), [refusal])
      const file = join(directory, `${id}.eml`)
      assert.deepInclude(row, {
        subject: Option.some("café"),
        why: "policy",
        detail: "554 no",
        file: Option.some(file),
        run: 7
      })
      assert.deepStrictEqual(readFileSync(file), octets)
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.strictEqual(statSync(directory).mode & 0o777, 0o700)
      assert.deepStrictEqual(events, [
        { _tag: "Quarantined", key: "id-1", subject: "café", why: "policy", detail: "554 no" }
      ])
    })
  )

  it.effect.each(["too-large", "malformed", "policy", "unreadable", "unclassified"])(
    "says what to do about %s, unless the adapter knows better",
    (why) =>
      Effect.gen(function* () {
        const general = yield* setAside(Option.none(), [{ ...refusal, why }])
        assert.isAbove(Option.getOrElse(general.row?.advice ?? Option.none(), () => "").length, 20)
        const special = yield* setAside(Option.none(), [{ ...refusal, why, advice: "Ask Ada." }])
        assert.deepStrictEqual(special.row?.advice, Option.some("Ask Ada."))
      })
  )

  it.effect("names a message of which no octet could be read by what the source said of it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const unread: Verdict = { ...refusal, why: "unreadable", bytes: Option.none() }
      const { row } = yield* setAside(Option.some(directory), [unread], Option.some("seen from afar"))
      assert.deepInclude(row, { subject: Option.some("seen from afar"), file: Option.none() })
    })
  )

  it.effect("keeps the file of an earlier refusal when a later one has no octets", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const later: Verdict = { ...refusal, detail: "555 still no", bytes: Option.none() }
      const { row } = yield* setAside(Option.some(directory), [refusal, later])
      assert.strictEqual(row?.detail, "555 still no")
      assert.isTrue(Option.isSome(row?.file ?? Option.none()))
    })
  )

  it.effect("stops the run when the octets cannot be kept", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryDirectory, "file")
      writeFileSync(directory, "")
      const error = yield* Effect.flip(setAside(Option.some(directory), [refusal]))
      assert.strictEqual(error._tag, "LedgerError")
      assert.match(error.advice, /state directory/u)
    })
  )
})
