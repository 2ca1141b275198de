import { assert, describe, it } from "@effect/vitest"
import { defaultByteBudget } from "@mailferry/core/ByteBudget.ts"
import type { DifferenceKind } from "@mailferry/core/Difference.ts"
import * as Ledger from "@mailferry/core/Ledger.ts"
import { defaultRules } from "@mailferry/core/Rules.ts"
import { runMigration } from "@mailferry/core/Run.ts"
import * as RunEvent from "@mailferry/core/RunEvent.ts"
import { verifyMigration } from "@mailferry/core/Verify.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import * as MemoryDestination from "@mailferry/testkit/MemoryDestination.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { DateTime, Effect, Option } from "effect"

const input = { rules: defaultRules, planFile: Option.none() }

const letter = (n: number): Account.MemoryMessageSpec => ({
  bytes: new TextEncoder().encode(
    `X-Pm-Internal-Id: ${"A".repeat(84)}${String(n).padStart(2, "0")}==\r\nMessage-ID: <${n}@verify.invalid>\r\n\r\nhello ${n}\r\n`
  ),
  flags: n % 2 === 0 ? ["\\Seen"] : [],
  keywords: n % 3 === 0 ? ["$Forwarded"] : []
})

/** Ten messages carried over, then what `spoil` does to the destination, then `verify --full`. */
const verifyAfter = Effect.fnUntraced(function* (
  spoil: (account: Account.MemoryAccount) => void,
  options: { readonly full?: boolean; readonly allowForeign?: boolean; readonly locators?: boolean } = {}
) {
  const source = Account.make([
    { path: ["INBOX"], specialUse: "inbox", messages: Array.from({ length: 10 }, (_, n) => letter(n)) }
  ])
  const destination = Account.make([{ path: ["INBOX"], specialUse: "inbox", messages: [letter(98)] }])
  return yield* Effect.gen(function* () {
    yield* runMigration({
      ...input,
      pilot: "skip",
      stop: Effect.succeed(false),
      byteBudget: defaultByteBudget,
      quarantineDirectory: Option.none(),
      retryQuarantined: false
    })
    spoil(destination)
    return yield* verifyMigration({
      ...input,
      full: options.full ?? true,
      allowForeign: options.allowForeign ?? false
    })
  }).pipe(
    Effect.provide([
      MemorySource.layer(source),
      MemoryDestination.layer(destination, { capabilities: { reportsLocator: options.locators ?? true } }),
      Ledger.layer({ filename: ":memory:", sourceAccount: "a", destinationAccount: "b", exclusive: false }),
      RunEvent.layer
    ])
  )
})

const third = (account: Account.MemoryAccount): readonly [number, Account.MemoryMessage] => {
  const [, , , entry] = Account.mailboxOf(account, ["INBOX"]).messages
  if (entry === undefined) throw new Error("the migration put nothing there")
  return entry
}

const plants: ReadonlyArray<{
  readonly name: string
  readonly kind: DifferenceKind
  readonly detail: RegExp
  readonly plant: (account: Account.MemoryAccount) => void
}> = [
  {
    name: "one octet changed",
    kind: "altered",
    detail: /octets are not the ones/u,
    plant: (account) => {
      const { bytes } = third(account)[1]
      bytes[bytes.length - 3] = 0x21
    }
  },
  {
    name: "a flag set",
    kind: "altered",
    detail: /flags \(\\Flagged/u,
    plant: (account) => third(account)[1].flags.add("\\Flagged")
  },
  {
    name: "a keyword taken away",
    kind: "altered",
    detail: /keywords \(\) instead of \(\$Forwarded\)/u,
    plant: (account) => {
      for (const { keywords } of Account.mailboxOf(account, ["INBOX"]).messages.values()) {
        if (keywords.delete("$Forwarded")) return
      }
    }
  },
  {
    name: "INTERNALDATE moved by an hour",
    kind: "altered",
    detail: /INTERNALDATE .* instead of/u,
    plant: (account) => {
      const [arrival, message] = third(account)
      const internalDate = DateTime.add(message.internalDate, { hours: 1 })
      Account.mailboxOf(account, ["INBOX"]).messages.set(arrival, { ...message, internalDate })
    }
  },
  {
    name: "a message deleted",
    kind: "missing",
    detail: /no longer has it/u,
    plant: (account) => Account.expunge(account, ["INBOX"], third(account)[0])
  },
  {
    name: "a message doubled",
    kind: "doubled",
    detail: /a second copy/u,
    plant: (account) => void Account.deliver(account, ["INBOX"], third(account)[1])
  },
  {
    name: "a message put there by another client",
    kind: "foreign",
    detail: /neither carried over by mailferry/u,
    plant: (account) => void Account.deliver(account, ["INBOX"], letter(55))
  }
]

describe("verify", () => {
  it.effect("finds nothing wrong where nothing is, mail that was there before us included", () =>
    Effect.gen(function* () {
      const result = yield* verifyAfter(() => undefined)
      assert.deepInclude(result, {
        ok: true,
        checked: 10,
        missing: 0,
        doubled: 0,
        altered: 0,
        foreign: 0,
        readBack: 10
      })
    })
  )

  for (const { detail, kind, name, plant } of plants) {
    for (const locators of [true, false]) {
      it.effect(`finds ${name} as ${kind}${locators ? "" : " without UIDPLUS"}, and nothing else`, () =>
        Effect.gen(function* () {
          const result = yield* verifyAfter(plant, { locators })
          assert.isFalse(result.ok)
          assert.deepStrictEqual(
            result.differences.map((difference) => difference.kind),
            [kind]
          )
          assert.match(result.differences[0]?.detail ?? "", detail)
        })
      )
    }
  }

  it.effect("leaves mail of other clients out of the verdict when told to", () =>
    Effect.gen(function* () {
      const result = yield* verifyAfter((account) => void Account.deliver(account, ["INBOX"], letter(55)), {
        allowForeign: true
      })
      assert.isTrue(result.ok)
      assert.strictEqual(result.foreign, 1)
    })
  )
})
