import { SpillDirectory } from "../http/Octets.ts"
import { AccessTokens } from "./AccessTokens.ts"
import { GmailAccount } from "./GmailAccount.ts"
import { GmailFaults } from "./GmailFaults.ts"
import { knownScopes } from "./GmailScope.ts"
import { newStats } from "./GmailStats.ts"
import type { GmailUser, GmailWorld } from "./GmailWorld.ts"
import type { JoinRule, SentRule } from "./LabelRules.ts"
import { QuotaMinute } from "./QuotaMinute.ts"
import { type AccountLanguage, reservedLabelNames } from "./ReservedLabelNames.ts"
import { ResumableSessions } from "./ResumableSessions.ts"
import type { OAuthClient } from "./signin/Grants.ts"
import type { SignInSettings } from "./signin/SignIn.ts"
import { UserHold } from "./UserHold.ts"

/** Someone of a Workspace domain. */
export interface DomainUser {
  readonly email: string
  /** False for an account without Gmail: `Mail service not enabled`. */
  readonly mailService?: boolean
}

export interface RehearsalGmailOptions {
  /** 0, the default, for any free port. */
  readonly port?: number
  /** `you@gmail.com` unless said. */
  readonly user?: string
  /** Others with an account, each with a mailbox and a quota of its own. */
  readonly users?: ReadonlyArray<string | DomainUser>
  /** Units per user: 6,000 unless said, as projects have it that were made since May 2026; 15,000 for older ones. */
  readonly quotaPerMinute?: number
  /** With it the quota is a bucket of so many units that fills at `quotaPerMinute`; without it a sliding minute. */
  readonly burst?: number
  /** Units per minute of all users together: 1,200,000 unless said. */
  readonly quotaPerMinuteAndProject?: number
  /** Calls of one user at once before `Too many concurrent requests for user`: 50 unless said; Google says no number. */
  readonly concurrentPerUser?: number
  /** What each call takes, half of it before it is carried out; 0 unless said. */
  readonly latencyMillis?: number
  /** How many times faster than the clock the quota's minute and a hold's quarter of an hour pass; 1 unless said. */
  readonly clockScale?: number
  /** Until `rfc822msgid:` finds a new message: 2,000 unless said, as it is at Google's. */
  readonly indexDelayMillis?: number
  /** `allow` unless said. */
  readonly sentRule?: SentRule
  /** System labels that are refused on messages brought in, as IMPORTANT is on some accounts. None unless said. */
  readonly refusedLabels?: ReadonlyArray<string>
  /** True unless said. */
  readonly importDeduplicates?: boolean
  /** `moves` unless said. */
  readonly joinRule?: JoinRule
  /** Whether `format=raw` gives back what was sent: true unless said. Otherwise with a Received field and CRLF throughout. */
  readonly byteExactRaw?: boolean
  /** The account's language, whose names for Gmail's own labels are reserved too; `en` unless said. */
  readonly language?: AccountLanguage
  /** 10,000 unless said, Gmail's own included. */
  readonly maxLabels?: number
  /** Messages of more bytes are kept in files instead of in memory: 1 MiB unless said. */
  readonly inMemoryBytes?: number
  /** The OAuth client applications sign in with; its type is Desktop. */
  readonly client?: OAuthClient
  /** Seconds an access token lives: 3,600 unless said. */
  readonly accessTokenSeconds?: number
  /** Scopes the administrator entered for the service account: all of them unless said. */
  readonly delegatedScopes?: ReadonlyArray<string>
}

const accountsOf = (options: RehearsalGmailOptions): ReadonlyMap<string, GmailUser> => {
  const { user = "you@gmail.com", users = [], quotaPerMinute = 6000, burst, clockScale = 1 } = options
  const everyone = [user, ...users].map((each) => (typeof each === "string" ? { email: each } : each))
  const reserved = reservedLabelNames(options.language ?? "en")
  return new Map(
    everyone.map(({ email, mailService = true }: DomainUser) => [
      email.toLowerCase(),
      {
        account: new GmailAccount(email, reserved, options.maxLabels ?? 10_000),
        quota: new QuotaMinute(quotaPerMinute, burst, clockScale),
        hold: new UserHold(clockScale),
        mailService,
        inFlight: 0
      }
    ])
  )
}

/** A server's beginning: nothing in it but its accounts. Its URL is known once it listens. */
export const worldOf = (options: RehearsalGmailOptions): GmailWorld => {
  const spill = new SpillDirectory(options.inMemoryBytes ?? 1_048_576, "gmail")
  const { quotaPerMinuteAndProject = 1_200_000, clockScale = 1 } = options
  return {
    users: accountsOf(options),
    tokens: new AccessTokens(),
    projectQuota: new QuotaMinute(quotaPerMinuteAndProject, undefined, clockScale),
    project: "123456789012",
    sessions: new ResumableSessions(spill),
    spill,
    faults: new GmailFaults(),
    rules: {
      sentRule: options.sentRule ?? "allow",
      refusedLabels: new Set(options.refusedLabels),
      importDeduplicates: options.importDeduplicates ?? true,
      joinRule: options.joinRule ?? "moves"
    },
    stats: newStats(),
    requests: [],
    latency: options.latencyMillis ?? 0,
    concurrentPerUser: options.concurrentPerUser ?? 50,
    indexDelay: options.indexDelayMillis ?? 2000,
    byteExactRaw: options.byteExactRaw ?? true,
    language: options.language ?? "en",
    url: "",
    hook: undefined
  }
}

export const signInOf = (options: RehearsalGmailOptions): SignInSettings => ({
  client: options.client ?? {
    id: "123456789012-rehearsal.apps.googleusercontent.com",
    secret: "GOCSPX-rehearsal-secret"
  },
  serviceAccount: {
    email: "mover@rehearsal-project.iam.gserviceaccount.com",
    clientId: "109876543210987654321"
  },
  delegatedScopes: new Set(options.delegatedScopes ?? knownScopes),
  accessTokenLife: options.accessTokenSeconds ?? 3600
})
