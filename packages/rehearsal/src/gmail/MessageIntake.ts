import type { Octets } from "../http/Octets.ts"
import { ApiError, invalidArgument, notFound } from "./ApiError.ts"
import { holdsBlockedAttachment } from "./BlockedAttachment.ts"
import type { GmailAccount } from "./GmailAccount.ts"
import { joined, type JoinRule, type LabelRuleOptions, labelsOfNew, merged } from "./LabelRules.ts"
import { type MessageHead, readHead } from "./MessageHead.ts"
import type { StoredMessage } from "./StoredMessage.ts"

export interface IntakeRules extends LabelRuleOptions {
  /** Whether import takes a message with a Message-ID that is there for that message and merges the labels. */
  readonly importDeduplicates: boolean
  readonly joinRule: JoinRule
}

export interface Intake {
  readonly kind: "import" | "insert" | "draft"
  readonly octets: Octets
  readonly labelIds: ReadonlyArray<string>
  readonly threadId: string | undefined
  /** Undefined for the default, which is not the same for import and insert. */
  readonly internalDateSource: "dateHeader" | "receivedTime" | undefined
  readonly neverMarkSpam: boolean
}

const checkFrom = (head: MessageHead): void => {
  if (head.fromFields !== 1) throw invalidArgument("Expected a single 'From' header")
  if (head.from.length === 0) throw invalidArgument("Invalid From header")
}

const checkContent = (octets: Octets): void => {
  if (octets.size === 0) {
    throw invalidArgument(
      "'raw' RFC822 payload message string or uploading message via /upload/* URL required"
    )
  }
  if (holdsBlockedAttachment(octets)) {
    throw invalidArgument("Invalid attachment. Please check https://support.google.com/mail/answer/6590.")
  }
}

const labelsFor = (
  account: GmailAccount,
  intake: Intake,
  head: MessageHead,
  rules: IntakeRules
): ReadonlySet<string> => {
  if (intake.kind === "draft") {
    if (intake.labelIds.length > 0) throw invalidArgument("Labels cannot be set on drafts")
    return new Set(["DRAFT"])
  }
  const own = head.from.includes(account.email.toLowerCase())
  const asked = labelsOfNew(account.labels, intake.labelIds, own, rules)
  if (intake.kind === "insert")
    return own && rules.sentRule !== "refuse" ? new Set([...asked, "SENT"]) : asked
  const spam = !intake.neverMarkSpam && head.spam
  return spam ? merged(asked, new Set(["SPAM"])) : asked
}

const threadFor = (account: GmailAccount, intake: Intake, head: MessageHead): string | undefined => {
  if (intake.threadId !== undefined) {
    if (!account.hasThread(intake.threadId)) throw notFound()
    return intake.threadId
  }
  return intake.kind === "insert" ? undefined : account.threadOf(head)
}

/** Takes a message in as the real service does, or refuses it. What comes back may have been there already. */
export const takeIn = (account: GmailAccount, intake: Intake, rules: IntakeRules): StoredMessage => {
  const { kind, octets } = intake
  checkContent(octets)
  const head = readHead(octets)
  // A draft may still lack its sender.
  if (kind !== "draft") checkFrom(head)
  const labelIds = labelsFor(account, intake, head, rules)
  const { messageId } = head
  const [twin] =
    kind === "import" && rules.importDeduplicates && messageId !== undefined
      ? account.withMessageId(messageId)
      : []
  if (twin !== undefined) {
    twin.merges += 1
    account.relabel(twin, joined(twin.labelIds, labelIds, rules.joinRule))
    return twin
  }
  const source = intake.internalDateSource ?? (kind === "import" ? "dateHeader" : "receivedTime")
  const internalDate = (source === "dateHeader" ? head.date : undefined) ?? Date.now()
  const threadId = threadFor(account, intake, head)
  return account.add({ octets, head, labelIds, internalDate, threadId, by: kind })
}

/** Nobody knows Gmail's words for a full account; these are Drive's, with which it shares its storage. */
export const storageExceeded = (): ApiError =>
  new ApiError({
    code: 403,
    message: "The user's storage quota has been exceeded.",
    reason: "storageQuotaExceeded"
  })
