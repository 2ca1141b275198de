import { invalidArgument } from "./ApiError.ts"
import type { GmailAccount } from "./GmailAccount.ts"
import { parseSearch } from "./MessageSearch.ts"
import type { StoredMessage } from "./StoredMessage.ts"

export interface ListRequest {
  readonly labelIds: ReadonlyArray<string>
  readonly q: string | undefined
  readonly includeSpamTrash: boolean
  readonly maxResults: number
  readonly pageToken: string | undefined
  /** Milliseconds until the search knows a message. */
  readonly indexDelay: number
}

interface Position {
  readonly date: number
  readonly id: string
}

const tokenOf = ({ internalDate, id }: StoredMessage): string =>
  Buffer.from(`${internalDate} ${id}`).toString("base64url")

const positionOf = (token: string): Position => {
  const match = /^(-?\d+) ([\da-f]+)$/u.exec(Buffer.from(token, "base64url").toString("latin1"))
  if (match === null) throw invalidArgument("Invalid pageToken")
  return { date: Number(match[1]), id: match[2] ?? "" }
}

/** A page token names the last message of its page: what arrives in between moves nothing to another page. */
const isAfter = (message: StoredMessage, { date, id }: Position): boolean =>
  message.internalDate < date || (message.internalDate === date && message.id < id)

export const listMessages = (account: GmailAccount, request: ListRequest): object => {
  for (const id of request.labelIds) {
    if (!account.labels.has(id)) throw invalidArgument(`Invalid label: ${id}`)
  }
  const search = parseSearch(account, request.q ?? "", request.indexDelay)
  const asked = new Set([...request.labelIds, ...search.asksFor])
  const shut = request.includeSpamTrash ? [] : ["SPAM", "TRASH"].filter((id) => !asked.has(id))
  const from = request.pageToken === undefined ? undefined : positionOf(request.pageToken)
  const page: Array<StoredMessage> = []
  let more = false
  for (const message of account.newestFirst) {
    if (from !== undefined && !isAfter(message, from)) continue
    if (!request.labelIds.every((id) => message.has(id)) || shut.some((id) => message.has(id))) continue
    if (!search.matches(message)) continue
    if (page.length === request.maxResults) {
      more = true
      break
    }
    page.push(message)
  }
  const last = page.at(-1)
  return {
    ...(page.length === 0 ? {} : { messages: page.map(({ id, threadId }) => ({ id, threadId })) }),
    ...(more && last !== undefined ? { nextPageToken: tokenOf(last) } : {}),
    // An estimate at Google's too, and a bad one: it says 201 whenever there are more than fit.
    resultSizeEstimate: more ? 201 : page.length
  }
}
