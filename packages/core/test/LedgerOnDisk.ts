import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { layer, Ledger, type LedgerConfig } from "@mailferry/core/Ledger.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import { Context, DateTime, Effect, Layer, Option } from "effect"

/** A directory that is gone with its scope. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mailferry-core-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

export const configOf = (filename: string, config: Partial<LedgerConfig> = {}): LedgerConfig => ({
  filename,
  sourceAccount: "imap:a@example.net",
  destinationAccount: "imap:b@example.com",
  exclusive: false,
  ...config
})

/** A ledger, open as long as the scope. */
export const openLedger = (filename: string, config: Partial<LedgerConfig> = {}) =>
  Effect.map(Layer.build(layer(configOf(filename, config))), (context) => Context.get(context, Ledger))

/** A new ledger in a file of its own, with one source mailbox and its first messages. */
export const newLedger = Effect.fnUntraced(function* (messages = 0) {
  const filename = join(yield* temporaryDirectory, "ledger.sqlite")
  const ledger = yield* openLedger(filename)
  const keys = Array.from({ length: messages }, (_, i) => `id-${i + 1}`)
  const ids = yield* ledger.source.inOneCommit(Effect.forEach(keys, (key) => putMessage(ledger, key)))
  return { filename, ledger, ids }
})

export const putMessage = (ledger: Ledger["Service"], key: string) =>
  ledger.source.putMessage({
    key,
    fromSource: true,
    stableId: Option.some(key),
    messageId: Option.some(`<${key}@example.net>`),
    internalDate: DateTime.makeUnsafe("2020-02-29T12:00:00Z"),
    size: 1000,
    flags: new Set(),
    keywords: new Set(),
    unreadable: Option.none(),
    subject: Option.none()
  })

export const locator = (text: string) => MessageLocator(text)
