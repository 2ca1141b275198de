import { ApiError, invalidArgument } from "./ApiError.ts"
import type { ApiCall, ApiMethod } from "./ApiMethod.ts"
import type { GmailAccount } from "./GmailAccount.ts"
import { gmailScope } from "./GmailScope.ts"
import { type JsonObject, stringsOf } from "./JsonBody.ts"
import { changed, checkedChange, type LabelChange } from "./LabelRules.ts"
import { listMessages } from "./MessageList.ts"
import { messageView } from "./MessageView.ts"
import type { StoredMessage } from "./StoredMessage.ts"

const { compose, full, metadata, modify, readonly } = gmailScope
const reading = [full, metadata, modify, readonly]

/** At most so many messages in one batchModify or batchDelete. */
const mostInBatch = 1000

const shown = ({ id, threadId, labelIds }: StoredMessage): object => ({
  id,
  threadId,
  labelIds: [...labelIds]
})

const placed = ({ user, places }: ApiCall): StoredMessage => user.account.message(places["id"] ?? "")

const changeOf = (account: GmailAccount, body: JsonObject): LabelChange =>
  checkedChange(account.labels, stringsOf(body, "addLabelIds"), stringsOf(body, "removeLabelIds"))

const relabelled = (account: GmailAccount, message: StoredMessage, change: LabelChange): object => {
  account.relabel(message, changed(message.labelIds, change))
  return shown(message)
}

const batch = ({ user, body }: ApiCall): ReadonlyArray<StoredMessage> => {
  const ids = stringsOf(body, "ids")
  if (ids.length === 0) throw invalidArgument("No message ids specified")
  if (ids.length > mostInBatch) throw invalidArgument(`Too many message ids: at most ${mostInBatch}`)
  // One that is not there is passed over: the call gives no guarantee that messages exist.
  const known = new Map(user.account.messages.map((message) => [message.id, message]))
  return ids.flatMap((id) => known.get(id) ?? [])
}

const refusedByMetadata = (message: string): ApiError =>
  new ApiError({ code: 403, message, reason: "forbidden" })

export const messageMethods: ReadonlyArray<ApiMethod> = [
  {
    id: "getProfile",
    verb: "GET",
    path: "profile",
    units: 1,
    scopes: [compose, full, metadata, modify, readonly],
    handle: ({ user: { account } }) => ({
      emailAddress: account.email,
      messagesTotal: account.messages.length,
      threadsTotal: account.threadsTotal,
      historyId: String(account.history.latest)
    })
  },
  {
    id: "messages.list",
    verb: "GET",
    path: "messages",
    units: 5,
    scopes: reading,
    parameters: ["labelIds", "q", "includeSpamTrash", "maxResults", "pageToken"],
    handle: ({ world, user, token, query }) => {
      const q = query.text("q")
      // One with gmail.metadata has only what that allows, whatever else it was granted.
      if (q !== undefined && token.scopes.has(metadata)) {
        throw refusedByMetadata("Metadata scope does not support 'q' parameter")
      }
      return listMessages(user.account, {
        labelIds: query.list("labelIds"),
        q,
        includeSpamTrash: query.flag("includeSpamTrash"),
        maxResults: query.count("maxResults", 100, 500),
        pageToken: query.text("pageToken"),
        indexDelay: world.indexDelay
      })
    }
  },
  {
    id: "messages.get",
    verb: "GET",
    path: "messages/{id}",
    units: 20,
    scopes: reading,
    parameters: ["format", "metadataHeaders"],
    handle: (call) => {
      const { world, token, query } = call
      const format =
        query.oneOf("format", ["minimal", "full", "raw", "metadata", "MINIMAL", "FULL", "RAW", "METADATA"]) ??
        "full"
      const lower = format.toLowerCase() as Lowercase<typeof format>
      if (token.scopes.has(metadata) && (lower === "full" || lower === "raw")) {
        throw refusedByMetadata(`Metadata scope doesn't allow format ${lower.toUpperCase()}`)
      }
      return messageView(placed(call), lower, query.list("metadataHeaders"), world.byteExactRaw)
    }
  },
  {
    id: "messages.modify",
    verb: "POST",
    path: "messages/{id}/modify",
    units: 5,
    scopes: [full, modify],
    fields: ["addLabelIds", "removeLabelIds"],
    handle: (call) => {
      const { account } = call.user
      const change = changeOf(account, call.body)
      return relabelled(account, placed(call), change)
    }
  },
  {
    id: "messages.batchModify",
    verb: "POST",
    path: "messages/batchModify",
    units: 50,
    scopes: [full, modify],
    fields: ["ids", "addLabelIds", "removeLabelIds"],
    handle: (call) => {
      const { account } = call.user
      const change = changeOf(account, call.body)
      for (const message of batch(call)) relabelled(account, message, change)
      return undefined
    }
  },
  {
    id: "messages.trash",
    verb: "POST",
    path: "messages/{id}/trash",
    units: 20,
    scopes: [full, modify],
    handle: (call) =>
      relabelled(call.user.account, placed(call), { add: new Set(["TRASH"]), remove: new Set() })
  },
  {
    id: "messages.untrash",
    verb: "POST",
    path: "messages/{id}/untrash",
    units: 5,
    scopes: [full, modify],
    handle: (call) =>
      relabelled(call.user.account, placed(call), { add: new Set(), remove: new Set(["TRASH"]) })
  },
  {
    id: "messages.delete",
    verb: "DELETE",
    path: "messages/{id}",
    units: 10,
    scopes: [full],
    handle: (call) => call.user.account.delete(placed(call))
  },
  {
    id: "messages.batchDelete",
    verb: "POST",
    path: "messages/batchDelete",
    units: 50,
    scopes: [full],
    fields: ["ids"],
    handle: (call) => {
      for (const message of batch(call)) call.user.account.delete(message)
    }
  },
  {
    id: "history.list",
    verb: "GET",
    path: "history",
    units: 2,
    scopes: reading,
    parameters: ["startHistoryId", "historyTypes", "labelId", "maxResults", "pageToken"],
    handle: ({ user, query }) => {
      const after = query.text("startHistoryId")
      if (after === undefined || !/^\d{1,19}$/u.test(after)) {
        throw invalidArgument("Missing or invalid startHistoryId parameter")
      }
      const { history } = user.account
      const page = history.page({
        after: BigInt(after),
        types: query.list("historyTypes"),
        labelId: query.text("labelId"),
        most: query.count("maxResults", 100, 500),
        skip: query.count("pageToken", 0, Number.MAX_SAFE_INTEGER)
      })
      const { history: records, ...rest } = page
      return {
        ...(records.length === 0 ? {} : { history: records }),
        ...rest,
        historyId: String(history.latest)
      }
    }
  }
]
