/** Whose token was asked for: what a refusal means and how it is mended depends on it. */
export interface TokenOwner {
  readonly kind: "application" | "sign-in"
  readonly user: string
  /** The application's id. */
  readonly client: string
  /** `common`, `organizations`, `consumers`, or a directory's id or domain. */
  readonly tenant: string
  /** Where an administrator lets the application in for everybody. */
  readonly adminConsent: string
}

/** The command that mends a sign-in. */
export const loginCommand = (user: string): string => `mailferry auth login o365 --user ${user}`

/** What a number behind AADSTS says, and what to do. */
export interface EntraWords {
  readonly says: string
  readonly next: (owner: TokenOwner) => string
}

const guide = "(docs/o365-setup.md)"

/** For all that a new sign-in mends; an application has none. */
export const signInAgain = ({ client, kind, user }: TokenOwner): string =>
  kind === "sign-in"
    ? `Sign in again: ${loginCommand(user)}`
    : `Look at the application's registration at entra.microsoft.com: ${client} ${guide}.`

const byBrowser = (owner: TokenOwner): string =>
  owner.kind === "application"
    ? `An administrator finds the rule in the sign-in log (service principal sign-ins) of ${owner.client}, and exempts the application from it.`
    : `${signInAgain(owner)}, without --device and in a browser of a computer that the organisation manages. If that is refused too, ask the administrator to exempt this app, or to let it in with a certificate ${guide}.`

const consent = (owner: TokenOwner): string =>
  `Send this address to an administrator, who opens it and agrees; then ${loginCommand(owner.user)}: ${owner.adminConsent}`

const grant = (owner: TokenOwner): string =>
  owner.kind === "application"
    ? `An administrator agrees for the organisation: ${owner.adminConsent}`
    : consent(owner)

const register = ({ kind, user }: TokenOwner): string =>
  kind === "application"
    ? `Look the application's and the directory's ids up at entra.microsoft.com (App registrations, Overview), and write them into its file ${guide}.`
    : `Look the application id up at entra.microsoft.com (App registrations, Overview), then: ${loginCommand(user)} --client ID ${guide}`

const directory = ({ kind, tenant, user }: TokenOwner): string =>
  kind === "application"
    ? `Its file names the directory "${tenant}": write the Directory (tenant) ID there that entra.microsoft.com shows ${guide}.`
    : `It was asked at "${tenant}". Name the directory that the account is of: ${loginCommand(user)} --tenant ID; for a personal account --tenant consumers.`

const support = ({ user }: TokenOwner): string =>
  `Whoever looks after the account of ${user} mends it; the sign-in log shows the attempt by its correlation id.`

const clock = (): string =>
  "Set this computer's clock right, since what it signs is only good for some minutes."

const fault = (): string => "This is a fault of mailferry: please report it with the number."

const upload = ({ client }: TokenOwner): string =>
  `Upload the certificate at entra.microsoft.com: App registrations, ${client}, Certificates & secrets ${guide}.`

const publicClient = ({ client }: TokenOwner): string =>
  `At entra.microsoft.com, App registrations, ${client}, Authentication: add the platform "Mobile and desktop applications" with http://localhost, and set "Allow public client flows" to Yes ${guide}.`

const assign = ({ client }: TokenOwner): string =>
  `An administrator adds the user at entra.microsoft.com: Enterprise applications, ${client}, Users and groups; or sets "Assignment required" to No there.`

const accounts = (owner: TokenOwner): string =>
  `Set "Supported account types" of the registration to the one that fits ${owner.user} ${guide}, or name the directory: ${loginCommand(owner.user)} --tenant ID`

const row = (
  numbers: ReadonlyArray<number>,
  says: string,
  next: EntraWords["next"]
): ReadonlyArray<readonly [number, EntraWords]> => numbers.map((number) => [number, { says, next }])

/**
 * What Microsoft's numbers mean, by learn.microsoft.com/entra/identity-platform/reference-error-codes, for whoever has
 * never heard of them.
 */
