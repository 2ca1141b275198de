import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import type { MailError } from "@mailferry/core/MailError.ts"
import type { SignedIn, SignInMisuse } from "@mailferry/core/SignIn.ts"
import { RehearsalGmail } from "@mailferry/rehearsal/RehearsalGmail.ts"
import { Effect, Fiber, Option, Redacted } from "effect"

import { googleSignIn } from "../../src/auth/GoogleSignIn.ts"
import { type Choice, makePerson } from "./support/Person.ts"

const modify = "https://www.googleapis.com/auth/gmail.modify"
const labels = "https://www.googleapis.com/auth/gmail.labels"

let directory: string
let server: RehearsalGmail
let file: string
let client: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "mailferry-gmail-"))
  server = await RehearsalGmail.start({ users: ["else@gmail.com"] })
  file = join(directory, "kept.json")
  client = join(directory, "client_secret.json")
  writeFileSync(client, JSON.stringify(server.clientFile()))
})
afterEach(async () => {
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

const signInOf = (user = server.user) =>
  googleSignIn({
    user,
    credentials: `file:${file}`,
    endpoint: { api: server.url, token: `${server.url}/token` }
  })

const kept = () => JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>

const asked = (path: string) => server.requests.filter((request) => request.path === path).length

/** Signs in with this person at the terminal; `act` is what they do. */
const signIn = <A>(
  act: (person: Effect.Success<typeof makePerson>) => Effect.Effect<A>,
  options: { readonly user?: string; readonly client?: Option.Option<string> } = {}
): Effect.Effect<{
  readonly ended: SignedIn | MailError | SignInMisuse
  readonly acted: A
  readonly person: Effect.Success<typeof makePerson>
}> =>
  Effect.gen(function* () {
    const person = yield* makePerson
    const fiber = yield* signInOf(options.user)
      .login({ client: options.client ?? Option.some(client) })
      .pipe(
        Effect.catch((error) => Effect.succeed(error)),
        Effect.provide(person.layer),
        Effect.forkChild({ startImmediately: true })
      )
    const acted = yield* act(person)
    return { ended: yield* Fiber.join(fiber), acted, person }
  })

const refusedWith = (choice: Choice, user?: string) =>
  Effect.map(
    signIn(({ answer }) => answer(choice), user === undefined ? {} : { user }),
    ({ acted, ended }) => {
      assert("_tag" in ended && ended._tag === "MailError", "the sign-in was not refused")
      return { page: acted, reason: ended.reason }
    }
  )

describe("signing in to Gmail", () => {
  it.live("keeps Google's authorized_user JSON for the account, readable for its owner alone", () =>
    Effect.gen(function* () {
      const { acted, ended } = yield* signIn(({ answer }) => answer())
      assert.deepEqual(ended, { account: "you@gmail.com", place: file, notes: [] })
      assert.include(acted, "You can close this window")
      assert.include(acted, "mailferry may now bring mail to you@gmail.com.")
      assert.hasAllKeys(kept(), [
        "type",
        "client_id",
        "client_secret",
        "refresh_token",
        "account",
        "scope",
        "granted"
      ])
      assert.deepInclude(kept(), {
        type: "authorized_user",
        client_id: server.client.id,
        account: "you@gmail.com"
      })
      assert.includeMembers(kept()["scope"]?.split(" ") ?? [], [modify, labels, "openid"])
      if (process.platform !== "win32") assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    })
  )

  it.live("asks for no more than is needed, for that account, with a code nobody else can use", () =>
    Effect.gen(function* () {
      const { acted } = yield* signIn(({ answer, page }) => Effect.tap(page, () => answer()))
      const { origin, pathname, searchParams } = acted
      assert.strictEqual(`${origin}${pathname}`, `${server.url}/o/oauth2/v2/auth`)
      assert.match(searchParams.get("redirect_uri") ?? "", /^http:\/\/127\.0\.0\.1:\d+$/u)
      assert.match(searchParams.get("code_challenge") ?? "", /^[\w-]{43}$/u)
      assert.match(searchParams.get("state") ?? "", /^[\w-]{43}$/u)
      assert.deepInclude(Object.fromEntries(searchParams), {
        scope: `openid email ${modify} ${labels}`,
        access_type: "offline",
        prompt: "consent",
        login_hint: "you@gmail.com",
        response_type: "code",
        code_challenge_method: "S256"
      })
    })
  )

  it.live("works by the pasted address where the browser is on another computer", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(({ paste }) => paste())
      assert.deepInclude(ended, { account: "you@gmail.com" })
      assert.strictEqual(existsSync(file), true)
    })
  )

  it.live("needs the client's file once", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      const before = kept()["refresh_token"]
      const { ended } = yield* signIn(({ answer }) => answer(), { client: Option.none() })
      assert.deepInclude(ended, { account: "you@gmail.com" })
      assert.notStrictEqual(kept()["refresh_token"], before)
    })
  )

  it.live("shows no secret, and names those that pass by to whoever writes to the screen", () =>
    Effect.gen(function* () {
      const { ended, person } = yield* signIn(({ answer }) => answer())
      const secrets = [kept()["refresh_token"] ?? "", server.client.secret]
      for (const secret of secrets) {
        assert.notInclude(person.read.join("\n"), secret)
        assert.notInclude(JSON.stringify(ended), secret)
      }
      assert.includeMembers(person.hidden, secrets)
      // client secret, code, access token, refresh token
      assert.strictEqual(person.hidden.length, 4)
    })
  )

  it.live("that is cancelled keeps nothing and leaves earlier credentials as they were", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      const before = readFileSync(file, "utf8")
      const { page, reason } = yield* refusedWith({ action: "cancel" })
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(reason.detail, "access was not given on Google's page")
      assert.include(page, "Access was not given")
      assert.strictEqual(readFileSync(file, "utf8"), before)
    })
  )

  it.live("with an unticked box names what is missing, keeps nothing and gives the right back", () =>
    Effect.gen(function* () {
      const { page, reason } = yield* refusedWith({ untick: [labels] })
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(reason.detail, 'not granted: gmail.labels ("See and edit your email labels")')
      assert.include(reason.advice ?? "", "tick every box")
      assert.include(page, "not granted: gmail.labels")
      assert.strictEqual(existsSync(file), false)
      assert.strictEqual(asked("/revoke"), 1)
    })
  )

  it.live("to the wrong account names both, keeps nothing and gives the right back", () =>
    Effect.gen(function* () {
      const { page, reason } = yield* refusedWith({ account: "else@gmail.com" })
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.strictEqual(reason.detail, "else@gmail.com signed in, and mail is to go to you@gmail.com")
      assert.include(page, "else@gmail.com signed in")
      assert.strictEqual(existsSync(file), false)
      assert.strictEqual(asked("/revoke"), 1)
    })
  )

  it.live("with a dot more in the address is the same account", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(({ answer }) => answer({ account: "you@gmail.com" }), {
        user: "Y.ou@googlemail.com"
      })
      assert.deepInclude(ended, { account: "you@gmail.com" })
    })
  )

  it.live("is refused in ways that Google does not have, and says which one it has", () =>
    Effect.gen(function* () {
      const person = yield* makePerson
      for (const [option, words] of [
        [{ device: true }, "--device"],
        [{ tenant: "example.com" }, "--tenant"],
        [{ imap: true }, "--with-imap"]
      ] as const) {
        const asked = signInOf().login({ client: Option.some(client), ...option })
        const refused = yield* Effect.flip(Effect.provide(asked, person.layer))
        assert(refused._tag === "SignInMisuse")
        assert.include(refused.detail, words)
      }
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.live("with a secret that Google does not know never gets as far as the browser", () =>
    Effect.gen(function* () {
      const { installed } = server.clientFile()
      writeFileSync(client, JSON.stringify({ installed: { ...installed, client_secret: "GOCSPX-wrong" } }))
      const { ended, person } = yield* signIn(() => Effect.void)
      assert("_tag" in ended && ended._tag === "MailError", "the sign-in was not refused")
      assert.strictEqual(ended.reason._tag, "AuthFailed")
      assert.include(ended.reason.detail, "invalid_client")
      assert.include(ended.reason.advice ?? "", "download its JSON anew")
      assert.deepEqual(person.read, [])
      assert.strictEqual(asked("/o/oauth2/v2/auth"), 0)
    })
  )

  it.live("that could not be kept never gets as far as the browser", () =>
    Effect.gen(function* () {
      file = join(client, "kept.json")
      const { ended, person } = yield* signIn(() => Effect.void)
      assert("_tag" in ended && ended._tag === "MailError", "the sign-in was not refused")
      assert.include(ended.reason.detail, "kept.json cannot be")
      assert.deepEqual(person.read, [])
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.live("while Google has a bad moment is no refusal", () =>
    Effect.gen(function* () {
      server.html503(1, ({ path }) => path === "/token")
      const { ended } = yield* signIn(() => Effect.void)
      assert("_tag" in ended && ended._tag === "MailError", "the sign-in was not refused")
      assert.strictEqual(ended.reason._tag, "Transient")
    })
  )
})

describe("a file that is not a Desktop client", () => {
  const misuseOf = (content: string | undefined) =>
    Effect.gen(function* () {
      if (content === undefined) rmSync(client)
      else writeFileSync(client, content)
      const { ended } = yield* signIn(() => Effect.void)
      assert("_tag" in ended && ended._tag === "SignInMisuse", "the file was taken")
      assert.notInclude(ended.detail + ended.advice, "hunter2secret")
      assert.strictEqual(server.requests.length, 0)
      return ended.detail
    })

  it.live.each([
    ['{"web":{"client_id":"x","client_secret":"hunter2secret"}}', /"Web application"/u],
    ['{"type":"service_account","private_key":"hunter2secret"}', /key of a service account/u],
    ['{"type":"authorized_user","refresh_token":"hunter2secret"}', /holds a sign-in/u],
    ['{"installed":{"client_id":"x"}}', /no client secret/u],
    ["hunter2secret", /not the JSON that the console downloads/u],
    ["[1]", /not the JSON that the console downloads/u],
    [undefined, /cannot be read \(ENOENT\)/u]
  ] as const)("is refused before anybody is asked, with the reason: %s", ([content, reason]) =>
    Effect.map(misuseOf(content), (detail) => assert.match(detail, reason))
  )

  it.live("is not asked for where the job has the right in another form, which would go before it", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("hunter2secret")
      for (const right of [{ token: secret }, { password: secret, transport: "imap" as const }]) {
        const person = yield* makePerson
        const login = googleSignIn({ user: server.user, ...right }).login({ client: Option.some(client) })
        const error = yield* Effect.flip(Effect.provide(login, person.layer))
        assert(error._tag === "SignInMisuse", "the sign-in began")
        assert.include(error.detail, `the job file has a ${Object.keys(right)[0]}`)
      }
    })
  )

  it.live("asks for the whole mailbox where the job goes by IMAP, which knows no narrower right", () =>
    Effect.gen(function* () {
      const person = yield* makePerson
      const endpoint = { token: `${server.url}/token` }
      const { login } = googleSignIn({
        user: server.user,
        transport: "imap",
        credentials: `file:${file}`,
        endpoint
      })
      const fiber = yield* login({ client: Option.some(client) }).pipe(
        Effect.provide(person.layer),
        Effect.forkChild({ startImmediately: true })
      )
      assert.strictEqual(
        (yield* person.page).searchParams.get("scope"),
        "openid email https://mail.google.com/"
      )
      yield* person.answer()
      assert.strictEqual((yield* Fiber.join(fiber)).account, "you@gmail.com")
    })
  )

  it.live("and none at all, the first time, is refused with the way to one", () =>
    Effect.gen(function* () {
      const { ended } = yield* signIn(() => Effect.void, { client: Option.none() })
      assert("_tag" in ended && ended._tag === "SignInMisuse", "there was a client")
      assert.include(ended.advice, "--client FILE")
    })
  )

  it.live("is not needed where a service account's key would be written over: that is refused", () =>
    Effect.gen(function* () {
      writeFileSync(file, JSON.stringify(server.serviceAccount()), { mode: 0o600 })
      const before = readFileSync(file, "utf8")
      const { ended } = yield* signIn(() => Effect.void)
      assert("_tag" in ended && ended._tag === "SignInMisuse", "the key was written over")
      assert.strictEqual(readFileSync(file, "utf8"), before)
    })
  )
})

describe("the state of a sign-in", () => {
  it.live("shows place, rights and age, and tries each thing a run needs; its probe ends in the trash", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      const { account, checks, facts, failure, place } = yield* signInOf().status
      assert.strictEqual(account, "you@gmail.com")
      assert.deepEqual(place, Option.some(file))
      assert.deepEqual(failure, Option.none())
      assert.deepEqual(
        facts.map(({ name }) => name),
        ["kind", "signed in", "since", "rights", "client"]
      )
      assert.deepEqual(
        checks.map(({ name, ok }) => [name, ok]),
        [
          ["get an access token", true],
          ["ask whose account it is", true],
          ["list the labels", true],
          ["store a probe message", true],
          ["read a label's counts", true],
          ["move the probe to the trash", true]
        ]
      )
      const [probe, ...others] = server.account.messages
      assert.deepEqual(others, [])
      assert.deepEqual([...(probe?.labelIds ?? [])], ["TRASH"])
      assert.strictEqual(probe?.size, 1024)
      assert.strictEqual(server.stats.units, 48)
      const stored = server.requests.find(({ call }) => call === "messages.import")
      assert.strictEqual(stored?.query.get("neverMarkSpam"), "true")
      assert.notInclude(JSON.stringify({ checks, facts }), kept()["refresh_token"] ?? "")
    })
  )

  it.live("without credentials says how to sign in", () =>
    Effect.gen(function* () {
      const { failure, place } = yield* signInOf().status
      assert.deepEqual(place, Option.none())
      const { reason } = Option.getOrThrow(failure)
      assert.strictEqual(reason._tag, "AuthFailed")
      assert.include(reason.advice ?? "", "mailferry auth login gmail --user you@gmail.com")
    })
  )

  it.live("that was revoked, or has expired, says so and what to do", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      server.revoke()
      const { checks, failure } = yield* signInOf().status
      assert.deepEqual(
        checks.map(({ name, ok }) => [name, ok]),
        [["get an access token", false]]
      )
      const { reason } = Option.getOrThrow(failure)
      assert.strictEqual(reason.detail, "invalid_grant: Token has been expired or revoked.")
      assert.match(reason.advice ?? "", /Testing.*7 days/u)
    })
  )

  it.live("with the API switched off in the project says where it is switched on, and stores nothing", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      server.disabledApi()
      const { checks, failure } = yield* signInOf().status
      assert.deepEqual(
        checks.filter(({ ok }) => !ok).map(({ name }) => name),
        ["ask whose account it is", "list the labels"]
      )
      assert.include(Option.getOrThrow(failure).reason.advice ?? "", "Enable the Gmail API")
      assert.deepEqual(server.account.messages.length, 0)
    })
  )

  it.live("of credentials that are another account's stores nothing there", () =>
    Effect.gen(function* () {
      writeFileSync(file, JSON.stringify(server.authorizedUser({ user: "else@gmail.com" })), { mode: 0o600 })
      const { failure } = yield* signInOf().status
      assert.include(Option.getOrThrow(failure).reason.detail, "these credentials are for else@gmail.com")
      assert.strictEqual(server.accountOf("else@gmail.com").messages.length, 0)
    })
  )

  it.live("of a job that goes by IMAP needs no API, and an app password needs no sign-in", () =>
    Effect.gen(function* () {
      const endpoint = { api: server.url, token: `${server.url}/token` }
      const byImap = { user: server.user, transport: "imap", endpoint } as const
      writeFileSync(file, JSON.stringify(server.authorizedUser()), { mode: 0o600 })
      server.disabledApi()
      const signedIn = yield* googleSignIn({ ...byImap, credentials: `file:${file}` }).status
      assert.deepEqual(signedIn.failure, Option.none())
      assert.deepEqual(
        signedIn.checks.map(({ name }) => name),
        ["get an access token"]
      )
      const password = Redacted.make("abcd efgh ijkl mnop")
      const withPassword = yield* googleSignIn({ ...byImap, password }).status
      assert.deepEqual([withPassword.failure, withPassword.checks], [Option.none(), []])
      assert.notInclude(JSON.stringify(withPassword), "abcd")
    })
  )

  it.live.skipIf(process.platform === "win32")(
    "warns when others may read the file (skipped on Windows: it keeps no such bits)",
    () =>
      Effect.gen(function* () {
        writeFileSync(file, JSON.stringify(server.authorizedUser()), { mode: 0o644 })
        const { facts } = yield* signInOf().status
        assert.include(facts.find(({ name }) => name === "warning")?.value ?? "", `chmod 600 ${file}`)
      })
  )
})

