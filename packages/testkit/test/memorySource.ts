import type { MailboxReader } from "@mailferry/core/MailboxReader.ts"
import { Source } from "@mailferry/core/Source.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import * as MemorySource from "@mailferry/testkit/MemorySource.ts"
import { sampleAccount } from "@mailferry/testkit/SampleAccount.ts"
import { sampleMessage } from "@mailferry/testkit/SampleMessage.ts"
import type { SourceSubject } from "@mailferry/testkit/source/Subject.ts"
import { Effect, Layer } from "effect"

import { accountProbes } from "./memoryProbes.ts"

// Made once: an account copies what it is made from.
const { mailboxes, facts } = sampleAccount()

const starting = () => Object.assign(MemoryAccount.make(), { starting: true })

/** Each build is a new connection, spoilt as `spoil` says. */
const sourceLayer = (account: MemoryAccount.MemoryAccount, spoil: (good: MailboxReader) => MailboxReader) =>
  Layer.effect(
    Source,
    Effect.map(MemorySource.connect(account, account.password), () => spoil(MemorySource.make(account)))
  )

/** The sample account in memory, with one message that cannot be read, and all the suite can be told of it. */
export const memorySource = (
  spoil: (good: MailboxReader, account: MemoryAccount.MemoryAccount) => MailboxReader = (good) => good
): SourceSubject => {
  const account = MemoryAccount.make(mailboxes)
  const damaged = ["damaged"] as const
  MemoryAccount.addMailbox(account, {
    path: damaged,
    messages: [false, true, false].map((unreadable) => ({ bytes: sampleMessage().bytes, unreadable }))
  })
  return {
    ...facts,
    ...accountProbes(account),
    unreadable: { mailbox: damaged, place: 1 },
    writes: Effect.sync(() => account.writes),
    deliver: (mailbox) =>
      Effect.sync(() => {
        MemoryAccount.deliver(account, mailbox, { bytes: sampleMessage().bytes })
      }),
    wrongSecret: MemorySource.layer(account, { password: "wrong" }),
    starting: MemorySource.layer(starting()),
    layer: sourceLayer(account, (good) => spoil(good, account))
  }
}