const known: ReadonlyMap<number, EntraWords> = new Map(
  [
    row([16000, 50058], "nobody is signed in with the account that is meant", signInAgain),
    row(
      [50005, 50097, 50129, 530001, 530002, 530003, 53000, 53001],
      "the organisation wants a device that it manages",
      byBrowser
    ),
    row(
      [50011, 500113, 900971],
      "the application has no address http://localhost to answer to",
      publicClient
    ),
    row([50013, 50027, 700021, 700030, 700212], "what the application signed is not accepted", upload),
    row(
      [50020, 50034, 50059, 90002, 90019, 700005],
      "the account is not of the directory that was asked",
      directory
    ),
    row([50053], "the account is locked after too many attempts, or its address is distrusted", support),
    row(
      [50055, 50144],
      "the password has expired",
      ({ user }) => `Set a new one at https://myaccount.microsoft.com, then ${loginCommand(user)}`
    ),
    row([50057], "the account is disabled", support),
    row(
      [50072, 50079, 50203],
      "a second factor has to be set up first",
      ({ user }) => `Set it up at https://aka.ms/mfasetup, then ${loginCommand(user)}`
    ),
    row([50074, 50076, 50078], "a second factor is asked for", byBrowser),
    row([50105], "the user is not assigned to the application", assign),
    row([50126, 50056], "the name or the password is wrong", signInAgain),
    row(
      [50131, 50158, 53002, 53003, 530031, 530032, 530034, 530035, 53009],
      "a rule of the organisation (conditional access) forbids it",
      byBrowser
    ),
    row([50199], "the sign-in wants to be confirmed in a browser", byBrowser),
    row([53004, 53011], "the account is blocked because its sign-ins look risky", support),
    row(
      [50132, 50133, 50173, 70044, 700081],
      "the access was ended: a new password, or somebody took it away",
      signInAgain
    ),
    row([50194], "the application is registered for one directory only", directory),
    row(
      [54005, 70008, 70000, 50089],
      "the sign-in is over: it took too long, was used, or was not used for months",
      signInAgain
    ),
    row([70043, 700084], "the organisation limits how long a sign-in lasts", signInAgain),
    row([700082], "the sign-in was not used for 90 days", signInAgain),
    row([65001, 90008, 650056, 650057], "nobody has agreed that this application may do this", grant),
    row([65004], "the person did not agree", signInAgain),
    row(
      [65005, 70011, 500011, 650052, 1002012],
      "the application's registration lacks a permission that is needed",
      ({ client }) =>
        `At entra.microsoft.com, App registrations, ${client}, API permissions: add those that ${guide} lists.`
    ),
    row(
      [90093, 90094, 90095, 900941, 900981],
      "only an administrator may agree to this application",
      consent
    ),
    row([70016], "nobody has typed the code in yet", signInAgain),
    row(
      [70018, 70019, 70020],
      "the code was typed in wrong or too late",
      ({ user }) => `Begin again for a new one: ${loginCommand(user)} --device`
    ),
    row(
      [700016, 7000112, 7000113, 7000114, 90099],
      "the directory knows no such application, or it is disabled",
      register
    ),
    row(
      [700022, 28000, 28002, 28003, 9002313, 90014, 900144, 501481, 50148, 90013],
      "the request is malformed",
      fault
    ),
    row([700024, 500133], "what the application signed is not valid now", clock),
    row([700027, 7000222], "the certificate is not the one that is registered, or has expired", upload),
    row([700025], "the application is registered as a public client, which has no certificate", register),
    row([7000215], "the application's secret is wrong", upload),
    row([7000218], "the application is not registered as a public client", publicClient),
    row(
      [9002325, 9002326, 9002327],
      "the application is registered as a web page, not as a desktop application",
      publicClient
    ),
    row(
      [9002331, 9002332, 9002346, 9002347],
      "the application and the account are of different kinds (work and personal)",
      accounts
    )
  ].flat()
)

/** The words for the first number that has any. */
export const wordsOf = (numbers: ReadonlyArray<number>): EntraWords | undefined =>
  numbers.map((number) => known.get(number)).find((words) => words !== undefined)
