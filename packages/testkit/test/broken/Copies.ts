import { type MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { MessageSummary } from "@mailferry/core/Message.ts"
import * as MemoryAccount from "@mailferry/testkit/MemoryAccount.ts"
import { Effect, Option } from "effect"

import { broken, type BrokenDestination } from "./Broken.ts"

const nowhere = Effect.succeed({ locator: Option.none() })

/** The message that came last into a mailbox. */
const newest = (account: MemoryAccount.MemoryAccount, mailbox: MailboxPath) =>
  [...MemoryAccount.mailboxOf(account, mailbox).messages.values()].at(-1)

export const brokenFinds: ReadonlyArray<BrokenDestination> = [
  broken("find sees an append as soon as it returned, and nothing else", "lags one append behind", (good) => {
    let latest: string | undefined
    return {
      ...good,
      append: (request) => {
        latest = Option.getOrUndefined(request.messageId)
        return good.append(request)
      },
      find: (mailbox, identity) =>
        Effect.map(good.find(mailbox, identity), (found) =>
          found.filter(
            ({ messageId }) =>
              Option.isSome(identity.stableId) || latest === undefined || !Option.contains(messageId, latest)
          )
        )
    }
  }),
  broken("find finds every copy there is", "stops at the first", (good) => ({
    ...good,
    find: (mailbox, identity) => Effect.map(good.find(mailbox, identity), (found) => found.slice(0, 1))
  })),
  broken("find goes by the stable id where there is one, to the letter", "believes IMAP SEARCH", (good) => ({
    ...good,
    find: (mailbox, identity) => {
      if (Option.isNone(identity.stableId)) return good.find(mailbox, identity)
      const wanted = identity.stableId.value.toLowerCase()
      const alike = ({ stableId }: MessageSummary) =>
        Option.exists(stableId, (id) => id.toLowerCase().includes(wanted))
      const byMessageId = good.find(mailbox, { ...identity, stableId: Option.none() })
      return Effect.map(byMessageId, (found) => found.filter(alike))
    }
  })),
  broken("find looks in the mailbox it is asked about, and there only", "searches everywhere", (good) => ({
    ...good,
    find: (_, identity) =>
      Effect.flatMap(good.listMailboxes, (all) =>
        Effect.map(
          Effect.forEach(all, ({ path }) => good.find(path, identity)),
          (found) => found.flat()
        )
      )
  }))
]

export const brokenCopies: ReadonlyArray<BrokenDestination> = [
  broken("copy keeps octets, INTERNALDATE, flags and keywords", "loses keywords", (good, account) => ({
    ...good,
    copy: (message, into) =>
      Effect.tap(good.copy(message, into), () => Effect.sync(() => newest(account, into)?.keywords.clear()))
  })),
  broken("copy leaves the original where it was, as it was", "marks the original", (good) => ({
    ...good,
    copy: (message, into) =>
      Effect.tap(good.copy(message, into), () =>
        good.addFlags(message, { flags: new Set(["\\Draft"]), keywords: new Set() })
      )
  })),
  broken("the receipt of copy names the copy exactly when claimed", "hides COPYUID", (good) => ({
    ...good,
    copy: (message, into) => Effect.andThen(good.copy(message, into), nowhere)
  })),
  broken("copy into a mailbox that is not there is MailboxRejected(missing)", "makes it", (good) => ({
    ...good,
    copy: (message, into) => Effect.andThen(good.ensureMailbox(into, Option.none()), good.copy(message, into))
  })),
  broken(
    "copy of a message that is gone is MessageRejected(gone)",
    "believes `OK No messages copied`",
    (good) => ({
      ...good,
      copy: (message, into) =>
        Effect.catch(good.copy(message, into), (error) =>
          error.reason._tag === "MessageRejected" ? nowhere : Effect.fail(error)
        )
    })
  ),
  broken(
    "flags belong to each copy where placement is one-mailbox, to the message where it is labels",
    "marks every copy",
    (good, account) => ({
      ...good,
      addFlags: (message, flags) =>
        Effect.tap(good.addFlags(message, flags), () =>
          Effect.sync(() => {
            const all = [...account.mailboxes.values()].flatMap(({ messages }) =>
              Array.from(messages.values())
            )
            const marked = all.find((it) => [...flags.flags].every((flag) => it.flags.has(flag)))
            for (const other of all) {
              if (marked === undefined || Buffer.compare(other.bytes, marked.bytes) !== 0) continue
              for (const flag of flags.flags) other.flags.add(flag)
            }
          })
        )
    })
  ),
  broken(
    "addFlags adds what is claimed, takes nothing away, and does no more the second time",
    "stores FLAGS instead of +FLAGS",
    (good, account) => ({
      ...good,
      addFlags: (message, flags) =>
        Effect.tap(good.addFlags(message, flags), () =>
          Effect.sync(() => newest(account, message.mailbox)?.keywords.delete("$Forwarded"))
        )
    })
  ),
  {
    law: "a wrong secret is AuthFailed at connect",
    name: "logs in at the first call",
    subject: (good) => ({ ...good, wrongSecret: good.layer })
  },
  {
    law: "closing the layer closes every socket",
    name: "leaves one open",
    service: (good, account) => {
      account.connections++
      return good
    }
  }
]
