import type { AppendReceipt, AppendRequest } from "@mailferry/core/Destination.ts"
import { fingerprintOf } from "@mailferry/core/Fingerprint.ts"
import { MailError, MessageRejected } from "@mailferry/core/MailError.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

import type { CategoryBook } from "../categories/CategoryBook.ts"
import type { GraphFailure } from "../graph/GraphFailure.ts"
import { readCreatedAs } from "../graph/Paged.ts"
import { type BuildOptions, buildMessage, type BuiltMessage } from "../message/GraphMessage.ts"
import { migrationState, propertyIds, verbProperties } from "../message/GraphProperties.ts"
import type { GraphProperty, GraphRequest } from "../message/GraphRequest.ts"
import { rungs } from "../message/RequestRungs.ts"
import { markedPartial } from "../message/RequestSize.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"
import type { O365Reader } from "../O365Reader.ts"
import { isPartial, StoredMessage, withKey } from "../StoredMessage.ts"
import { makeAttaching } from "./Attaching.ts"
import { defectsOf, shownDate } from "./Created.ts"
import { categoriesOf, markChange } from "./Marks.ts"
import type { ProbeResult } from "./Probe.ts"
import { readTicket, type Ticket, ticketText } from "./Ticket.ts"

const readMessage = readCreatedAs(StoredMessage)

/** What goes to Graph, and what its losses are besides those of the building. */
interface Form {
  readonly built: BuiltMessage
  readonly route: Ticket["route"]
}

const refused = (why: MessageRejected["why"], detail: string): MailError =>
  new MailError({ adapter: "o365", operation: "append", reason: new MessageRejected({ why, detail }) })

const isGone = ({ reason }: MailError): boolean => reason._tag === "MessageRejected" && reason.why === "gone"

const unreadLost = { kind: "flag-not-kept", detail: "\\Seen is not as it was at the source" }

/** What a message is marked with besides that it was read. */
interface Marks extends Partial<Pick<GraphRequest, "categories">> {
  readonly flag?: { readonly flagStatus: string }
  readonly properties?: ReadonlyArray<GraphProperty>
}

export interface JsonOptions extends Pick<BuildOptions, "original"> {
  readonly folder: string
  readonly isDraft: boolean
}

/**
 * Stores a message by one JSON request with the properties that only the creating request can set (graph.md section
 * 1.3), the attachments that have no room in it after that, and last the word that all is there.
 */
