import { invalidArgument } from "./ApiError.ts"
import type { GmailAccount } from "./GmailAccount.ts"
import { labelKey } from "./LabelName.ts"
import type { StoredMessage } from "./StoredMessage.ts"

export interface MessageSelection {
  readonly matches: (message: StoredMessage) => boolean
  /** Whether the selection itself asks for what lies in SPAM or TRASH. */
  readonly asksFor: ReadonlySet<string>
}

const inPlace: Readonly<Record<string, string>> = {
  inbox: "INBOX",
  sent: "SENT",
  draft: "DRAFT",
  drafts: "DRAFT",
  spam: "SPAM",
  trash: "TRASH",
  starred: "STARRED",
  important: "IMPORTANT",
  unread: "UNREAD"
}

const term = /(-?)([a-z\d]+):(?:"([^"]*)"|(\S+))|(\S+)/giu

/** `q`, as much of Gmail's search as a migration needs; a term not known is refused, never passed over. */
export const parseSearch = (account: GmailAccount, q: string, indexDelay: number): MessageSelection => {
  const asksFor = new Set<string>()
  const tests = [...q.matchAll(term)].map(([whole, minus, rawOperator, quoted, bare]) => {
    const operator = (rawOperator ?? "").toLowerCase()
    const value = quoted ?? bare ?? ""
    const test = testOf(account, operator, value, indexDelay, asksFor)
    if (test === undefined) throw invalidArgument(`The rehearsal Gmail does not know this search: ${whole}`)
    return minus === "-" ? (message: StoredMessage) => !test(message) : test
  })
  return { matches: (message) => tests.every((test) => test(message)), asksFor }
}

const testOf = (
  account: GmailAccount,
  operator: string,
  value: string,
  indexDelay: number,
  asksFor: Set<string>
): ((message: StoredMessage) => boolean) | undefined => {
  const labelled = (id: string) => {
    asksFor.add(id)
    return (message: StoredMessage) => message.has(id)
  }
  switch (operator) {
    case "rfc822msgid": {
      const wanted = value.replace(/^<|>$/gu, "")
      const indexed = Date.now() - indexDelay
      return ({ messageId, storedAt }) => messageId === `<${wanted}>` && storedAt <= indexed
    }
    case "in":
    case "is": {
      if (operator === "in" && value.toLowerCase() === "anywhere") {
        asksFor.add("SPAM").add("TRASH")
        return () => true
      }
      const id = inPlace[value.toLowerCase()]
      return id === undefined ? undefined : labelled(id)
    }
    case "label": {
      // Gmail's search writes spaces and slashes of a label's name as hyphens.
      const key = (name: string) => labelKey(name).replaceAll(/[\s/]/gu, "-")
      const label = account.labels.all.find(({ name }) => key(name) === key(value))
      return label === undefined ? () => false : labelled(label.id)
    }
    default:
      return undefined
  }
}
