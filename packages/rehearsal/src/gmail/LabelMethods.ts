import type { ApiCall, ApiMethod } from "./ApiMethod.ts"
import { gmailScope } from "./GmailScope.ts"

const { full, labels, metadata, modify, readonly } = gmailScope
const reading = [full, labels, metadata, modify, readonly]
const writing = [full, labels, modify]
const fields = [
  "id",
  "name",
  "type",
  "messageListVisibility",
  "labelListVisibility",
  "color",
  "messagesTotal",
  "messagesUnread",
  "threadsTotal",
  "threadsUnread"
]

const placed = ({ places }: ApiCall): string => places["id"] ?? ""

export const labelMethods: ReadonlyArray<ApiMethod> = [
  {
    id: "labels.list",
    verb: "GET",
    path: "labels",
    units: 1,
    scopes: reading,
    handle: ({ user }) => ({ labels: user.account.labels.all })
  },
  {
    id: "labels.get",
    verb: "GET",
    path: "labels/{id}",
    units: 1,
    scopes: reading,
    handle: (call) => {
      const { account } = call.user
      return { ...account.labels.get(placed(call)), ...account.counts(placed(call)) }
    }
  },
  {
    id: "labels.create",
    verb: "POST",
    path: "labels",
    units: 5,
    scopes: writing,
    fields,
    type: "label",
    handle: ({ user, body }) => user.account.labels.create(body)
  },
  {
    id: "labels.update",
    verb: "PUT",
    path: "labels/{id}",
    units: 5,
    scopes: writing,
    fields,
    type: "label",
    handle: (call) => call.user.account.labels.change(placed(call), call.body, true)
  },
  {
    id: "labels.patch",
    verb: "PATCH",
    path: "labels/{id}",
    units: 5,
    scopes: writing,
    fields,
    type: "label",
    handle: (call) => call.user.account.labels.change(placed(call), call.body, false)
  },
  {
    id: "labels.delete",
    verb: "DELETE",
    path: "labels/{id}",
    units: 5,
    scopes: writing,
    handle: (call) => call.user.account.deleteLabel(placed(call))
  }
]
