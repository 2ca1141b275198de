import { pathKey } from "@mailferry/core/Mailbox.ts"
import * as Account from "@mailferry/testkit/MemoryAccount.ts"
import { joiningCapabilities } from "@mailferry/testkit/MemoryDestination.ts"
import { DateTime } from "effect"

import { bridgeAccount, type LetterOptions } from "./Letters.ts"
import { makeWorld, type WorldOptions } from "./World.ts"

/** A message as a mail client writes one: with the headers that a service may insist on. */
export const mail = (
  n: number,
  options: LetterOptions & { readonly headers?: ReadonlyArray<string> } = {}
) => {
  const {
    body = `hello ${n}`,
    headers,
    id = `proton-${n}==`,
    messageId = `<${n}@letters.invalid>`,
    ...rest
  } = options
  const second = String(n % 60).padStart(2, "0")
  const lines = [
    `X-Pm-Internal-Id: ${id}`,
    ...(messageId === "" ? [] : [`Message-ID: ${messageId}`]),
    ...(headers ?? ["From: Ada <ada@example.net>", `Date: Sun, 31 Mar 2019 12:00:${second} +0000`]),
    `Subject: letter ${n}`
  ]
  const spec: Account.MemoryMessageSpec = {
    bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}\r\n`, "latin1"),
    internalDate: DateTime.makeUnsafe(`2019-03-31T12:00:${second}Z`),
    ...rest
  }
  return spec
}

/** An account at a service with labels, as its adapter lists it. */
const labelledAccount = (): Account.MemoryAccount =>
  Account.make([
    { path: ["INBOX"], specialUse: "inbox" },
    { path: ["Sent"], specialUse: "sent" },
    { path: ["Spam"], specialUse: "junk" },
    { path: ["All Mail"], specialUse: "all" }
  ])

/** Bridge's boxes, those that such a service has no place of its own for included. */
export const protonAccount = (): Account.MemoryAccount => {
  const account = bridgeAccount()
  Account.addMailbox(account, { path: ["Drafts"], specialUse: "drafts" })
  Account.addMailbox(account, { path: ["Trash"], specialUse: "trash" })
  Account.addMailbox(account, { path: ["Scheduled"] })
  Account.addMailbox(account, { path: ["Folders", "Sent"], proposed: ["Sent"] })
  return account
}

const subjectOf = ({ bytes }: Account.MemoryMessage) =>
  /^Subject: (.*?)\r$/mu.exec(Buffer.from(bytes).toString("latin1"))?.[1] ?? "?"

/** Each stored message as one line: its subject, its labels, its flags. One message is one line, however many labels. */
export const labelled = (account: Account.MemoryAccount): ReadonlyArray<string> => {
  const shown = new Map<Account.MemoryMessage, Array<string>>()
  for (const { messages, path } of account.mailboxes.values()) {
    for (const message of messages.values()) {
      const labels = shown.get(message) ?? []
      shown.set(message, labels)
      if (pathKey(path) !== pathKey(["All Mail"])) labels.push(path.join("/"))
    }
  }
  return [...shown]
    .map(([message, labels]) =>
      [subjectOf(message), `(${labels.toSorted().join(", ")})`, ...[...message.flags].toSorted()].join(" ")
    )
    .toSorted()
}

/** Proton mail on its way to such a service, which gives tickets unless said otherwise. */
export const labelledWorld = (
  source: Account.MemoryAccount,
  options: Partial<WorldOptions> = {}
): ReturnType<typeof makeWorld> =>
  makeWorld({
    source,
    destination: labelledAccount(),
    tickets: true,
    ...options,
    capabilities: { ...joiningCapabilities, ...options.capabilities }
  })

/** What verify counted, without its rows. */
export const findings = ({
  altered,
  doubled,
  foreign,
  missing,
  notMigrated,
  ok
}: Readonly<Record<string, unknown>>) => ({
  altered,
  doubled,
  foreign,
  missing,
  notMigrated,
  ok
})

/** Of an account in which nothing is wrong. */
export const clean = { altered: 0, doubled: 0, foreign: 0, missing: 0, notMigrated: 0, ok: true }
