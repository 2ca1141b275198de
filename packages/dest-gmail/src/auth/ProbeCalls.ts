import { Readable } from "node:stream"

import { MailError } from "@mailferry/core/MailError.ts"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

import { gmailReason } from "../GmailErrors.ts"
import { type GmailFailure, strangeAnswer } from "../GmailFailure.ts"
import { makeGmailWire, type Sending } from "../GmailWire.ts"
import type { GoogleUrls } from "./GoogleEndpoint.ts"
import type { GoogleTokens } from "./GoogleTokens.ts"

/** A person waits for these answers. */
const patience = Duration.seconds(10)

/** The few calls that show what a right to a mailbox is worth, their errors told as core knows them. The scope closes the connections. */
export const openProbeCalls = Effect.fnUntraced(function* (
  user: string,
  urls: GoogleUrls,
  tokens: GoogleTokens
) {
  const wire = yield* makeGmailWire({ rootUrl: urls.api, tokens, sockets: 3, timeout: patience })
  const told = (error: GmailFailure | MailError): Effect.Effect<never, MailError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.fail(
        error._tag === "MailError"
          ? error
          : new MailError({
              adapter: "gmail",
              operation: "connect",
              reason: gmailReason(error, { operation: "connect", user, now, sentInstead: ["Sent"] })
            })
      )
    )
  const call = <A>(send: (sending: Sending) => Promise<A>): Effect.Effect<A, MailError> =>
    Effect.catch(wire.request("connect", send), told)
  return {
    /** The mailbox's own address. */
    address: call(async ({ client, options }) => {
      const { data } = await client.users.getProfile({ userId: "me" }, options)
      return data.emailAddress ?? "nobody"
    }),
    /** How many labels there are. */
    labels: call(async ({ client, options }) => {
      const { data } = await client.users.labels.list({ userId: "me" }, options)
      return data.labels?.length ?? 0
    }),
    /** How many messages INBOX holds. */
    inbox: call(async ({ client, options }) => {
      const { data } = await client.users.labels.get({ userId: "me", id: "INBOX" }, options)
      return data.messagesTotal ?? 0
    }),
    /** Stores a message without a label, so that it shows up in no mailbox but All Mail. Answers with its id. */
    store: (octets: Buffer) =>
      wire
        .upload(
          "connect",
          () => Readable.from([octets]),
          async ({ client, options }, body) => {
            const { data } = await client.users.messages.import(
              {
                userId: "me",
                neverMarkSpam: true,
                internalDateSource: "dateHeader",
                fields: "id",
                requestBody: { labelIds: [] },
                media: { mimeType: "message/rfc822", body }
              },
              options
            )
            return data.id
          }
        )
        .pipe(
          Effect.catch(told),
          Effect.flatMap((id) =>
            typeof id === "string" ? Effect.succeed(id) : told(strangeAnswer("no id came back"))
          )
        ),
    trash: (id: string) =>
      call(async ({ client, options }) => {
        await client.users.messages.trash({ userId: "me", id }, options)
      })
  }
})
