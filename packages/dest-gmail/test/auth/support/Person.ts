import { SignInTalk } from "@mailferry/core/SignIn.ts"
import { Deferred, Effect, Layer, Queue, Redacted, Stream } from "effect"

/** What a person does on the consent page. */
export interface Choice {
  readonly action?: "allow" | "cancel"
  /** The account, when it is not the one that is proposed. */
  readonly account?: string
  /** Scopes whose boxes are unticked. */
  readonly untick?: ReadonlyArray<string>
}

const values = (html: string, name: string, checked = ""): ReadonlyArray<string> =>
  [...html.matchAll(new RegExp(`name="${name}" value="([^"]*)"${checked}`, "gu"))].map(
    ([, value = ""]) => value
  )

/** Fills the consent page in as a browser does, and gives the address it is sent back to. */
const consent = async (page: URL, choice: Choice = {}): Promise<URL> => {
  const { account, action = "allow", untick = [] } = choice
  const html = await (await fetch(page)).text()
  const form = new URLSearchParams({
    request: values(html, "request")[0] ?? "",
    account: account ?? values(html, "account", " checked")[0] ?? "",
    action
  })
  for (const scope of values(html, "scope")) if (!untick.includes(scope)) form.append("scope", scope)
  const answer = await fetch(new URL("/o/oauth2/v2/auth/consent", page), {
    method: "POST",
    body: form,
    redirect: "manual"
  })
  return new URL(answer.headers.get("location") ?? "")
}

/** Somebody at a terminal with a browser: what they read is kept, and a test acts for them. */
export const makePerson = Effect.gen(function* () {
  const read: Array<string> = []
  const hidden: Array<string> = []
  const typed = yield* Queue.unbounded<string>()
  const page = yield* Deferred.make<URL>()
  const layer = Layer.succeed(SignInTalk, {
    tell: (text) => Effect.sync(() => void read.push(text)),
    hide: (secret) => Effect.sync(() => void hidden.push(Redacted.value(secret))),
    browse: (url) => Effect.asVoid(Deferred.succeed(page, new URL(url))),
    lines: Stream.fromQueue(typed)
  })
  const back = (choice?: Choice) =>
    Effect.flatMap(Deferred.await(page), (url) => Effect.promise(() => consent(url, choice)))
  return {
    read,
    hidden,
    layer,
    /** The consent page, once it was shown. */
    page: Deferred.await(page),
    /** Answers on the consent page, and gives the last page the browser shows. */
    answer: (choice?: Choice) =>
      Effect.flatMap(back(choice), (url) => Effect.promise(async () => (await fetch(url)).text())),
    /** Answers on a computer elsewhere, and pastes the address. */
    paste: (choice?: Choice) =>
      Effect.flatMap(back(choice), (url) => Effect.asVoid(Queue.offer(typed, url.href)))
  }
})
