import { ArmedFaults } from "../http/ArmedFaults.ts"

export type FaultKind =
  | "backendError"
  | "badRequest"
  | "commitThen503"
  | "commitThenDrop"
  | "dropBeforeCommit"
  | "earlyReject"
  | "failedPrecondition"
  | "hang"
  | "html503"
  | "rateLimit"
  | "resourceExhausted"
  | "tooManyConcurrent"

type SwitchKind = "dailyLimit" | "disabledApi" | "domainPolicy" | "storageFull"

/** What is to go wrong next at Gmail. */
export class GmailFaults extends ArmedFaults<FaultKind, SwitchKind> {}
