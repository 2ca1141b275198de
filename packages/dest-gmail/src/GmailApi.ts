import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import { MailError, type Operation } from "@mailferry/core/MailError.ts"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import { gmailReason } from "./GmailErrors.ts"
import { type GmailFailure, strangeAnswer } from "./GmailFailure.ts"
import { type GmailMessage, type Stored, uploadAtOnce, type UploadMethod } from "./GmailUpload.ts"
import type { GmailWire } from "./GmailWire.ts"
import type { GmailLabel, LabelPort } from "./labels/LabelPort.ts"
import { labelRefusal } from "./labels/LabelRefusal.ts"
import { rawOctets } from "./RawAnswer.ts"
import { askSession, uploadInSession } from "./ResumableSession.ts"

/** What to list: messages that have all of these labels. */
export interface ListQuery {
  readonly labelIds: ReadonlyArray<string>
  /** Whether messages in Spam and in Trash are listed too. */
  readonly everywhere: boolean
  readonly pageToken?: string
  /** As in the search box of the web interface. */
  readonly search?: string
}

export interface ListedPage {
  readonly ids: ReadonlyArray<string>
  readonly nextPageToken: string | undefined
}

/** What can be known of a message without its octets. */
export interface MessageFacts {
  readonly id: string
  readonly labelIds: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly internalDate: number
  /** Octets, about: Gmail counts what it makes of a message. */
  readonly sizeEstimate: number
  /** Value of a header field, unfolded; the first when there are several. Of {@link readFields} alone. */
  readonly field: (name: string) => Option.Option<string>
}

/** One method for each call to Gmail that the adapter makes. None repeats anything. */
export interface GmailApi {
  /** The address of the account that the credentials open. */
  readonly emailAddress: Effect.Effect<string, MailError>
  /** The account's interface language, as in `pt-BR`: its names for Gmail's own labels are taken. */
  readonly language: Effect.Effect<string, MailError>
  readonly labels: LabelPort
  readonly list: (operation: Operation, query: ListQuery) => Effect.Effect<ListedPage, MailError>
  readonly octets: (operation: Operation, id: string) => Effect.Effect<Uint8Array, MailError>
  readonly facts: (operation: Operation, id: string) => Effect.Effect<MessageFacts, MailError>
  readonly modify: (
    operation: Operation,
    id: string,
    change: { readonly add?: ReadonlyArray<string>; readonly remove?: ReadonlyArray<string> }
  ) => Effect.Effect<void, MailError>
  readonly uploadAtOnce: (message: GmailMessage) => Effect.Effect<Stored, MailError>
  readonly uploadInSession: (
    message: GmailMessage,
    note: (ticket: string) => Effect.Effect<void, MailError>
  ) => Effect.Effect<Stored, MailError>
  readonly askSession: (ticket: string) => Effect.Effect<Option.Option<Stored>, MailError>
}

export interface ApiOptions {
  readonly user: string
  readonly method: UploadMethod
  readonly sentInstead: MailboxPath
}

/** Messages on one page of a listing: Gmail's most. */
const pageSize = 500

/** Header fields that are asked for. */
const readFields = ["Message-ID", "X-Pm-Internal-Id", "Subject"]

const me = { userId: "me" }

/** The answer as an object: a page of a network that wants a sign-in must not pass for an empty mailbox. */
const isAnswer = <A>(data: A): data is A & object => typeof data === "object" && data !== null

const strings = (
  values: ReadonlyArray<string | null | undefined> | null | undefined
): ReadonlyArray<string> => values?.filter((value) => typeof value === "string") ?? []

