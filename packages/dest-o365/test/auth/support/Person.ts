import { SignInTalk } from "@mailferry/core/SignIn.ts"
import { Deferred, Effect, Layer, Queue, Redacted, Stream } from "effect"

/** What a person does on Microsoft's page. */
export interface Choice {
  /** `back`: from "Need admin approval". */
  readonly action?: "accept" | "back" | "cancel"
  /** The account, when it is not the one that is proposed. */
  readonly account?: string
}

const unescaped = (text: string): string =>
  text.replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))

/** Inputs of a page's form that a browser would send, and where it goes. */
const formOf = (html: string): { readonly action: string; readonly fields: Record<string, string> } => {
  const fields: Record<string, string> = {}
  for (const [, attributes = ""] of html.matchAll(/<input([^>]*)>/gu)) {
    const name = /name="([^"]*)"/u.exec(attributes)?.[1]
    if (name === undefined || !/hidden|checked/u.test(attributes)) continue
    fields[name] = unescaped(/value="([^"]*)"/u.exec(attributes)?.[1] ?? "")
  }
  return { action: unescaped(/<form[^>]*action="([^"]*)"/u.exec(html)?.[1] ?? ""), fields }
}

/** Presses a button on a page. */
const pressed = async (
  page: URL,
  html: string,
  more: Readonly<Record<string, string>>
): Promise<Response> => {
  const { action, fields } = formOf(html)
  return fetch(new URL(action, page), {
    method: "POST",
    body: new URLSearchParams({ ...fields, ...more }),
    redirect: "manual"
  })
}

const choosing = ({ account, action = "accept" }: Choice): Readonly<Record<string, string>> => ({
  action,
  ...(account === undefined ? {} : { account })
})

/** Where the browser is sent back to. */
const consent = async (page: URL, choice: Choice = {}): Promise<URL> => {
  const html = await (await fetch(page)).text()
  const answer = await pressed(page, html, choosing(choice))
  return new URL(answer.headers.get("location") ?? "")
}

/** Types a code in on the page that is named beside it; the page that comes of it. */
const typeCode = async (page: URL, code: string, choice: Choice = {}): Promise<string> => {
  const first = await (await fetch(page)).text()
  const second = await (await pressed(page, first, { user_code: code })).text()
  if (!second.includes("Permissions requested")) return second
  return (await pressed(page, second, choosing(choice))).text()
}

/** Somebody at a terminal with a browser: what they read is kept, and a test acts for them. */
export const makePerson = Effect.gen(function* () {
  const read: Array<string> = []
  const hidden: Array<string> = []
  const typed = yield* Queue.unbounded<string>()
  const page = yield* Deferred.make<URL>()
  const codes = yield* Queue.unbounded<{ readonly page: URL; readonly code: string }>()
  const layer = Layer.succeed(SignInTalk, {
    tell: (text) =>
      Effect.suspend(() => {
        read.push(text)
        const [, at = "", code] = /(http\S+)\s+and type in this code: (\S+)/u.exec(text) ?? []
        return code === undefined ? Effect.void : Queue.offer(codes, { page: new URL(at), code })
      }),
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
    /** Microsoft's page, once it was shown. */
    page: Deferred.await(page),
    /** Answers on Microsoft's page, and gives the last page the browser shows. */
    answer: (choice?: Choice) =>
      Effect.flatMap(back(choice), (url) => Effect.promise(async () => (await fetch(url)).text())),
    /** Answers on a computer elsewhere, and pastes the address. */
    paste: (choice?: Choice) =>
      Effect.flatMap(back(choice), (url) => Effect.asVoid(Queue.offer(typed, url.href))),
    /** Waits for the next code and does not type it in. */
    code: Queue.take(codes),
    /** Types in the next code that is shown. */
    typeCode: (choice?: Choice) =>
      Effect.flatMap(Queue.take(codes), ({ code, page: at }) =>
        Effect.promise(() => typeCode(at, code, choice))
      )
  }
})