export const makeJsonRoute = (
  mailbox: O365Mailbox,
  reader: O365Reader,
  categories: CategoryBook,
  probed: ProbeResult
) => {
  const { mailboxPath, told, wire } = mailbox
  const attaching = makeAttaching(mailbox)
  const repeatable = { notRepeatable: false } as const

  const build = (request: AppendRequest, options: JsonOptions, route: Ticket["route"]) =>
    Effect.suspend(() => {
      const built = buildMessage(request.bytes, {
        flags: request.flags,
        keywords: request.keywords,
        categories: categoriesOf(request),
        internalDate: request.internalDate,
        key: request.migrationKey,
        isDraft: options.isDraft,
        asFile: route === "file",
        ...(options.original === undefined ? {} : { original: options.original })
      })
      return built._tag === "built"
        ? Effect.succeed<Form>({ built, route })
        : Effect.fail(refused("too-large", built.detail))
    })

  const patch = (id: string, request: AppendRequest, json: unknown) =>
    told(
      "append",
      wire.call("append", {
        method: "PATCH",
        path: `${mailboxPath}/messages/${encodeURIComponent(id)}`,
        json,
        spend: request.spend
      }),
      repeatable
    )

  /** Says that all of it is there, and that it is unread where the creating request could not; `marks` besides. */
  const finish = (id: string, request: AppendRequest, { properties = [], ...marks }: Marks = {}) =>
    patch(id, request, {
      ...marks,
      isRead: request.flags.has("\\Seen"),
      singleValueExtendedProperties: [...properties, { id: propertyIds.state, value: migrationState.done }]
    })

  const remove = (id: string, { spend }: AppendRequest) =>
    told(
      "append",
      wire.call("append", {
        method: "POST",
        path: `${mailboxPath}/messages/${encodeURIComponent(id)}/permanentDelete`,
        spend
      }),
      { ...repeatable, missing: "message" }
    )

  const receiptOf = (request: AppendRequest, message: StoredMessage): AppendReceipt => ({
    locator: Option.some(MessageLocator(message.id)),
    ...shownDate(request, message)
  })

  const post = (request: AppendRequest, folder: string, json: GraphRequest) =>
    wire.call("append", {
      method: "POST",
      path: `${mailboxPath}/mailFolders/${encodeURIComponent(folder)}/messages`,
      json,
      spend: request.spend,
      expects: 201
    })

  /** Exchange takes offence at what is in the message: with less in it, it may not. Some answer 400 to other troubles, too. */
  const isOffence = (failure: GraphFailure | MailError): Effect.Effect<boolean> =>
    failure._tag === "GraphFailure" && failure.status === 400
      ? Effect.map(
          Effect.flip(told("append", Effect.fail(failure))),
          ({ reason }) => reason._tag === "MessageRejected" && reason.why !== "too-large"
        )
      : Effect.succeed(false)

  /** What an attempt was refused for, when it was for what is in it. */
  const offenceOf = Effect.fnUntraced(function* <A>(attempt: Result.Result<A, GraphFailure | MailError>) {
    if (Result.isSuccess(attempt)) return undefined
    return (yield* isOffence(attempt.failure)) ? attempt.failure : undefined
  })

  /** Down the ladder of graph.md section 1.3: each rung with less in it, its losses written down before it is sent. */
  const create = Effect.fnUntraced(function* (
    request: AppendRequest,
    { folder }: JsonOptions,
    whole: GraphRequest,
    isRepeatable: boolean
  ) {
    let asked = whole
    let attempt = yield* Effect.result(post(request, folder, asked))
    let failure = yield* offenceOf(attempt)
    for (const rung of rungs(whole)) {
      if (failure === undefined) break
      for (const loss of rung.losses) yield* request.lose(loss)
      asked = rung.request
      attempt = yield* Effect.result(post(request, folder, asked))
      failure = yield* offenceOf(attempt)
    }
    if (failure !== undefined) return { _tag: "Refused", failure } as const
    const circumstance = { missing: "mailbox", ...(isRepeatable ? repeatable : {}) } as const
    const { json } = yield* told("append", Effect.fromResult(attempt), circumstance)
    return { _tag: "Created", asked, message: yield* readMessage("append", json) } as const
  })

  /** The rest of a message that is there in part, or only lacks the word that it is whole. */
  const complete = Effect.fnUntraced(function* (
    request: AppendRequest,
    message: StoredMessage,
    { built }: Form,
    done: number,
    marks?: Marks
  ) {
    yield* attaching.attach(message.id, built.later, done, request.spend)
    yield* finish(message.id, request, marks)
    return receiptOf(request, message)
  })

  /** What a folder holds with the message's key. One that is gone holds nothing. */
  const keyed = (folder: string, key: string, { spend }: AppendRequest) =>
    Effect.mapError(
      reader.search("find", folder, withKey(key), spend),
      ({ reason }) => new MailError({ adapter: "o365", operation: "append", reason })
    )

  const isNoFolder = ({ reason }: MailError): boolean =>
    reason._tag === "MailboxRejected" && reason.why === "missing"

  /** Parts of this message that will not be gone on with. Nobody else's mail has its key and is in part. */
  const removeParts = (request: AppendRequest, found: ReadonlyArray<StoredMessage>, but?: string) =>
    Effect.forEach(
      found.filter((message) => isPartial(message) && message.id !== but),
      ({ id }) => Effect.catchIf(remove(id, request), isGone, () => Effect.void),
      { discard: true }
    )

  /**
   * What an earlier attempt began. Its part is finished where it is this message's and in its place: a draft that was
   * edited since, or a folder that was renamed, has it begun anew.
   */
  const resume = Effect.fnUntraced(function* (request: AppendRequest, options: JsonOptions, ticket: Ticket) {
    const { folder } = options
    const found = yield* keyed(folder, ticket.key, request)
    if (ticket.folder !== folder) {
      const there = Effect.catchIf(keyed(ticket.folder, ticket.key, request), isNoFolder, () =>
        Effect.succeed([])
      )
      yield* removeParts(request, yield* there)
    }
    const whole = found.find((message) => !isPartial(message))
    const isSame = ticket.octets === undefined || ticket.octets === fingerprintOf(request.bytes)
    const part = whole === undefined && isSame ? found[0] : undefined
    yield* removeParts(request, found, part?.id)
    yield* categories.ensure(categoriesOf(request), request.spend)
    if (whole !== undefined) {
      const change = markChange(request, whole)
      if (change !== undefined) yield* patch(whole.id, request, change)
      return Option.some(receiptOf(request, whole))
    }
    if (part === undefined) return Option.none<AppendReceipt>()
    const form = yield* build(request, options, ticket.route)
    const present = yield* attaching.present(part.id, request.spend)
    const done = Math.max(0, present - form.built.small.length)
    // It was made with the marks of that time.
    const { categories: names, flag = { flagStatus: "notFlagged" } } = form.built.request
    const marks: Marks = { categories: names, flag, properties: verbProperties(request) }
    const receipt = yield* complete(request, part, form, done, marks)
    // A request whose answer was lost may have been carried out after the look for what it left.
    yield* removeParts(request, yield* keyed(folder, ticket.key, request), part.id)
    return Option.some(receipt)
  })

  const store = Effect.fnUntraced(function* (
    request: AppendRequest,
    options: JsonOptions,
    form: Form
  ): Effect.fn.Return<AppendReceipt, MailError> {
    const { built, route } = form
    const { folder, isDraft } = options
    for (const loss of built.losses) yield* request.lose(loss)
    yield* categories.ensure(built.request.categories, request.spend)
    const isPatched = !probed.keepsUnread && !request.flags.has("\\Seen") && !isDraft
    const inSteps = built.later.length > 0 || isPatched || route === "file" || request.alone === true
    const whole = inSteps && built.later.length === 0 ? markedPartial(built.request) : built.request
    if (inSteps) {
      const key = request.migrationKey
      // Of a ledger that was lost: nothing else leads to it.
      if (Option.isNone(yield* request.ticket))
        yield* removeParts(request, yield* keyed(folder, key, request))
      yield* request.note(ticketText({ folder, key, route, octets: fingerprintOf(request.bytes) }))
    }
    const result = yield* create(request, options, whole, inSteps)
    if (result._tag === "Refused") {
      if (route === "file") return yield* told("append", Effect.fail(result.failure))
      return yield* Effect.flatMap(build(request, options, "file"), (note) => store(request, options, note))
    }
    const { asked, message } = result
    const defects = defectsOf(asked, message, { folder, isDraft })
    if (defects.isWrongKind) {
      yield* Effect.ignore(remove(message.id, request))
      const kind = isDraft ? "a received message" : "a draft"
      return yield* refused("policy", `Exchange made ${kind} of it, which nothing can change afterwards`)
    }
    for (const loss of defects.losses) yield* request.lose(loss)
    if (inSteps) return yield* complete(request, message, form, 0)
    // It is there: no failure from here on may have it sent again.
    if (defects.isReadWrong && !isDraft)
      yield* Effect.catch(finish(message.id, request), () => request.lose(unreadLost))
    return receiptOf(request, message)
  })

  return Effect.fnUntraced(function* (request: AppendRequest, options: JsonOptions) {
    const ticket = readTicket(yield* request.ticket)
    const resumed =
      Option.isSome(ticket) && ticket.value.route !== "marked-after"
        ? yield* resume(request, options, ticket.value)
        : Option.none<AppendReceipt>()
    if (Option.isSome(resumed)) return resumed.value
    return yield* store(request, options, yield* build(request, options, "json"))
  })
}
