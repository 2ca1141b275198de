import { pathKey } from "@mailferry/core/Mailbox.ts"
import { MailError } from "@mailferry/core/MailError.ts"
import { DateTime, Effect, Fiber, Option } from "effect"

import { broken, type BrokenDestination } from "./Broken.ts"

const nowhere = Effect.succeed({ locator: Option.none() })

export const brokenMailboxes: ReadonlyArray<BrokenDestination> = [
  broken("ensureMailbox twice makes one mailbox", "makes the mailbox again", (good) => {
    const calls = new Map<string, number>()
    return {
      ...good,
      ensureMailbox: (path, use) => {
        calls.set(pathKey(path), (calls.get(pathKey(path)) ?? 0) + 1)
        return good.ensureMailbox(path, use)
      },
      listMailboxes: Effect.map(good.listMailboxes, (all) =>
        all.concat(all.filter(({ path }) => (calls.get(pathKey(path)) ?? 0) > 1))
      )
    }
  }),
  broken("ensureMailbox makes the parents too", "makes the leaf only", (good, account) => ({
    ...good,
    ensureMailbox: (path, use) =>
      Effect.tap(good.ensureMailbox(path, use), () =>
        Effect.sync(() => {
          const [first, ...rest] = path
          if (rest.length > 2) account.mailboxes.delete(pathKey([first, ...rest.slice(0, 2)]))
        })
      )
  })),
  broken(
    "every name the rules allow is taken and listed as it was spelled",
    "spells without emoji",
    (good) => ({
      ...good,
      listMailboxes: Effect.map(good.listMailboxes, (all) =>
        all.map((mailbox) =>
          Object.assign(mailbox, { path: mailbox.path.map((level) => level.replaceAll("🎉", "?")) })
        )
      )
    })
  ),
  broken(
    "a name against the rules is MailboxRejected(name), and makes nothing",
    "mends the name",
    (good) => ({
      ...good,
      ensureMailbox: ([first, ...rest], use) =>
        good.ensureMailbox([first, ...rest.map((level) => level.replaceAll("/", "_").slice(0, 255))], use)
    })
  ),
  broken("letter case tells two mailboxes apart exactly when claimed", "hides the second", (good) => ({
    ...good,
    listMailboxes: Effect.map(good.listMailboxes, (all) => {
      const alike = new Map(all.map((mailbox) => [pathKey(mailbox.path).toLowerCase(), mailbox]))
      return [...alike.values()]
    })
  })),
  broken("one mailbox is the inbox", "knows no special-use", (good) => ({
    ...good,
    listMailboxes: Effect.map(good.listMailboxes, (all) =>
      all.map((mailbox) => Object.assign(mailbox, { specialUse: Option.none() }))
    )
  })),
  broken("every mailbox that is listed can be read", "lists what cannot be selected", (good) => ({
    ...good,
    listMailboxes: Effect.map(good.listMailboxes, (all) => [
      ...all,
      { path: ["[Noselect]"], specialUse: Option.none(), role: "home", proposed: ["[Noselect]"] }
    ])
  }))
]

export const brokenAppends: ReadonlyArray<BrokenDestination> = [
  broken("calling append does nothing until it is run", "appends when called", (good) => ({
    ...good,
    append: (request) => Fiber.join(Effect.runFork(good.append(request)))
  })),
  broken(
    "a second append of the same message stores a second copy, or joins the first exactly when claimed",
    "stores equal octets once",
    (good) => {
      const stored = new Set<Uint8Array>()
      return {
        ...good,
        append: (request) =>
          Effect.suspend(() => {
            if (stored.has(request.bytes)) return nowhere
            stored.add(request.bytes)
            return good.append(request)
          })
      }
    }
  ),
  broken("fetch gives back the octets exactly when claimed", "ends every message with CRLF", (good) => ({
    ...good,
    fetch: (mailbox, locator) =>
      Effect.map(good.fetch(mailbox, locator), (bytes) =>
        bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\r\n")])
      )
  })),
  broken("INTERNALDATE is kept, or is the Date header's, exactly when claimed", "stores 1970", (good) => ({
    ...good,
    append: (request) => good.append({ ...request, internalDate: DateTime.makeUnsafe(0) })
  })),
  broken(
    "flags are kept exactly as claimed, and the rest are dropped without an error",
    "drops \\Draft",
    (good) => ({
      ...good,
      append: (request) =>
        good.append({ ...request, flags: new Set([...request.flags].filter((flag) => flag !== "\\Draft")) })
    })
  ),
  broken("keywords are kept exactly when claimed", "keeps known keywords only", (good) => ({
    ...good,
    append: (request) =>
      good.append({ ...request, keywords: new Set([...request.keywords].filter((it) => it.startsWith("$"))) })
  })),
  broken("the receipt of append names the message exactly when claimed", "hides the UID", (good) => ({
    ...good,
    append: (request) => Effect.andThen(good.append(request), nowhere)
  })),
  broken(
    "append to a mailbox that is not there is MailboxRejected(missing), and makes none",
    "makes it",
    (good) => ({
      ...good,
      append: (request) =>
        Effect.andThen(good.ensureMailbox(request.mailbox, Option.none()), good.append(request))
    })
  ),
  broken(
    "a message of maxMessageSize is taken, and a larger one is MessageRejected(too-large)",
    "truncates",
    (good) => ({
      ...good,
      append: (request) =>
        good.append({ ...request, bytes: request.bytes.slice(0, good.capabilities.maxMessageSize) })
    })
  ),
  broken(
    "n parallel appends store n messages, and each receipt names its own",
    "drops one of three",
    (good) => {
      const running = new Map<string, number>()
      return {
        ...good,
        append: (request) =>
          Effect.suspend(() => {
            const key = `${pathKey(request.mailbox)} ${DateTime.formatIso(request.internalDate)}`
            const others = running.get(key) ?? 0
            if (others > 1) return nowhere
            running.set(key, others + 1)
            return Effect.ensuring(
              good.append(request),
              Effect.sync(() => running.set(key, others))
            )
          })
      }
    }
  ),
  broken(
    "an interrupted append leaves the account usable, and find tells the truth",
    "stays locked",
    (good) => {
      let locked = false
      return {
        ...good,
        append: (request) =>
          Effect.suspend(() => {
            if (locked) return Effect.die(new Error("the session is out of step"))
            const unlock = Effect.sync(() => {
              locked = true
            })
            return Effect.onInterrupt(
              Effect.andThen(Effect.sleep("2 millis"), good.append(request)),
              () => unlock
            )
          })
      }
    }
  ),
  {
    law: "append shows one message in every label where placement is labels",
    name: "forgets the labels",
    capabilities: { placement: "labels" },
    service: (good) => ({ ...good, append: (request) => good.append({ ...request, labels: [] }) })
  },
  broken(
    "no error, log line or account name contains a secret or body text",
    "quotes the message",
    (good) => ({
      ...good,
      append: (request) =>
        Effect.mapError(good.append(request), ({ adapter, operation, reason }) =>
          reason._tag === "MailboxRejected"
            ? new MailError({
                adapter,
                operation,
                reason: Object.assign(reason, { cause: new Error("refused", { cause: request }) })
              })
            : new MailError({ adapter, operation, reason })
        )
    })
  )
]
