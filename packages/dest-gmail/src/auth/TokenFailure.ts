import {
  AuthFailed,
  Fatal,
  MailError,
  type MailErrorReason,
  Throttled,
  Transient
} from "@mailferry/core/MailError.ts"

import type { TokenFault } from "./TokenFault.ts"

/** Whose token was asked for: what a refusal means and how it is mended depends on it. */
export interface TokenOwner {
  readonly kind: "sign-in" | "service-account"
  readonly user: string
  /** Of the service account: what an administrator finds it by. */
  readonly clientId?: string
}

/** The command that mends a sign-in. */
export const loginCommand = (user: string): string => `mailferry auth login gmail --user ${user}`

interface Known {
  readonly says: RegExp
  readonly advice: (owner: TokenOwner) => string
}

const signInAgain = ({ user }: TokenOwner): string => `Sign in again: ${loginCommand(user)}`

/**
 * What Google's words mean, specific before general; the first that fits counts. Matched against
 * `error: error_description`. https://developers.google.com/identity/protocols/oauth2#expiration
 */
const known: ReadonlyArray<Known> = [
  {
    says: /^invalid_grant: .*not a valid email/iu,
    advice: ({ user }) =>
      `There is no ${user} in this Workspace domain: write the user's primary address, not an alias.`
  },
  {
    says: /^invalid_grant: .*(?:invalid jwt|signature)/iu,
    advice: () =>
      "The service account's key was deleted or disabled, or this computer's clock is wrong: check the time, then make a new key in the console."
  },
  {
    says: /^invalid_grant: .*account not found/iu,
    advice: () => "The service account was deleted: make a new one and authorise it in the Admin console."
  },
  {
    says: /^(?:invalid_grant: .*(?:reauth|rapt)|invalid_rapt|rapt_required)/iu,
    advice: (owner) =>
      `The administrator limits how long a session lasts. ${signInAgain(owner)}. To have it last, use a service account.`
  },
  {
    says: /^invalid_grant/u,
    advice: (owner) =>
      owner.kind === "service-account"
        ? `Check that ${owner.user} exists in the domain, that the key is not deleted, and that this computer's clock is right.`
        : `Likely causes: the app is in "Testing", where tokens die after 7 days (publish it: docs/gmail-setup.md); the password of ${owner.user} was changed; access was revoked; it was unused for 6 months. ${signInAgain(owner)}`
  },
  {
    says: /^unauthorized_client/u,
    advice: (owner) =>
      owner.kind === "service-account"
        ? `An administrator authorises client ${owner.clientId ?? ""} and its exact scopes in the Admin console (it may take up to 24 h to take effect): mailferry auth delegation gmail --key FILE --user ${owner.user}`
        : `This OAuth client may not sign people in: make one of type "Desktop app" (docs/gmail-setup.md), then ${loginCommand(owner.user)} --client FILE`
  },
  {
    says: /^(?:invalid_client|deleted_client|disabled_client)/u,
    advice: (owner) =>
      `The OAuth client was deleted or its secret changed: download its JSON anew from the console, then ${loginCommand(owner.user)} --client FILE`
  },
  {
    says: /^(?:admin_policy_enforced|access_denied|org_internal)/u,
    advice: () => "The domain's administrator blocks this app: ask for it to be trusted in the Admin console."
  },
  {
    says: /^invalid_scope/u,
    advice: () =>
      "Google does not know a scope of the request: this is a fault of mailferry, please report it."
  }
]

/** Names of connection failures that another try may mend, by Node and by AbortSignal. Anything to do with a certificate is not among them. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|HOSTNAME/u

/** A redirect is not followed, and a page is no token. */
const notGoogle = new Fatal({
  detail: "something else answers in the place of the token endpoint",
  advice:
    "See whether this network wants a sign-in of its own, and check endpoint.token if the job file has one."
})

/** What a failed token request means. Pure; the words are Google's. */
export const reasonOfToken = (fault: TokenFault, owner: TokenOwner): MailErrorReason => {
  const { code, description, error, status } = fault
  const said = [error, description].filter((part) => part !== "").join(": ")
  if (status === undefined) {
    const detail = `the token endpoint cannot be reached${code === undefined ? "" : ` (${code})`}`
    return code !== undefined && certificate.test(code)
      ? new Fatal({ detail, advice: "Its certificate is not trusted: look for a proxy that opens TLS." })
      : new Transient({ detail, applied: "no" })
  }
  if (status < 400) return notGoogle
  const detail = said === "" ? `the token endpoint answers HTTP ${status}` : said
  if (status === 429) return new Throttled({ detail })
  if (status >= 500 || status === 408) return new Transient({ detail, applied: "no" })
  const match = known.find(({ says }) => says.test(said))
  if (match !== undefined) return new AuthFailed({ detail, advice: match.advice(owner) })
  return new AuthFailed({ detail, advice: signInAgain(owner) })
}

/** The error of a connection that gets no token. */
export const tokenError = (fault: TokenFault, owner: TokenOwner): MailError =>
  new MailError({ adapter: "gmail", operation: "connect", reason: reasonOfToken(fault, owner) })
