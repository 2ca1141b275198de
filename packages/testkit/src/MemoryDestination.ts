import type { DestinationCapabilities, NameRules } from "@mailferry/core/Capabilities.ts"
import { type AppendRequest, Destination, type DestinationService } from "@mailferry/core/Destination.ts"
import { type MailboxPath, pathKey, pathOfKey, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import { type MailError, MailboxRejected, MessageRejected, QuotaExceeded } from "@mailferry/core/MailError.ts"
import type { Flags, Identity, MessageLocator } from "@mailferry/core/Message.ts"
import { dateOf } from "@mailferry/core/NeededHeaders.ts"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import { headerField } from "./internal/headerField.ts"
import * as Account from "./MemoryAccount.ts"
import * as MemoryReader from "./MemoryReader.ts"
import { connect } from "./MemorySource.ts"

export interface MemoryDestinationOptions {
  readonly capabilities?: Partial<DestinationCapabilities>
  /** Entries on one page of a listing; 100 unless said. */
  readonly pageSize?: number
  /** Octets the account holds; no limit unless said. */
  readonly quota?: number
  /** Whether each append notes a ticket first, by which its outcome can be recalled. */
  readonly tickets?: boolean
  /** Asked when part of a message is there, where `leavesUnfinished`: what cuts the append short, if anything does. */
  readonly cut?: () => MailError | undefined
  /** Whether nothing tells where in a mailbox new mail begins. */
  readonly cursorless?: boolean
  /** The date that every message gets, whatever it is given, and its receipt tells. */
  readonly dating?: DateTime.Utc
}

/** The claims of a well-equipped IMAP server, with a size limit small enough to be tested. */
export const richCapabilities: DestinationCapabilities = {
  placement: "one-mailbox",
  flags: new Set(["\\Seen", "\\Answered", "\\Flagged", "\\Draft"]),
  keywords: true,
  keepsInternalDate: true,
  keepsOctets: true,
  addsHeaders: false,
  reportsLocator: true,
  adoption: "by-header",
  describesCheaply: true,
  describesAtOnce: 500,
  findsByKey: false,
  leavesUnfinished: false,
  joinsByMessageId: false,
  foundWithin: Duration.zero,
  needs: new Set(),
  datesByHeader: false,
  exclusive: [],
  maxMessageSize: 1 << 20,
  names: { delimiter: Option.some("/"), maxLevelOctets: 255, refused: [], caseInsensitive: false },
  pace: { concurrentCalls: 4, attemptTimeout: Duration.seconds(30), limits: [] }
}

/** The claims of a service that joins messages by Message-ID and shows one message under many labels, as Gmail does. */
export const joiningCapabilities: DestinationCapabilities = {
  ...richCapabilities,
  placement: "labels",
  flags: new Set(["\\Seen", "\\Flagged"]),
  keywords: false,
  keepsInternalDate: false,
  datesByHeader: true,
  adoption: "by-joining",
  describesCheaply: false,
  describesAtOnce: 20,
  joinsByMessageId: true,
  foundWithin: Duration.seconds(30),
  needs: new Set(["Message-ID", "From", "Date"]),
  exclusive: [["INBOX"], ["Spam"], ["Trash"]],
  names: {
    ...richCapabilities.names,
    caseInsensitive: true,
    reserved: new Set(["inbox", "sent", "drafts", "spam", "trash", "scheduled"]),
    homes: {
      bySpecialUse: { archive: ["All Mail"], drafts: ["Proton", "Drafts"], trash: ["Proton", "Trash"] },
      byName: { scheduled: ["Proton", "Scheduled"] }
    },
    labelsStandAlone: true
  }
}

/** The claims of a service that builds messages anew, marks them with our key, and keeps labels as categories. */
export const keyedCapabilities: DestinationCapabilities = {
  ...richCapabilities,
  keepsOctets: false,
  contentMissing: (there) => (sent) =>
    Buffer.from(there).includes(Buffer.from(sent)) ? [] : ["its text is not the one that was sent"],
  labelsAsKeywords: {
    called: "category",
    refused: /[,;]/gu,
    longest: 255,
    registered: new Set(["$Forwarded"])
  },
  describesAtOnce: 20,
  findsByKey: true,
  leavesUnfinished: true
}

/** The claims of a server that keeps as little as one can. */
export const poorCapabilities: DestinationCapabilities = {
  ...richCapabilities,
  flags: new Set(["\\Seen"]),
  keywords: false,
  keepsInternalDate: false,
  keepsOctets: false,
  reportsLocator: false,
  adoption: "none",
  describesCheaply: false,
  names: {
    delimiter: Option.some("."),
    maxLevelOctets: 64,
    refused: [{ pattern: /["\\%*]/u, why: "quotes and wildcards" }],
    caseInsensitive: true
  },
  pace: { concurrentCalls: 1, attemptTimeout: Duration.seconds(30), limits: [] }
}

const refuse = MemoryReader.failure

/** Why a name is against the rules, if it is. */
const offence = (path: MailboxPath, names: NameRules): string | undefined => {
  for (const level of path) {
    if (Option.exists(names.delimiter, (delimiter) => level.includes(delimiter))) return "holds the delimiter"
    if (Buffer.byteLength(level) > names.maxLevelOctets) return "too long"
    const refused = names.refused.find(({ pattern }) => pattern.test(level))
    if (refused !== undefined) return refused.why
  }
  return undefined
}

/** What a store of properties gives back: the message with a header line of its own. */
const rebuilt = (bytes: Uint8Array): Uint8Array => Buffer.concat([Buffer.from("X-Rebuilt: yes\r\n"), bytes])

/** The reference destination: the contract with nothing in the way. It passes the kit, and the kit is tested on it. */
export const make = (
  account: Account.MemoryAccount,
  options: MemoryDestinationOptions = {}
): DestinationService => {
  const capabilities = { ...richCapabilities, ...options.capabilities }
  const { placement, names } = capabilities
  const reading = {
    placement,
    pageSize: options.pageSize ?? 100,
    caseInsensitive: names.caseInsensitive,
    describes: capabilities.findsByKey
  }
  const reader = MemoryReader.make(account, reading)
  const mailboxes = new MemoryReader.MemoryMailboxes(account, reading)

  const kept = ({ flags, keywords }: Flags) => ({
    flags: [...flags].filter((flag) => capabilities.flags.has(flag)),
    keywords: capabilities.keywords ? keywords : []
  })
  const receipt = (locator: MessageLocator) => ({
    locator: capabilities.reportsLocator ? Option.some(locator) : Option.none()
  })
  const used = () => {
    let octets = 0
    for (const mailbox of account.mailboxes.values()) {
      for (const { bytes } of mailbox.messages.values()) octets += bytes.length
    }
    return octets
  }

  /** The message that has this Message-ID already, where such are joined. */
  const twinOf = ({ bytes }: AppendRequest) => {
    const id = capabilities.joinsByMessageId ? headerField(bytes, "Message-ID") : undefined
    if (id === undefined) return undefined
    for (const { messages } of account.mailboxes.values()) {
      for (const message of messages.values()) {
        if (headerField(message.bytes, "Message-ID") === id) return message
      }
    }
    return undefined
  }

  /** Where it shows, and the view of all mail, which shows everything but what is kept out of it. */
  const showIn = (shown: ReadonlyArray<Account.MemoryMailbox>, message: Account.MemoryMessage) => {
    const all = [...account.mailboxes.values()].find(({ specialUse }) => specialUse === "all")
    const isKeptOut = shown.some(({ specialUse }) => specialUse === "junk" || specialUse === "trash")
    const everywhere = placement === "labels" && all !== undefined && !isKeptOut ? [...shown, all] : shown
    const [arrival = 0] = [...new Set(everywhere)].map((mailbox) => {
      const there = [...mailbox.messages].find(([, stored]) => stored === message)
      return there === undefined ? Account.show(mailbox, message) : there[0]
    })
    return arrival
  }

  const dateOfAppend = ({ bytes, internalDate }: AppendRequest, now: DateTime.Utc) => {
    if (capabilities.keepsInternalDate) return internalDate
    const given = capabilities.datesByHeader ? dateOf(headerField(bytes, "Date") ?? "") : Option.none()
    return Option.getOrElse(given, () => now)
  }

  const create = (path: MailboxPath, specialUse: Option.Option<SpecialUse>) => {
    const [first, ...rest] = path
    for (let depth = 0; depth <= rest.length; depth++) {
      const level: MailboxPath = [first, ...rest.slice(0, depth)]
      if (mailboxes.lookUp(level) !== undefined) continue
      const use = depth === rest.length ? Option.getOrUndefined(specialUse) : undefined
      account.writes++
      Account.addMailbox(account, { path: level, ...(use === undefined ? {} : { specialUse: use }) })
    }
  }

  const ensureMailbox: DestinationService["ensureMailbox"] = (path, specialUse) =>
    MemoryReader.turn(
      Effect.suspend(() => {
        const why = offence(path, names)
        return why === undefined
          ? Effect.sync(() => create(path, specialUse))
          : Effect.fail(refuse("ensureMailbox", new MailboxRejected({ detail: why, why: "name" })))
      })
    )

  /** Goes on with what an attempt before this one left, or begins; says `done` when all of it is there. */
  const inParts = Effect.fnUntraced(function* (request: AppendRequest, shown: Account.MemoryMailbox) {
    const before = Option.getOrUndefined(yield* request.ticket)
    const present = [...shown.messages].find(
      ([, { migrationKey }]) => before !== undefined && migrationKey === request.migrationKey
    )
    if (present === undefined) yield* request.note(pathKey([request.migrationKey, ...shown.path]))
    yield* request.spend(request.bytes.length)
    const message =
      present?.[1] ??
      Account.newMessage(account, {
        bytes: rebuilt(request.bytes),
        internalDate: options.dating ?? request.internalDate,
        migrationKey: request.migrationKey,
        unfinished: true,
        ...kept(request)
      })
    account.writes++
    const arrival = present?.[0] ?? Account.show(shown, message)
    yield* request.spend(1)
    const cut = options.cut?.()
    if (cut !== undefined) return yield* cut
    // It may have been begun with the marks of another time.
    Object.assign(message, { ...kept(request), unfinished: false })
    return {
      ...receipt(mailboxes.locator(shown, arrival, message)),
      ...(options.dating === undefined ? {} : { internalDate: options.dating })
    }
  })

  /** The message that a ticket of {@link inParts} stands for. */
  const partOf = (ticket: string) => {
    const [key, first = "", ...rest] = pathOfKey(ticket)
    const mailbox = mailboxes.lookUp([first, ...rest])
    const found = [...(mailbox?.messages ?? [])].find(([, { migrationKey }]) => migrationKey === key)
    return mailbox === undefined || found === undefined ? undefined : { mailbox, found }
  }

  const discard: DestinationService["discard"] = (ticket) =>
    MemoryReader.turn(
      Effect.sync(() => {
        const part = capabilities.leavesUnfinished ? partOf(ticket) : undefined
        if (part?.found[1].unfinished === true) part.mailbox.messages.delete(part.found[0])
      })
    )

  const append: DestinationService["append"] = Effect.fnUntraced(function* (request) {
    yield* Effect.yieldNow
    const shown = [yield* mailboxes.mailbox("append", request.mailbox)]
    for (const label of request.labels) shown.push(yield* mailboxes.mailbox("append", label))
    if (request.bytes.length > capabilities.maxMessageSize) {
      const over = new MessageRejected({ detail: "over the size limit", why: "too-large" })
      return yield* refuse("append", over)
    }
    if (used() + request.bytes.length > (options.quota ?? Infinity)) {
      return yield* refuse("append", new QuotaExceeded({ detail: "no room left" }))
    }
    if (capabilities.leavesUnfinished) return yield* inParts(request, shown[0]!)
    const ticket = `ticket-${account.nextTicket}`
    if (options.tickets === true) {
      account.nextTicket++
      yield* request.note(ticket)
    }
    const now = yield* DateTime.now
    const message =
      twinOf(request) ??
      Account.newMessage(account, {
        bytes: capabilities.keepsOctets ? request.bytes.slice() : rebuilt(request.bytes),
        internalDate: dateOfAppend(request, now),
        migrationKey: capabilities.findsByKey ? request.migrationKey : undefined,
        ...kept(request)
      })
    account.writes++
    const stored = receipt(mailboxes.locator(shown[0]!, showIn(shown, message), message))
    account.tickets.set(ticket, stored)
    return stored
  })

  const recall: DestinationService["recall"] = (ticket) =>
    MemoryReader.turn(
      Effect.sync(() => {
        if (!capabilities.leavesUnfinished) return Option.fromUndefinedOr(account.tickets.get(ticket))
        const part = partOf(ticket)
        if (part === undefined || part.found[1].unfinished) return Option.none()
        const { internalDate } = part.found[1]
        return Option.some({ ...receipt(mailboxes.locator(part.mailbox, ...part.found)), internalDate })
      })
    )

  const copy: DestinationService["copy"] = Effect.fnUntraced(function* (from, into) {
    yield* Effect.yieldNow
    const original = yield* mailboxes.present("copy", from.mailbox, from.locator)
    const mailbox = yield* mailboxes.mailbox("copy", into)
    account.writes++
    if (placement === "one-mailbox") {
      const message = Account.newMessage(account, original)
      return receipt(mailboxes.locator(mailbox, Account.show(mailbox, message), message))
    }
    const there = [...mailbox.messages.values()].includes(original)
    const arrival = there ? 0 : Account.show(mailbox, original)
    return receipt(mailboxes.locator(mailbox, arrival, original))
  })

  const addFlags: DestinationService["addFlags"] = Effect.fnUntraced(function* (message, flags) {
    yield* Effect.yieldNow
    const stored = yield* mailboxes.present("addFlags", message.mailbox, message.locator)
    const added = kept(flags)
    account.writes++
    for (const flag of added.flags) stored.flags.add(flag)
    for (const keyword of added.keywords) stored.keywords.add(keyword)
  })

  const find = Effect.fnUntraced(function* (path: MailboxPath, identity: Identity) {
    yield* Effect.yieldNow
    const mailbox = yield* mailboxes.mailbox("find", path)
    const whole = [...mailbox.messages].filter(([, { unfinished }]) => !unfinished)
    if (capabilities.findsByKey && identity.migrationKey !== undefined) {
      return whole
        .filter(([, { migrationKey }]) => migrationKey === identity.migrationKey)
        .map(([arrival, message]) =>
          mailboxes.summary(mailbox, mailboxes.locator(mailbox, arrival, message), message)
        )
    }
    const key = Option.isSome(identity.stableId) ? "stableId" : "messageId"
    const wanted = Option.getOrUndefined(identity[key])
    return whole
      .map(([arrival, message]) =>
        mailboxes.summary(mailbox, mailboxes.locator(mailbox, arrival, message), message)
      )
      .filter((summary) => wanted !== undefined && Option.getOrUndefined(summary[key]) === wanted)
  })

  return {
    ...reader,
    ...(options.cursorless === true ? { end: () => Effect.succeedNone } : {}),
    capabilities,
    ensureMailbox,
    append,
    copy,
    recall,
    discard,
    addFlags,
    find
  }
}

/** Each build is a new connection to the same account. */
export const layer = (
  account: Account.MemoryAccount,
  options: MemoryDestinationOptions & { readonly password?: string } = {}
): Layer.Layer<Destination, MailError> =>
  Layer.effect(
    Destination,
    Effect.as(connect(account, options.password ?? account.password), make(account, options))
  )