/** The calls over a wire, their failures told as MailError. */
export const makeGmailApi = (wire: GmailWire, options: ApiOptions): GmailApi => {
  const { method, sentInstead, user } = options

  const errorOf = (operation: Operation, failure: GmailFailure) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.fail(
        new MailError({
          adapter: "gmail",
          operation,
          reason: gmailReason(failure, { operation, user, now, sentInstead })
        })
      )
    )

  const told = <A>(
    operation: Operation,
    call: Effect.Effect<A, GmailFailure | MailError>
  ): Effect.Effect<A, MailError> =>
    Effect.catch(call, (error) =>
      error._tag === "GmailFailure" ? errorOf(operation, error) : Effect.fail(error)
    )

  const answer = <A>(operation: Operation, send: Parameters<typeof wire.request<A>>[1]) =>
    wire
      .request(operation, send)
      .pipe(
        Effect.filterOrFail(isAnswer, () => strangeAnswer("the answer is not Gmail's: a page, or nothing"))
      )

  const ask = <A>(operation: Operation, send: Parameters<typeof wire.request<A>>[1]) =>
    told(operation, answer(operation, send))

  const create: LabelPort["create"] = (label) =>
    told(
      "ensureMailbox",
      answer("ensureMailbox", async ({ client, options: call }) => {
        const { data } = await client.users.labels.create({ ...me, requestBody: label }, call)
        return data
      }).pipe(
        Effect.map(({ id, name }): GmailLabel => ({ id: id ?? "", name: name ?? label.name, type: "user" })),
        Effect.catchIf(
          (error) => error._tag === "GmailFailure" && refusalOf(error) !== undefined,
          (error) => {
            const refused = error._tag === "GmailFailure" ? refusalOf(error) : undefined
            return refused === undefined ? Effect.fail(error) : Effect.succeed(refused)
          }
        )
      )
    )

  return {
    emailAddress: Effect.map(
      ask("connect", async ({ client, options: call }) => {
        const { data } = await client.users.getProfile(me, call)
        return data
      }),
      ({ emailAddress }) => emailAddress ?? ""
    ),
    language: Effect.map(
      ask("connect", async ({ client, options: call }) => {
        const { data } = await client.users.settings.getLanguage(me, call)
        return data
      }),
      ({ displayLanguage }) => displayLanguage ?? ""
    ),
    labels: {
      list: Effect.map(
        ask("listMailboxes", async ({ client, options: call }) => {
          const { data } = await client.users.labels.list(me, call)
          return data
        }),
        ({ labels = [] }) =>
          labels.map(({ id, name, type }): GmailLabel => ({
            id: id ?? "",
            name: name ?? "",
            type: type === "system" ? "system" : "user"
          }))
      ),
      create
    },
    list: (operation, { everywhere, labelIds, pageToken, search }) =>
      Effect.map(
        ask(operation, async ({ client, options: call }) => {
          const { data } = await client.users.messages.list(
            {
              ...me,
              maxResults: pageSize,
              includeSpamTrash: everywhere,
              fields: "messages/id,nextPageToken",
              ...(labelIds.length === 0 ? {} : { labelIds: [...labelIds] }),
              ...(pageToken === undefined ? {} : { pageToken }),
              ...(search === undefined ? {} : { q: search })
            },
            call
          )
          return data
        }),
        ({ messages, nextPageToken }) => ({
          ids: strings(messages?.map(({ id }) => id)),
          nextPageToken: nextPageToken ?? undefined
        })
      ),
    octets: (operation, id) =>
      told(
        operation,
        wire
          .request(operation, async ({ client, options: call }) => {
            const { data } = await client.users.messages.get(
              { ...me, id, format: "raw", fields: "raw" },
              { ...call, responseType: "stream" }
            )
            return await rawOctets(data)
          })
          .pipe(
            Effect.filterOrFail(
              (octets) => octets !== undefined,
              () => strangeAnswer("the answer holds no message")
            )
          )
      ),
    facts: (operation, id) =>
      Effect.map(
        ask(operation, async ({ client, options: call }) => {
          const { data } = await client.users.messages.get(
            { ...me, id, format: "metadata", metadataHeaders: readFields },
            call
          )
          return data
        }),
        ({ internalDate, labelIds, payload, sizeEstimate }) => ({
          id,
          labelIds: strings(labelIds),
          internalDate: Number(internalDate ?? 0),
          sizeEstimate: sizeEstimate ?? 0,
          field: (wanted) =>
            Option.fromNullishOr(
              payload?.headers
                ?.find(({ name }) => name?.toLowerCase() === wanted.toLowerCase())
                ?.value?.replaceAll(/\r?\n/gu, "")
                .trim()
            )
        })
      ),
    modify: (operation, id, { add = [], remove = [] }) =>
      Effect.asVoid(
        ask(operation, async ({ client, options: call }) => {
          const { data } = await client.users.messages.modify(
            { ...me, id, fields: "id", requestBody: { addLabelIds: [...add], removeLabelIds: [...remove] } },
            call
          )
          return data
        })
      ),
    uploadAtOnce: (message) => told("append", uploadAtOnce(wire, method, message)),
    uploadInSession: (message, note) => told("append", uploadInSession(wire, method, message, note)),
    askSession: (ticket) => told("recall", askSession(wire, ticket))
  }
}

const refusalOf = ({ status = 0, text }: GmailFailure) => labelRefusal({ status, message: text })