describe("signing out", () => {
  it.live("ends the right at Google and removes the file", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      const text = readFileSync(file, "utf8")
      const { done, failure } = yield* signInOf().logout
      assert.deepEqual(failure, Option.none())
      assert.deepEqual(done, [
        "Google has ended mailferry's access to you@gmail.com.",
        `The credentials were removed from ${file}.`
      ])
      assert.strictEqual(existsSync(file), false)
      writeFileSync(file, text, { mode: 0o600 })
      const { failure: after } = yield* signInOf().status
      assert.include(Option.getOrThrow(after).reason.detail, "invalid_grant")
    })
  )

  it.live("of what was revoked before is no failure", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      server.revoke()
      const { done, failure } = yield* signInOf().logout
      assert.deepEqual(failure, Option.none())
      assert.include(done[0] ?? "", "had ended mailferry's access to you@gmail.com before")
    })
  )

  it.live("without an answer from Google still removes the file, and says what a person has to do", () =>
    Effect.gen(function* () {
      yield* signIn(({ answer }) => answer())
      server.html503(1, ({ path }) => path === "/revoke")
      const { done, failure } = yield* signInOf().logout
      assert.deepEqual(done, [`The credentials were removed from ${file}.`])
      assert.include(Option.getOrThrow(failure).reason.advice ?? "", "myaccount.google.com")
      assert.strictEqual(existsSync(file), false)
    })
  )

  it.live("twice says that there is nothing left", () =>
    Effect.gen(function* () {
      const { done, failure } = yield* signInOf().logout
      assert.deepEqual(done, ["There were no credentials of you@gmail.com."])
      assert.deepEqual(failure, Option.none())
    })
  )

  it.live("never deletes a service account's key", () =>
    Effect.gen(function* () {
      writeFileSync(file, JSON.stringify(server.serviceAccount()), { mode: 0o600 })
      const error = yield* Effect.flip(signInOf().logout)
      assert.strictEqual(error._tag, "SignInMisuse")
      assert.deepEqual(readdirSync(directory).toSorted(), ["client_secret.json", "kept.json"])
    })
  )
})
