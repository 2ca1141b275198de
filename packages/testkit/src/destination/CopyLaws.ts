import { Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MessageSummary } from "@mailferry/core/Message.ts"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { assert } from "vitest"

import { given, reasonOf } from "../Law.ts"
import { describeOne, locatorsOf, onlyMessageIn } from "../Listing.ts"
import { type DestinationLaw, freshMailbox, law, letterTo } from "./Subject.ts"

/** A message in a mailbox of its own, and another mailbox, empty. */
const original = Effect.fnUntraced(function* (destination: DestinationService) {
  const from = yield* freshMailbox(destination, "copy from")
  const into = yield* freshMailbox(destination, "copy into")
  const flags = new Set(["\\Flagged", "\\Answered"] as const)
  yield* destination.append(letterTo(from, { flags, keywords: new Set(["$Forwarded"]) }))
  return { into, message: yield* onlyMessageIn(destination, from) }
})

const marks = ({ flags, keywords }: MessageSummary) => [...flags, ...keywords].toSorted()

export const copyLaws: ReadonlyArray<DestinationLaw> = [
  law("copy keeps octets, INTERNALDATE, flags and keywords", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { into, message } = yield* original(destination)
      yield* destination.copy(message, into)
      const copied = yield* onlyMessageIn(destination, into)
      assert.strictEqual(
        DateTime.toEpochMillis(copied.internalDate),
        DateTime.toEpochMillis(message.internalDate)
      )
      assert.deepStrictEqual(marks(copied), marks(message))
      const before = yield* destination.fetch(message.mailbox, message.locator)
      const after = yield* destination.fetch(into, copied.locator)
      assert.strictEqual(Buffer.compare(before, after), 0)
    })
  ),
  law("copy leaves the original where it was, as it was", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { into, message } = yield* original(destination)
      yield* destination.copy(message, into)
      const still = yield* onlyMessageIn(destination, message.mailbox)
      assert.strictEqual(still.locator, message.locator)
      assert.deepStrictEqual(marks(still), marks(message))
    })
  ),
  law("the receipt of copy names the copy exactly when claimed", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { into, message } = yield* original(destination)
      const { locator } = yield* destination.copy(message, into)
      const [listed] = yield* locatorsOf(destination, into)
      assert.strictEqual(
        Option.getOrUndefined(locator),
        destination.capabilities.reportsLocator ? listed : undefined
      )
    })
  ),
  law("copy into a mailbox that is not there is MailboxRejected(missing)", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { message } = yield* original(destination)
      const missing: MailboxPath = ["conformance", `missing ${crypto.randomUUID()}`]
      const reason = yield* reasonOf(destination.copy(message, missing))
      assert.deepInclude(reason, { _tag: "MailboxRejected", why: "missing" })
    })
  ),
  law(
    "copy of a message that is gone is MessageRejected(gone)",
    (subject) =>
      Effect.gen(function* () {
        const destination = yield* Destination
        const { into, message } = yield* original(destination)
        yield* given(subject, "expunge")(message)
        const reason = yield* reasonOf(destination.copy(message, into))
        assert.deepInclude(reason, { _tag: "MessageRejected", why: "gone" })
      }),
    "expunge"
  ),
  law("append shows one message in every label where placement is labels", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const home = yield* freshMailbox(destination, "label home")
      const label = yield* freshMailbox(destination, "label")
      const labelled = destination.capabilities.placement === "labels"
      yield* destination.append(letterTo(home, { labels: labelled ? [label] : [] }))
      const [stored] = yield* locatorsOf(destination, home)
      // Elsewhere core asks for no labels, and a message is in the one mailbox it was sent to.
      assert.deepStrictEqual(yield* locatorsOf(destination, label), labelled ? [stored!] : [])
    })
  ),
  law("flags belong to each copy where placement is one-mailbox, to the message where it is labels", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const [flag] = destination.capabilities.flags
      if (flag === undefined) return
      const from = yield* freshMailbox(destination, "shared from")
      const into = yield* freshMailbox(destination, "shared into")
      yield* destination.append(letterTo(from))
      const message = yield* onlyMessageIn(destination, from)
      yield* destination.copy(message, into)
      const copied = yield* onlyMessageIn(destination, into)
      yield* destination.addFlags(copied, { flags: new Set([flag]), keywords: new Set() })
      const { flags } = yield* describeOne(destination, from, message.locator)
      assert.strictEqual(flags.has(flag), destination.capabilities.placement === "labels")
    })
  ),
  law("addFlags adds what is claimed, takes nothing away, and does no more the second time", () =>
    Effect.gen(function* () {
      const destination = yield* Destination
      const { message } = yield* original(destination)
      const { capabilities } = destination
      const added = { flags: new Set(["\\Seen"] as const), keywords: new Set(["$Label1"]) }
      const expected = new Set(marks(message))
      if (capabilities.flags.has("\\Seen")) expected.add("\\Seen")
      const { labelsAsKeywords } = capabilities
      const isKept = labelsAsKeywords === undefined || labelsAsKeywords.registered.has("$Label1")
      if (capabilities.keywords && isKept) expected.add("$Label1")
      for (let time = 0; time < 2; time++) {
        yield* destination.addFlags(message, added)
        const now = yield* describeOne(destination, message.mailbox, message.locator)
        const marksNow = capabilities.keywords ? marks(now) : marks({ ...now, keywords: message.keywords })
        assert.deepStrictEqual(marksNow, [...expected].toSorted())
      }
    })
  )
]
