import type { AppendRequest } from "@mailferry/core/Destination.ts"
import * as Effect from "effect/Effect"

import type { GraphFailure } from "../graph/GraphFailure.ts"
import { readCreatedAs } from "../graph/Paged.ts"
import type { O365Mailbox } from "../O365Mailbox.ts"
import { StoredMessage } from "../StoredMessage.ts"
import type { Put } from "./MarkedAfter.ts"

/**
 * Octets of a draft that goes as MIME, at the most. Base64 makes 2.24 MB of it: above that, Graph was seen to answer 200
 * and to store nothing (microsoft-graph-docs#13979).
 */
export const largestMime = 1_680_000

const readMessage = readCreatedAs(StoredMessage)

/** Lines that end as RFC 5322 wants: a bare LF makes Graph answer UnableToDeserializePostBody. */
const withLineEnds = (octets: Uint8Array): Buffer => {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1")
  return Buffer.from(text.replaceAll(/\r\n|\r|\n/gu, "\r\n"), "latin1")
}

/** What Graph says to MIME that it cannot read: then the draft goes as JSON. */
const isUnreadable = (failure: GraphFailure | { readonly _tag: string }): boolean =>
  failure._tag === "GraphFailure" && "status" in failure && (failure.status === 400 || failure.status === 413)

/**
 * Stores a draft in its own MIME, which Graph makes drafts of and nothing else (graph.md section 1.2): for drafts that
 * is right, and keeps both of their bodies. None when Graph cannot read it. Goes to the mailbox's Drafts.
 */
export const makeDraftMime =
  ({ mailboxPath, told, wire }: O365Mailbox) =>
  ({ bytes, spend }: Pick<AppendRequest, "bytes" | "spend">) => {
    const octets = Buffer.from(withLineEnds(bytes).toString("base64"), "ascii")
    const posted = wire.call("append", {
      method: "POST",
      path: `${mailboxPath}/messages`,
      body: { octets, contentType: "text/plain" },
      spend,
      expects: 201
    })
    // Who repeats it looks first: its ticket is written down.
    return told(
      "append",
      Effect.catchIf(posted, isUnreadable, () => Effect.succeed(undefined)),
      {
        notRepeatable: false,
        missing: "mailbox"
      }
    ).pipe(
      Effect.flatMap((answer) =>
        answer === undefined
          ? Effect.succeed<Put>({ _tag: "Refused" })
          : Effect.map(readMessage("append", answer.json), (message): Put => ({ _tag: "Stored", message }))
      )
    )
  }
